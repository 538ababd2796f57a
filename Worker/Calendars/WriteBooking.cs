using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Calendars;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Imports;
using Platform.Core.Calendars;
using Platform.Core.ICalendar;
using Platform.Core.Storage;
using Platform.ServiceDefaults.KeyRing;

namespace Platform.Worker.Calendars;

/// <summary>
/// Writes one booking to one CalDAV calendar as it is now, or removes it. Doing it again changes nothing. The entry
/// names the service and no client: erasing a client has nothing to reach there.
/// </summary>
internal sealed class WriteBooking(
    TenantDb db, TenantSecrets secrets, CalDavCalendar calDav, CalendarWrites writes, TimeProvider clock)
{
    private const int MaxAttempts = 30;

    public async Task RunAsync(CalendarWrite write, CancellationToken ct)
    {
        OutsideCalendar? calendar;
        BookingView? booking;
        await using (await db.Database.BeginTransactionAsync(ct))
        {
            calendar = await db.OutsideCalendars.AsNoTracking().SingleOrDefaultAsync(c => c.Id == write.CalendarId, ct);
            booking = await BookingQuery.FindAsync(db, write.BookingId, ct);
        }

        if (calendar is null) return; // the next poll forgets it
        var access = AccessOf(calendar);
        if (access is null)
        {
            await FailedAsync(write, CalendarProblems.UnreadableSecret, ct);
            return;
        }

        if (booking is null)
        {
            await writes.DoneAsync(write, null, isThere: false, clock.Now, ct);
            return;
        }

        var isShown = CalendarEntryRules.IsShown(booking.Booking.Status)
            && booking.Resources.Any(r => r.Id == calendar.ResourceId);
        if (isShown) await PutAsync(write, access, booking, ct);
        else await DeleteAsync(write, access, booking.Booking.Uid, ct);
    }

    private CalendarAccess? AccessOf(OutsideCalendar calendar) =>
        secrets.Unprotect(CalendarStatements.SecretPurpose, db.Tenant.Id, calendar.Secret) is { } text
            ? JsonSerializer.Deserialize<CalendarAccess>(text)
            : null;

    private async Task PutAsync(CalendarWrite write, CalendarAccess access, BookingView booking, CancellationToken ct)
    {
        var (uid, text) = (booking.Booking.Uid, TextOf(booking));
        var answer = await calDav.PutAsync(access, uid, text, write.ETag, ct);
        if (answer.Status is 412 or 404)
        {
            // It is there under another tag, or is there no more: somebody changed or removed it, or our note was lost.
            var there = await calDav.GetAsync(access, uid, ct);
            answer = there.IsSuccess || there.Status == 404
                ? await calDav.PutAsync(access, uid, text, there.IsSuccess ? there.ETag ?? "*" : null, ct)
                : there;
        }

        // An imported booking may be there under a name of the calendar's own: two events of one UID are refused.
        if (answer.IsSuccess || (answer.Status == 409 && booking.Booking.Source == Contracts.Bookings.BookingSources.Import))
        {
            await writes.DoneAsync(write, answer.IsSuccess ? answer.ETag : null, answer.IsSuccess, clock.Now, ct);
        }
        else
        {
            await FailedAsync(write, answer.Problem, ct);
        }
    }

    private async Task DeleteAsync(CalendarWrite write, CalendarAccess access, string uid, CancellationToken ct)
    {
        var answer = await calDav.DeleteAsync(access, uid, ct);
        if (answer.IsSuccess || answer.Status is 404 or 410) await writes.DoneAsync(write, null, isThere: false, clock.Now, ct);
        else await FailedAsync(write, answer.Problem, ct);
    }

    private Task FailedAsync(CalendarWrite write, string problem, CancellationToken ct) => writes.FailedAsync(
        write, problem, write.Attempts < MaxAttempts ? clock.Now + PollRules.WriteAgain(write.Attempts) : null, ct);

    /// <summary>Without organizer and attendees: servers would send them invitations.</summary>
    private string TextOf(BookingView view)
    {
        var booking = view.Booking;
        return CalendarWriter.Write(
            new("-//Platform//Bookings//EN", booking.UpdatedAt),
            [
                new()
                {
                    Uid = booking.Uid,
                    Sequence = booking.Sequence,
                    Start = booking.StartAt,
                    End = booking.EndAt,
                    Zone = booking.TimeZone,
                    Summary = view.ServiceName,
                    Description = $"{db.Tenant.Name}, #{booking.Id}",
                    Status = CalendarEntryRules.StatusOf(booking.Status),
                    Created = booking.CreatedAt,
                    LastModified = booking.UpdatedAt,
                },
            ]);
    }
}
