using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Api.People;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Api.Audit;

/// <summary>Who did what, and who was let in: for staff across tenants, for a tenant's admins their own.</summary>
internal static class AuditEndpoints
{
    private const int DefaultRows = 50, MaxRows = 500;

    /// <summary>Why somebody was not let in.</summary>
    private const string Reasons =
        $"^({Codes.ApplicationInactive}|{Codes.TenantInactive}|{Codes.LicenseNotFound}|{Codes.LicenseNotStarted}|"
        + $"{Codes.LicenseSuspended}|{Codes.LicenseExpired}|{Codes.LicenseCancelled}|{Codes.OverSeatLimit}|"
        + $"{Codes.UserInactive}|{Codes.NoAccess}|{Codes.RoleTooLow})$";

    private static readonly CsvColumn<AccessLogResponse>[] AccessColumns =
    [
        new("id", r => r.Id), new("tenantId", r => r.TenantId), new("sequence", r => r.Sequence),
        new("occurredAt", r => r.OccurredAt), new("actor", r => r.Actor), new("userId", r => r.UserId),
        new("application", r => r.Application), new("minimumRole", r => r.MinimumRole), new("allowed", r => r.Allowed),
        new("layer", r => r.Layer), new("reason", r => r.Reason), new("path", r => r.Path),
        new("requestId", r => r.RequestId), new("ipAddress", r => r.IpAddress), new("userAgent", r => r.UserAgent),
    ];

    private static readonly CsvColumn<AuditEntryResponse>[] ChangeColumns =
    [
        new("id", r => r.Id), new("tenantId", r => r.TenantId), new("sequence", r => r.Sequence),
        new("occurredAt", r => r.OccurredAt), new("actor", r => r.Actor), new("actingFor", r => r.ActingFor),
        new("action", r => r.Action), new("targetType", r => r.TargetType), new("targetId", r => r.TargetId),
        new("before", r => r.Before?.GetRawText()), new("after", r => r.After?.GetRawText()),
        new("outcome", r => r.Outcome), new("requestId", r => r.RequestId), new("ipAddress", r => r.IpAddress),
        new("userAgent", r => r.UserAgent),
    ];

    private static readonly CsvColumn<LoginResponse>[] LoginColumns =
    [
        new("id", r => r.Id), new("occurredAt", r => r.OccurredAt), new("kind", r => r.Kind),
        new("accountId", r => r.AccountId), new("clientId", r => r.ClientId), new("detail", r => r.Detail),
        new("remoteAddress", r => r.RemoteAddress), new("traceId", r => r.TraceId),
    ];

    public static void MapStaffAudit(this RouteGroupBuilder staff)
    {
        var audit = staff.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("/access", (TrailReading trails, [AsParameters] AccessTrailQuery asked, HttpContext http,
            long? tenantId, CancellationToken ct, [Range(1, MaxRows)] int limit = DefaultRows) =>
            AccessAsync(trails, Scope.AllTenants, asked, tenantId, limit, http, ct))
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        audit.MapGet("/changes", (TrailReading trails, [AsParameters] ChangeTrailQuery asked, HttpContext http,
            long? tenantId, CancellationToken ct, [Range(1, MaxRows)] int limit = DefaultRows) =>
            ChangesAsync(trails, Scope.AllTenants, asked, tenantId, limit, http, ct))
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        audit.MapGet("/logins", Logins).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        audit.MapPost("/verify", Verify);
        audit.MapGet("/persons/{userId:long}", Person);
    }

    public static void MapTenantAudit(this RouteGroupBuilder direct)
    {
        var audit = direct.MapGroup("/audit").WithTags("Audit").RequireScope(Scopes.Licensing)
            .RequirePermission(Permissions.AuditRead);
        audit.MapGet("/", (TrailReading trails, [AsParameters] ChangeTrailQuery asked, TenantContext tenant, HttpContext http,
            CancellationToken ct, [Range(1, MaxRows)] int limit = DefaultRows) =>
            ChangesAsync(trails, Scope.Tenant(tenant.Id), asked, tenant.Id, limit, http, ct))
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        audit.MapGet("/access", (TrailReading trails, [AsParameters] AccessTrailQuery asked, TenantContext tenant,
            HttpContext http, CancellationToken ct, [Range(1, MaxRows)] int limit = DefaultRows) =>
            AccessAsync(trails, Scope.Tenant(tenant.Id), asked, tenant.Id, limit, http, ct))
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<Page<AccessLogResponse>>, CsvFile<AccessLogResponse>, NdjsonFile<AccessLogResponse>,
        ProblemHttpResult>> AccessAsync(
        TrailReading trails, Scope scope, AccessTrailQuery asked, long? tenantId, int limit,
        HttpContext http, CancellationToken ct)
    {
        var (time, refusal) = asked.Time();
        if (refusal is not null) return refusal;

        var filter = new AuditFilter(
            tenantId, asked.Actor, time.From, time.To, asked.UserId, SlugFilter.Stored(asked.Application), asked.Allowed,
            asked.Reason);
        if (http.WantsCsv || http.WantsNdjson)
        {
            await trails.RecordAsync(AuditChainNames.Access, tenantId, asked.UserId, http, ct);
            var all = trails.Search.AllAccessAsync(scope, filter, ct);
            if (http.WantsCsv) return new CsvFile<AccessLogResponse>(all, AccessColumns, "access.csv", asked.Separator);
            return new NdjsonFile<AccessLogResponse>(all, "access.ndjson");
        }

        var rows = await trails.Search.AccessAsync(scope, filter, time.After, limit + 1, ct);
        await trails.RecordAsync(AuditChainNames.Access, tenantId, asked.UserId, http, ct);
        return TypedResults.Ok(rows.ToPage(limit, r => new TimeCursor(r.OccurredAt, r.Id)));
    }

    private static async Task<Results<Ok<Page<AuditEntryResponse>>, CsvFile<AuditEntryResponse>, NdjsonFile<AuditEntryResponse>,
        ProblemHttpResult>> ChangesAsync(
        TrailReading trails, Scope scope, ChangeTrailQuery asked, long? tenantId, int limit,
        HttpContext http, CancellationToken ct)
    {
        var (time, refusal) = asked.Time();
        if (refusal is not null) return refusal;

        if (asked.Action is { } action && !AuditActions.IsKnown(action))
        {
            return TypedResults.Problem(Problems.Invalid(
                new FieldError("action", FieldCodes.Unknown, "No action has this name or begins with it.")));
        }

        if (asked.TargetType is { } target && !AuditTargets.All.Contains(target))
        {
            return TypedResults.Problem(Problems.Invalid(new FieldError(
                "targetType", FieldCodes.Unknown, $"targetType is one of {string.Join(", ", AuditTargets.All.Order())}.")));
        }

        await trails.CatchUpAsync(tenantId, ct);
        var filter = new AuditFilter(
            tenantId, asked.Actor, time.From, time.To, Action: asked.Action, TargetType: asked.TargetType,
            TargetId: asked.TargetId, Outcome: asked.Outcome);
        if (http.WantsCsv || http.WantsNdjson)
        {
            await trails.RecordAsync(AuditChainNames.Changes, tenantId, null, http, ct);
            var all = trails.Search.AllChangesAsync(scope, filter, ct);
            if (http.WantsCsv) return new CsvFile<AuditEntryResponse>(all, ChangeColumns, "changes.csv", asked.Separator);
            return new NdjsonFile<AuditEntryResponse>(all, "changes.ndjson");
        }

        var rows = await trails.Search.ChangesAsync(scope, filter, time.After, limit + 1, ct);
        await trails.RecordAsync(AuditChainNames.Changes, tenantId, null, http, ct);
        return TypedResults.Ok(rows.ToPage(limit, r => new TimeCursor(r.OccurredAt, r.Id)));
    }

    /// <summary>As NDJSON each chain is reported when it is verified: some thousands of chains take a while.</summary>
    private static async Task<Results<Ok<AuditReport>, NdjsonFile<AuditChainReport>>> Verify(
        VerifyAuditRequest request, AuditChains chains, HttpContext http, CancellationToken ct)
    {
        var reports = chains.VerifyAsync(request.TenantId, request.Chain, ct);
        if (http.WantsNdjson) return new NdjsonFile<AuditChainReport>(reports, "verify.ndjson") { ReportsProgress = true };

        var (count, rows, broken) = (0, 0L, new List<AuditChainReport>());
        await foreach (var report in reports)
        {
            (count, rows) = (count + 1, rows + report.Rows);
            if (report.Fault is not null) broken.Add(report);
        }

        return TypedResults.Ok(new AuditReport(broken.Count == 0, count, rows, broken));
    }

    /// <summary>Identity keeps them; a page of files is all that it gives at a time.</summary>
    private static async Task<Results<Ok<Page<LoginResponse>>, CsvFile<LoginResponse>, NdjsonFile<LoginResponse>, ProblemHttpResult>>
        Logins(
            Accounts accounts, TrailReading trails, long? userId,
            [RegularExpression(LoginKinds.Pattern)] string? kind, QueryInstant? from, QueryInstant? to, IdCursor? cursor, CsvSeparator? separator, HttpContext http,
            CancellationToken ct, [Range(1, MaxRows)] int limit = DefaultRows)
    {
        var (time, refusal) = new TrailQuery(from, to, null, null).Time();
        if (refusal is not null) return refusal;

        if (http.WantsCsv || http.WantsNdjson) await trails.RecordAsync("logins", null, userId, http, ct);
        if (http.WantsCsv) return new CsvFile<LoginResponse>(AllAsync(), LoginColumns, "logins.csv", separator);
        if (http.WantsNdjson) return new NdjsonFile<LoginResponse>(AllAsync(), "logins.ndjson");

        var rows = await ReadAsync(cursor?.Id, limit + 1);
        await trails.RecordAsync("logins", null, userId, http, ct);
        return TypedResults.Ok(rows.ToPage(limit, r => new IdCursor(r.Id)));

        Task<List<LoginResponse>> ReadAsync(long? before, int count) => accounts.LoginsAsync(
            QueryString.Create(new (string, string?)[]
            {
                ("accountId", Text(userId)), ("kind", kind), ("from", Instant(time.From)), ("to", Instant(time.To)),
                ("before", Text(before)), ("limit", Text(count)),
            }.Where(pair => pair.Item2 is not null).Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2))),
            ct);

        async IAsyncEnumerable<LoginResponse> AllAsync()
        {
            for (var page = await ReadAsync(null, MaxRows); page.Count > 0; page = await ReadAsync(page[^1].Id, MaxRows))
            {
                foreach (var row in page) yield return row;
            }
        }

        static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

        static string? Instant(DateTimeOffset? at) => at is { } instant ? PlatformJson.WriteInstant(instant) : null;
    }

    /// <summary>As JSON, or as one table.</summary>
    private static async Task<Results<Ok<PersonReport>, CsvFile<PersonCsv.Row>, ProblemHttpResult>> Person(
        long userId, TrailReading trails, CsvSeparator? separator, HttpContext http, CancellationToken ct)
    {
        await trails.CatchUpAsync(tenantId: null, ct);
        if (await trails.Search.PersonAsync(userId, ct) is not { } report) return TypedResults.Problem(Problems.NotFound());

        await trails.RecordPersonAsync(userId, http, ct);
        return http.WantsCsv ? PersonCsv.Of(report, separator) : TypedResults.Ok(report);
    }

    /// <summary>What all trails have in common.</summary>
    /// <param name="From">An instant, or a day in UTC.</param>
    /// <param name="To">Exclusive.</param>
    /// <param name="Separator">Of the cells, if the answer is CSV.</param>
    internal record TrailQuery(QueryInstant? From, QueryInstant? To, TimeCursor? Cursor, CsvSeparator? Separator)
    {
        public ((DateTimeOffset? From, DateTimeOffset? To, AuditPosition? After) Time, ProblemHttpResult? Problem) Time()
        {
            if (Rejection.All(From?.CheckYear("from"), To?.CheckYear("to")) is { } year) return (default, year.ToProblem());

            var (from, to) = (From?.In(DateTimeZone.Utc), To?.In(DateTimeZone.Utc));
            if (from >= to)
            {
                return (default, new Rejection(
                    RejectionKind.Invalid, Codes.InvalidRange, "The end must be after the start.", "to").ToProblem());
            }

            return ((from, to, Cursor is var (at, id) ? new AuditPosition(at, id) : null), null);
        }
    }

    internal sealed record AccessTrailQuery(
        [FromQuery(Name = "from")] QueryInstant? From,
        [FromQuery(Name = "to")] QueryInstant? To,
        [FromQuery(Name = "cursor")] TimeCursor? Cursor,
        [FromQuery(Name = "separator")] CsvSeparator? Separator,
        [FromQuery(Name = "actor")][property: RegularExpression(AuditActors.Pattern)] string? Actor,
        [FromQuery(Name = "userId")] long? UserId,
        [FromQuery(Name = "application")][property: RegularExpression(SlugFilter.Pattern)] string? Application,
        [FromQuery(Name = "allowed")] bool? Allowed,
        [FromQuery(Name = "reason")]
        [property: RegularExpression(Reasons)]
        string? Reason)
        : TrailQuery(From, To, Cursor, Separator);

    internal sealed record ChangeTrailQuery(
        [FromQuery(Name = "from")] QueryInstant? From,
        [FromQuery(Name = "to")] QueryInstant? To,
        [FromQuery(Name = "cursor")] TimeCursor? Cursor,
        [FromQuery(Name = "separator")] CsvSeparator? Separator,
        [FromQuery(Name = "actor")][property: RegularExpression(AuditActors.Pattern)] string? Actor,
        [FromQuery(Name = "action")] string? Action,
        [FromQuery(Name = "targetType")] string? TargetType,
        [FromQuery(Name = "targetId")] long? TargetId,
        [FromQuery(Name = "outcome")]
        [property: RegularExpression($"^({AuditOutcomes.Done}|{AuditOutcomes.Refused})$")]
        string? Outcome)
        : TrailQuery(From, To, Cursor, Separator);
}
