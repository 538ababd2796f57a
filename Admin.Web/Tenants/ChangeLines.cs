using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Audit;
using Platform.Ui.Time;

namespace Platform.Admin.Web.Tenants;

/// <summary>The members that a change altered, in words: <c>userLimit: 10 → 25</c>.</summary>
internal static class ChangeLines
{
    private const int MaxLines = 8;

    /// <summary>Numbers of rows, which say nothing to a reader.</summary>
    private static readonly string[] Unsaid = ["id", "licenseId", "version", "changed"];

    public static IReadOnlyList<string> Of(AuditEntryResponse entry, IStringLocalizer<AdminText> text, TimeZoneInfo zone)
    {
        var (before, after) = (Members(entry.Before), Members(entry.After));
        return
        [
            .. before.Keys.Union(after.Keys).Except(Unsaid)
                .Where(name => Written(before, name) != Written(after, name))
                .Select(Line)
                .Take(MaxLines),
        ];

        string Line(string name)
        {
            var known = text[$"Member.{name}"];
            var label = known.ResourceNotFound ? name : known.Value;
            return before.ContainsKey(name)
                ? $"{label}: {Shown(before, name)} → {Shown(after, name)}"
                : $"{label}: {Shown(after, name)}";
        }

        // statuses of tenants and licences have the words of the pages
        string Named(string name, string value) =>
            name == "status" && text[$"{(entry.TargetType == "license" ? "LicenseStatus" : "TenantStatus")}.{value}"] is { ResourceNotFound: false } known
                ? known.Value
                : value;

        string Shown(Dictionary<string, JsonElement> members, string name) => members.GetValueOrDefault(name) switch
        {
            { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => name == "userLimit" ? "∞" : "–",
            { ValueKind: JsonValueKind.String } value when value.TryGetDateTimeOffset(out var at) =>
                zone.At(at).ToString("g", CultureInfo.CurrentCulture),
            { ValueKind: JsonValueKind.String } value => Named(name, value.GetString()!),
            { ValueKind: JsonValueKind.True or JsonValueKind.False } value => text[$"Value.{value.GetRawText()}"],
            var value => value.GetRawText(),
        };
    }

    private static string? Written(Dictionary<string, JsonElement> members, string name) =>
        members.TryGetValue(name, out var value) ? value.GetRawText() : null;

    /// <summary>Some entries have the tenant beside what happened to it.</summary>
    private static Dictionary<string, JsonElement> Members(JsonElement? json)
    {
        var members = Diffs.Members(json);
        return members.GetValueOrDefault("tenant") is { ValueKind: JsonValueKind.Object } tenant
            ? Diffs.Members(tenant)
            : members;
    }
}
