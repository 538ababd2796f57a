using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Catalogue;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Bookings;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

internal static class OverrideEndpoints
{
    /// <summary>The longest range that is listed at once, in days.</summary>
    private const int MaxListDays = 3660;

    public static void MapOverrides(this RouteGroupBuilder tenant)
    {
        var overrides = tenant.MapGroup("/resources/{id:long}/overrides").WithTags("Schedules")
            .RequireScope(Scopes.Scheduling);
        overrides.MapGet("/", List);
        overrides.MapPut("/{date}", Put).Changes();
        overrides.MapDelete("/{date}", Delete).Changes();
    }

    /// <param name="from">Today in the resource's zone where absent.</param>
    /// <param name="to">Exclusive; a year after the start where absent.</param>
    private static async Task<Results<Ok<Page<OverrideResponse>>, ProblemHttpResult>> List(
        long id, DateOnly? from, DateOnly? to, TenantDb db, TimeProvider clock, [AsParameters] TimePageQuery page,
        CancellationToken ct)
    {
        if (await db.Resources.FindAsync([id], ct) is not { } resource) return TypedResults.Problem(Problems.NotFound());

        var zone = ZoneRules.Get(resource.TimeZone ?? db.Tenant.TimeZone);
        var first = from ?? ZoneRules.DateOf(clock.Now, zone).ToDateOnly();
        if (ScheduleRules.CheckDate(first, "from") is { } early) return early.ToProblem();

        var end = to ?? first.AddYears(1);
        if (CheckRange(first, end) is { } rejection) return rejection.ToProblem();

        var rows = db.ScheduleOverrides.AsNoTracking().Where(o => o.ResourceId == id && o.Date >= first && o.Date < end);
        var total = await rows.TotalAsync(page, ct);
        if (page.Cursor is var (at, _))
        {
            var last = DateOnly.FromDateTime(at.UtcDateTime);
            rows = rows.Where(o => o.Date > last); // a resource has one of each date
        }

        var found = await rows.OrderBy(o => o.Date).PageRows(page).ToListAsync(ct);
        return TypedResults.Ok(found.ToPage(page.Rows, End, total).Of(ToResponse));
    }

    /// <summary>Where a page ends that this one is the last of.</summary>
    private static TimeCursor End(ScheduleOverride row) => new(new(row.Date, default, TimeSpan.Zero), row.Id);

    private static async Task<Results<Ok<OverrideResponse>, ProblemHttpResult>> Put(
        long id, DateOnly date, PutOverrideRequest request, Caller caller, TenantDb db, HttpContext http,
        CancellationToken ct)
    {
        if (await db.Resources.FindAsync([id], ct) is not { } resource) return TypedResults.Problem(Problems.NotFound());
        if (ScheduleRules.CheckDate(date, "date") is { } rejection) return rejection.ToProblem();

        var zone = ZoneRules.Get(resource.TimeZone ?? db.Tenant.TimeZone);
        if (!ZoneRules.Exists(NodaTime.LocalDate.FromDateOnly(date), zone))
        {
            return BookingRules.NonexistentDate("date", zone.Id).ToProblem();
        }

        List<short> starts = [.. request.Intervals.Select(i => ScheduleRules.Minute(i.Start))];
        List<short> ends = [.. request.Intervals.Select(i => ScheduleRules.Minute(i.End))];

        var row = await db.ScheduleOverrides.SingleOrDefaultAsync(o => o.ResourceId == id && o.Date == date, ct);
        var before = row is null ? null : ToResponse(row);
        if (row is null)
        {
            row = new() { ResourceId = id, Date = date, StartMinutes = starts, EndMinutes = ends };
            db.Create(row, caller.Actor);
        }
        else
        {
            (row.StartMinutes, row.EndMinutes) = (starts, ends);
            db.Change(row, caller.Actor);
        }

        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.OverrideChanged, row.Id, before, ToResponse(row), http, ct);
        return TypedResults.Ok(ToResponse(row));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, DateOnly date, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.ScheduleOverrides.SingleOrDefaultAsync(o => o.ResourceId == id && o.Date == date, ct) is not { } row)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        db.Remove(row);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.OverrideDeleted, row.Id, ToResponse(row), null, http, ct);
        return TypedResults.NoContent();
    }

    private static Rejection? CheckRange(DateOnly from, DateOnly to) =>
        ScheduleRules.CheckDate(to.AddDays(to == DateOnly.MinValue ? 0 : -1), "to")
        ?? (to <= from ? new(RejectionKind.Invalid, Codes.InvalidRange, "The end must be after the start.", "to")
            : to.DayNumber - from.DayNumber > MaxListDays
                ? new Rejection(
                    RejectionKind.Invalid, Codes.RangeTooLong, "The range must not be longer than ten years.", "to")
            : null);

    private static OverrideResponse ToResponse(ScheduleOverride row) => new(
        row.ResourceId,
        row.Date,
        [
            .. row.StartMinutes.Zip(
                row.EndMinutes, (s, e) => new OpeningInterval(ScheduleRules.Text(s), ScheduleRules.Text(e))),
        ])
    {
        Stamps = row.ToStamps(),
    };
}
