using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts.Audit;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Settings.History;

/// <summary>The organisation's trail of changes: of everything, or of one row.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.AuditRead;

    public IReadOnlyList<AuditEntryResponse> Entries { get; private set; } = [];

    public string? Next { get; private set; }

    public string? Target { get; private set; }

    public long? Id { get; private set; }

    public string? Who { get; private set; }

    public DateOnly? From { get; private set; }

    public DateOnly? Until { get; private set; }

    public static IEnumerable<string> Targets => AuditTargets.All.Order(StringComparer.Ordinal);

    public async Task<IActionResult> OnGetAsync(
        string? target, long? id, string? who, DateOnly? from, DateOnly? until, string? cursor, CancellationToken ct)
    {
        ModelState.Clear(); // a link is whatever somebody typed
        Target = target is not null && AuditTargets.All.Contains(target) ? target : null;
        (Id, From, Until) = (Target is null ? null : id, from, until);
        Who = long.TryParse(who, NumberStyles.None, CultureInfo.InvariantCulture, out var person) && person > 0
            ? who
            : null;

        var entries = await Api.PageAsync<AuditEntryResponse>("audit", new()
        {
            ["targetType"] = Target,
            ["targetId"] = Id?.ToString(CultureInfo.InvariantCulture),
            ["actor"] = Who is null ? null : $"user:{Who}",
            ["from"] = from is { } first ? Zone.StartOf(first).ToIso() : null,
            ["to"] = until is { } last ? Zone.StartOf(last.AddDays(1)).ToIso() : null,
            ["cursor"] = cursor,
            ["limit"] = "50",
        }, ct);
        if (!entries.Ok) return entries.Problem.ToPage();

        (Entries, Next) = (entries.Data, entries.Page?.Next);
        return Page();
    }

    /// <summary>The members that differ, before and after.</summary>
    public static IEnumerable<(string Member, string? Before, string? After)> ChangesOf(AuditEntryResponse entry)
    {
        var (before, after) = (MembersOf(entry.Before), MembersOf(entry.After));
        return before.Keys.Union(after.Keys)
            .Select(member => (member, before.GetValueOrDefault(member), after.GetValueOrDefault(member)))
            .Where(change => change.Item2 != change.Item3);
    }

    public string ToNext() => QueryHelpers.AddQueryString(To("history"), new Dictionary<string, string?>
    {
        ["target"] = Target,
        ["id"] = Id?.ToString(CultureInfo.InvariantCulture),
        ["who"] = Who,
        ["from"] = From?.ToIso(),
        ["until"] = Until?.ToIso(),
        ["cursor"] = Next,
    });

    private static Dictionary<string, string?> MembersOf(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Object } values
        ? values.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null)
            .ToDictionary(m => m.Name, m => (string?)m.Value.ToString())
        : [];
}
