using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Api.Webhooks;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Calendars;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Calendars;
using Platform.Core.Catalogue;
using Platform.Core.Storage;
using Platform.ServiceDefaults.Http;
using Platform.ServiceDefaults.KeyRing;

namespace Platform.Api.Calendars;

/// <summary>Calendars elsewhere whose busy times are taken times of a resource. The Worker reads them.</summary>
internal static class OutsideCalendarEndpoints
{
    public static void MapOutsideCalendars(this RouteGroupBuilder tenant)
    {
        var calendars = tenant.MapGroup("/resources/{id:long}/calendars").WithTags("Calendars")
            .RequireScope(Scopes.Scheduling).RequirePermission(Permissions.CatalogueWrite);
        calendars.MapGet("/", List);
        calendars.MapPost("/", Create).CreatesRow(Codes.OutsideCalendarCreated, "The calendar is read within moments.");
        calendars.MapGet("/{calendarId:long}", Get);
        calendars.MapDelete("/{calendarId:long}", Delete).ChangesRow();
        calendars.MapPost("/{calendarId:long}/poll", Poll).ChangesRow()
            .WithCode(Codes.OutsideCalendarPolled, "The calendar is read within moments.");
    }

    private static async Task<Results<Ok<Page<OutsideCalendarResponse>>, ProblemHttpResult>> List(
        long id, TenantDb db, [AsParameters] PageQuery page, CancellationToken ct)
    {
        if (!await db.Resources.AnyAsync(r => r.Id == id, ct)) return TypedResults.Problem(Problems.NotFound());

        var rows = await db.OutsideCalendars.AsNoTracking().Where(c => c.ResourceId == id).PageAsync(c => c.Id, page, ct);
        return TypedResults.Ok(rows.Of(await ToResponsesAsync(db, rows.Items, ct)));
    }

    private static async Task<Results<Ok<OutsideCalendarResponse>, ProblemHttpResult>> Get(
        long id, long calendarId, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db, id, calendarId, ct) is not { } calendar) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(calendar.Version);
        return TypedResults.Ok((await ToResponsesAsync(db, [calendar], ct))[0]);
    }

    private static async Task<Results<Created<OutsideCalendarResponse>, ProblemHttpResult>> Create(
        long id, CreateOutsideCalendarRequest request, Caller caller, TenantDb db, PublicConnections connections,
        TenantSecrets secrets, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        // Locked, so that two requests do not both see room for one more.
        var resources = db.Resources.FromSql($"select * from resources where id = {id} for no key update");
        if (!await resources.AnyAsync(ct)) return TypedResults.Problem(Problems.NotFound());

        var (isWritten, url) = (request.Kind == CalendarKinds.CalDav, UrlOf(request.Url));
        var refusal = Rejection.All(
            WebhookUrls.Check(url, connections), CheckSignIn(request),
            await db.OutsideCalendars.CountAsync(c => c.ResourceId == id, ct) < PollRules.MaxCalendars ? null : TooMany);
        if (refusal is not null) return refusal.ToProblem();

        var access = JsonSerializer.Serialize(new CalendarAccess(url, request.UserName, request.Password));
        var calendar = new OutsideCalendar
        {
            ResourceId = id,
            Kind = request.Kind ?? CalendarKinds.Ics,
            Name = request.Name,
            ShownUrl = isWritten ? ShownUrls.OfCalDav(new(url)) : ShownUrls.OfSecret(new(url)),
            Secret = secrets.Protect(CalendarStatements.SecretPurpose, db.Tenant.Id, access),
        };
        db.Create(calendar, caller.Actor);
        await db.SaveChangesAsync(ct);
        await db.ExecuteAsync(
            [
                CalendarStatements.Schedule(db.Tenant.Id, calendar, isWritten, clock.Now),
                .. isWritten ? [CalendarStatements.WriteBookings(db.Tenant.Id, calendar, clock.Now)] : Array.Empty<NpgsqlBatchCommand>(),
            ], ct);
        await db.RecordAsync(AuditActions.OutsideCalendarCreated, calendar.Id, null, Audited(calendar), http, ct);

        http.SetCreated($"/api/v1/resources/{id}/calendars/{calendar.Id}", calendar.Version);
        return TypedResults.Created((string?)null, (await ToResponsesAsync(db, [calendar], ct))[0]);
    }

    /// <summary>Its busy times go with it; what was written to it stays there.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, long calendarId, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db, id, calendarId, ct) is not { } calendar) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(calendar.Version) is { } stale) return stale.ToProblem();

        await db.OutsideCalendars.Where(c => c.Id == calendarId).ExecuteDeleteAsync(ct);
        await db.ExecuteAsync(
            [CalendarStatements.Forget(db.Tenant.Id, calendarId), CalendarStatements.RecheckWaitlist(db.Tenant.Id)], ct);
        await db.RecordAsync(AuditActions.OutsideCalendarDeleted, calendarId, Audited(calendar), null, http, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<OutsideCalendarResponse>, ProblemHttpResult>> Poll(
        long id, long calendarId, TenantDb db, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db, id, calendarId, ct) is not { } calendar) return TypedResults.Problem(Problems.NotFound());

        await db.ExecuteAsync(CalendarStatements.PollAt(db.Tenant.Id, calendarId, clock.Now), ct);
        await db.RecordAsync(AuditActions.OutsideCalendarPolled, calendarId, null, new { calendar.Name }, http, ct);
        return TypedResults.Ok((await ToResponsesAsync(db, [calendar], ct))[0]);
    }

    private static Task<OutsideCalendar?> FindAsync(TenantDb db, long resourceId, long id, CancellationToken ct) =>
        db.OutsideCalendars.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.ResourceId == resourceId, ct);

    /// <summary>Programs write webcal for a calendar to subscribe to.</summary>
    private static string UrlOf(string url) =>
        url.StartsWith("webcal://", StringComparison.OrdinalIgnoreCase) ? $"https{url["webcal".Length..]}"
        : url.StartsWith("webcals://", StringComparison.OrdinalIgnoreCase) ? $"https{url["webcals".Length..]}"
        : url;

    private static Rejection? CheckSignIn(CreateOutsideCalendarRequest request)
    {
        var isNamed = !string.IsNullOrEmpty(request.UserName) || !string.IsNullOrEmpty(request.Password);
        if (request.Kind != CalendarKinds.CalDav)
        {
            return isNamed ? Invalid("userName", "Only calendars of the kind caldav have a name and a password.") : null;
        }

        return Rejection.All(
            string.IsNullOrEmpty(request.UserName) || request.UserName.Contains(':') || request.UserName.Any(char.IsControl)
                ? Invalid("userName", "A CalDAV calendar needs the name of an account, without a colon.") : null,
            string.IsNullOrEmpty(request.Password) || request.Password.Any(char.IsControl)
                ? Invalid("password", "A CalDAV calendar needs a password.") : null);

        static Rejection Invalid(string field, string rule) =>
            new(RejectionKind.Invalid, Codes.ValidationFailed, rule, field);
    }

    private static Rejection TooMany { get; } = new(
        RejectionKind.Invalid, Codes.LimitReached, $"A resource has at most {PollRules.MaxCalendars} outside calendars.");

    private static object Audited(OutsideCalendar c) => new { c.ResourceId, c.Kind, c.Name, Url = c.ShownUrl };

    private static async Task<List<OutsideCalendarResponse>> ToResponsesAsync(
        TenantDb db, IReadOnlyList<OutsideCalendar> calendars, CancellationToken ct)
    {
        var (tenant, ids) = (db.Tenant.Id, calendars.Select(c => c.Id).ToArray());
        var polls = (await db.Database.SqlQuery<PollRow>(
            $"""
            select p.calendar_id as "CalendarId", p.due_at as "DueAt",
                count(w.booking_id) filter (where w.next_attempt_at is not null and w.error is null)::int as "Pending",
                count(w.booking_id) filter (where w.next_attempt_at is not null and w.error is not null)::int as "Failed"
            from platform.calendar_polls p
            left join platform.calendar_writes w on w.tenant_id = p.tenant_id and w.calendar_id = p.calendar_id
            where p.tenant_id = {tenant} and p.calendar_id = any({ids})
            group by p.tenant_id, p.calendar_id
            """).ToListAsync(ct)).ToDictionary(p => p.CalendarId);
        return
        [
            .. calendars.Select(c =>
            {
                var poll = polls.GetValueOrDefault(c.Id);
                return new OutsideCalendarResponse(
                    c.Id, c.ResourceId, c.Kind, c.Name, c.ShownUrl, c.PolledAt, c.SucceededAt,
                    c.Error is { } error ? new(error, MessageOf(error, c.ErrorStatus), c.ErrorStatus) : null,
                    c.BusyTimes, c.Unreadable, poll?.DueAt, poll?.Pending ?? 0, poll?.Failed ?? 0, c.Version)
                { Stamps = c.ToStamps() };
            }),
        ];
    }

    private sealed record PollRow(long CalendarId, DateTimeOffset DueAt, int Pending, int Failed);

    private static string MessageOf(string error, int? status) => error switch
    {
        CalendarProblems.Timeout => "The server did not answer in time.",
        CalendarProblems.Unauthorized => "The server refuses access. Check the URL, the user name and the password.",
        CalendarProblems.NotFound => "There is no calendar at this URL. The secret address may have been replaced.",
        CalendarProblems.Gone => "The calendar is no longer there.",
        CalendarProblems.Refused => $"The server answered {status}.",
        CalendarProblems.TooLarge => "The calendar is too large.",
        CalendarProblems.NotACalendar => "What is at this URL is no calendar.",
        CalendarProblems.NotAllowed => "The host is not on the public internet.",
        CalendarProblems.UnreadableSecret => "The stored URL cannot be read any more. Connect the calendar again.",
        _ => "The server cannot be reached.",
    };
}
