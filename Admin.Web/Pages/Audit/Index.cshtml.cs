using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;
using Platform.Ui.Lists;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Pages.Audit;

/// <summary>Changes, decisions and sign-ins in one list, newest first. Reading it is recorded.</summary>
public sealed class IndexModel(
    AdminApi api, PersonFinder finder, IStringLocalizer<AdminText> text, IStringLocalizer<UiText> uiText) : AdminPage(api)
{
    private static readonly TimeSpan LoginsTimeout = TimeSpan.FromSeconds(3);

    private static readonly string[] Filters =
        ["trail", "person", "tenant", "action", "outcome", "from", "to", "targetType", "targetId"];

    public ListQuery Query { get; private set; } = null!;

    public IReadOnlyList<TrailRow> Rows { get; private set; } = [];

    public ListPage List { get; private set; } = null!;

    public TenantResponse? Tenant { get; private set; }

    public StaffUserResponse? Person { get; private set; }

    public IReadOnlyList<TenantResponse> TenantCandidates { get; private set; } = [];

    public IReadOnlyList<StaffUserResponse> PersonCandidates { get; private set; } = [];

    /// <summary>Whether the filters mean one tenant and one person, where they name any.</summary>
    public bool IsClear { get; private set; } = true;

    public Dictionary<long, StaffUserResponse> People { get; private set; } = [];

    public Dictionary<long, TenantResponse> Tenants { get; private set; } = [];

    /// <summary>The first parts of actions, which the filter offers.</summary>
    public static IReadOnlyList<string> Areas { get; } =
    [
        .. AuditActions.All.Select(action => action[..(action.IndexOf('.', StringComparison.Ordinal) + 1)]).Distinct().Order(StringComparer.Ordinal),
    ];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await ReadFiltersAsync(ct);
        List = new(Query, 0, null);
        if (!IsClear) return Page();

        var (rows, mayHaveMore, problem) = await ReadAsync(ct);
        if (problem is not null) return problem.ToPage();

        (Rows, var before) = TrailRows.Merge(rows, Query.Size, mayHaveMore);
        List = new(Query, Rows.Count, new(before is { } at ? PlatformJson.WriteInstant(at) : null, Query.Size));
        People = await finder.PeopleAsync(Rows.SelectMany(PeopleOf), ct);
        Tenants = await finder.TenantsAsync(Rows.Select(row => row.TenantId).OfType<long>(), ct);
        return Page();
    }

    /// <summary>All rows of one trail that the filter finds.</summary>
    public async Task<IActionResult> OnGetFileAsync(string trail, string format, CancellationToken ct)
    {
        if (!AuditTrails.All.Contains(trail)) return NotFound();

        await ReadFiltersAsync(ct);
        return await Api.TrailFileAsync(
            trail, format == "ndjson" ? "application/x-ndjson" : "text/csv", FiltersOf(trail, withPage: false), ct);
    }

    /// <summary>The trails that the filter reads: some filters exist in one of them alone.</summary>
    public IReadOnlyList<string> Trails => Query["trail"] is { } one && AuditTrails.All.Contains(one) ? [one]
        : Query["action"] is not null || Query["targetType"] is not null ? [AuditTrails.Changes]
        : Tenant is not null ? [AuditTrails.Changes, AuditTrails.Access]
        : AuditTrails.All;

    public string FileUrl(string trail, string format)
    {
        var values = Query.Filters().ToDictionary(pair => pair.Key, pair => (object?)pair.Value);
        values["trail"] = trail;
        values["format"] = format;
        return Url.Page("Index", "File", values)!;
    }

    public string ActorName(string actor) => actor.Split(':', 2) switch
    {
        ["user", var id] when long.TryParse(id, CultureInfo.InvariantCulture, out var number) => PersonName(number),
        ["key", var id] => text["Actor.key", id],
        ["client", var id] => text["Actor.client", id],
        ["system"] => text["Actor.system"],
        _ => text["Actor.unknown"],
    };

    public static long? PersonOf(string actor) =>
        actor.StartsWith("user:", StringComparison.Ordinal)
        && long.TryParse(actor.AsSpan(5), CultureInfo.InvariantCulture, out var id) ? id : null;

    public string PersonName(long id) => People.TryGetValue(id, out var person) ? person.Name : text["Actor.user", id];

    public string? TenantName(long? id) =>
        id is { } known ? Tenants.TryGetValue(known, out var tenant) ? tenant.Name : $"{known}" : null;

    private static IEnumerable<long> PeopleOf(TrailRow row)
    {
        if (PersonOf(row.Actor) is { } actor) yield return actor;
        if (row.PersonId is { } person) yield return person;
        if (row.Target is ("user", var id)) yield return id;
    }

    private async Task ReadFiltersAsync(CancellationToken ct)
    {
        Query = new(Request, Filters);
        if (Query["tenant"] is { } tenant)
        {
            TenantCandidates = await finder.TenantsOfAsync(tenant, ct);
            Tenant = TenantCandidates.Count == 1 ? TenantCandidates[0] : null;
            IsClear &= Tenant is not null;
        }

        if (Query["person"] is { } person)
        {
            PersonCandidates = await finder.PeopleOfAsync(person, ct);
            Person = PersonCandidates.Count == 1 ? PersonCandidates[0] : null;
            IsClear &= Person is not null;
        }
    }

    private async Task<(List<TrailRow> Rows, bool MayHaveMore, Problem? Problem)> ReadAsync(CancellationToken ct)
    {
        var parts = await Task.WhenAll(Trails.Select(trail => trail switch
        {
            AuditTrails.Changes => ReadAsync<AuditEntryResponse>(trail, entry => TrailRows.Of(entry, text), ct),
            AuditTrails.Access => ReadAsync<AccessLogResponse>(trail, entry => TrailRows.Of(entry, text, uiText), ct),
            _ => ReadLoginsAsync(ct),
        }));
        // Identity may be unavailable: the other trails are shown without it.
        var isShown = parts.Any(part => part.Problem is null);
        LoginsAway = isShown && parts.Any(part => part.Problem is not null);
        return (
            [.. parts.SelectMany(part => part.Rows)], parts.Any(part => part.MayHaveMore),
            isShown && parts.All(part => part.Problem is null or { Status: >= 500 })
                ? null
                : parts.Select(part => part.Problem).First(problem => problem is not null));
    }

    /// <summary>A trail could not be read and is left out.</summary>
    public bool LoginsAway { get; private set; }

    /// <summary>Identity keeps the sign-ins; the other trails do not wait long for it.</summary>
    private async Task<(IEnumerable<TrailRow> Rows, bool MayHaveMore, Problem? Problem)> ReadLoginsAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (Trails.Count > 1) limit.CancelAfter(LoginsTimeout);
        try
        {
            return await ReadAsync<LoginResponse>(AuditTrails.Logins, entry => TrailRows.Of(entry, text), limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ([], false, new(StatusCodes.Status503ServiceUnavailable, Codes.Unavailable, null, null, null, null));
        }
    }

    private async Task<(IEnumerable<TrailRow> Rows, bool MayHaveMore, Problem? Problem)> ReadAsync<T>(
        string trail, Func<T, TrailRow> rowOf, CancellationToken ct)
    {
        var read = await Api.TrailAsync<T>(trail, FiltersOf(trail, withPage: true), ct);
        return read.Ok ? (read.Data.Select(rowOf), read.Page?.Next is not null, null) : ([], false, read.Problem);
    }

    /// <summary>The filters as the API reads them, for each trail in its own words.</summary>
    private Dictionary<string, string?> FiltersOf(string trail, bool withPage)
    {
        var refused = Query["outcome"] == AuditOutcomes.Refused;
        var anyOutcome = Query["outcome"] is null;
        Dictionary<string, string?> filters = new()
        {
            ["from"] = Instant(Query["from"], 0),
            ["to"] = withPage && Query.Cursor is { } before ? before : Instant(Query["to"], 1),
            ["limit"] = withPage ? Query.Size.ToString(CultureInfo.InvariantCulture) : null,
        };
        var person = Person?.Id.ToString(CultureInfo.InvariantCulture);
        if (trail == AuditTrails.Changes)
        {
            filters["tenantId"] = Tenant?.Id.ToString(CultureInfo.InvariantCulture);
            filters["actor"] = person is null ? null : $"user:{person}";
            filters["action"] = Query["action"] is { } action && AuditActions.IsKnown(action) ? action : null;
            filters["targetType"] = Query["targetType"] is { } type && AuditTargets.All.Contains(type) ? type : null;
            filters["targetId"] = Query["targetId"];
            filters["outcome"] = anyOutcome ? null : refused ? AuditOutcomes.Refused : AuditOutcomes.Done;
        }
        else if (trail == AuditTrails.Access)
        {
            filters["tenantId"] = Tenant?.Id.ToString(CultureInfo.InvariantCulture);
            filters["userId"] = person;
            filters["allowed"] = anyOutcome ? null : refused ? "false" : "true";
        }
        else
        {
            filters["userId"] = person;
            filters["kind"] = refused ? "sign_in_failed" : null;
        }

        return filters;
    }

    /// <summary>A day of the form, in UTC, as the instant at which it begins.</summary>
    /// <param name="daysLater">1 for a last day, which counts.</param>
    private static string? Instant(string? day, int daysLater) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? PlatformJson.WriteInstant(new(date.AddDays(daysLater), TimeOnly.MinValue, TimeSpan.Zero))
            : null;
}
