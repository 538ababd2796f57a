using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;
using Platform.Contracts.Calendars;
using Platform.Contracts.Catalogue;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Calendars;
using Platform.Core.Catalogue;
using Platform.Core.ICalendar;
using Platform.Core.Storage;
using Platform.ServiceDefaults.KeyRing;

namespace Platform.Worker.Calendars;

/// <summary>
/// Polls one outside calendar: asks without a transaction, and stores the answer in one. A calendar that cannot
/// be read keeps its busy times.
/// </summary>
internal sealed class PollCalendar(
    TenantDb db, TenantSecrets secrets, IcsCalendar ics, CalDavCalendar calDav, IOptions<CalendarOptions> options,
    TimeProvider clock)
{
    public async Task RunAsync(long calendarId, CancellationToken ct)
    {
        if (await FindAsync(calendarId, ct) is not var (calendar, zone, windowDays))
        {
            await ForgetAsync(calendarId, ct);
            return;
        }

        var now = clock.Now;
        var window = new TimeRange(now.AddDays(-1), now + PollRules.Ahead(windowDays));
        var polled = await AskAsync(calendar, window, now, ct);
        var reading = polled.Text is { } text ? BusyTimes.Read(text, zone, window) : null;
        var failures = polled.Error is null ? 0 : calendar.Failures + 1;
        var wait = PollRules.Wait(options.Value.Interval, failures, polled.Error, Random.Shared.NextDouble());
        var note = new PollNote(now, failures, polled.Error, polled.Status, polled.Marks, reading?.Unreadable);

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var isThere = await db.Database.SqlQuery<long>(
            $"select id as \"Value\" from outside_calendars where id = {calendarId} for update").AnyAsync(ct);
        if (!isThere) return; // the next poll does not find it

        await db.ExecuteAsync(
            [
                .. reading is null ? [] : CalendarStatements.Replace(calendarId, reading.Times),
                .. reading is null ? [] : new[] { CalendarStatements.RecheckWaitlist(db.Tenant.Id) },
                .. reading is null || calendar.Kind != CalendarKinds.CalDav
                    ? []
                    : new[] { CalendarStatements.WriteBookings(db.Tenant.Id, calendar, now) }, // those that it lacks
                CalendarStatements.Note(calendarId, note),
                CalendarStatements.PollAt(db.Tenant.Id, calendarId, now + wait),
            ], ct);
        await transaction.CommitAsync(ct);
    }

    private async Task<(OutsideCalendar Calendar, DateTimeZone Zone, int WindowDays)?> FindAsync(long id, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var (calendars, resources) = (db.OutsideCalendars, db.Resources);
        var found = await (
            from c in calendars
            join r in resources on c.ResourceId equals r.Id
            where c.Id == id
            select new { Calendar = c, r.TimeZone }).AsNoTracking().SingleOrDefaultAsync(ct);
        if (found is null) return null;

        var zone = await db.Schedules.Where(s => s.ResourceId == found.Calendar.ResourceId && s.TimeZone != null)
            .Select(s => s.TimeZone).FirstOrDefaultAsync(ct) ?? found.TimeZone ?? db.Tenant.TimeZone;
        var windows = await db.Services.Where(s => s.Active).Select(s => s.BookingWindowDays).ToListAsync(ct);
        var farthest = windows.Select(days => days ?? BookingWindows.FarthestDays).DefaultIfEmpty().Max();
        return (found.Calendar, ZoneRules.Get(zone), farthest);
    }

    private async Task<PolledCalendar> AskAsync(
        OutsideCalendar calendar, TimeRange window, DateTimeOffset now, CancellationToken ct)
    {
        var text = secrets.Unprotect(CalendarStatements.SecretPurpose, db.Tenant.Id, calendar.Secret);
        if (text is null || JsonSerializer.Deserialize<CalendarAccess>(text) is not { } access)
        {
            return new(null, null, CalendarProblems.UnreadableSecret);
        }

        var isRecent = calendar.ReadAt > now - PollRules.ReadAgain && calendar.ReadAt <= now;
        var marks = isRecent ? calendar.Marks.Deserialize<CalendarMarks>() ?? new() : new();
        return calendar.Kind == CalendarKinds.CalDav
            ? await calDav.PollAsync(access, marks, window, ct)
            : await ics.PollAsync(access, marks, ct);
    }

    private async Task ForgetAsync(long calendarId, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.ExecuteAsync(CalendarStatements.Forget(db.Tenant.Id, calendarId), ct);
        await transaction.CommitAsync(ct);
    }
}
