using System.Net.Mail;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Bookings.Imports;
using Platform.Core.ICalendar;
using Platform.Mail;

namespace Platform.Worker.Notifications;

/// <summary>
/// A booking as an iTIP message (RFC 5546) to its client: an invitation while it takes place, a cancellation once it
/// does not. Who only asked for a booking gets none until it is confirmed.
/// </summary>
internal static class BookingInvitation
{
    /// <param name="from">The sender of the mail, which is the organizer's address.</param>
    public static CalendarPart? Of(BookingSnapshot booking, string from, DateTimeOffset now)
    {
        if (booking.ClientEmail is not { } client || MethodOf(booking.Status) is not { } method) return null;

        var content = CalendarWriter.Write(
            new("-//Platform//Bookings//EN", now, method),
            [
                new()
                {
                    Uid = booking.Uid,
                    Sequence = CalendarEntryRules.SequenceOf(booking.Status, booking.Sequence),
                    Start = booking.Start,
                    End = booking.End,
                    Zone = booking.TimeZone,
                    Summary = booking.ServiceName,
                    Location = booking.ResourceNames.Count > 0 ? string.Join(", ", booking.ResourceNames) : null,
                    Status = CalendarEntryRules.StatusOf(booking.Status),
                    Organizer = new(booking.TenantName ?? booking.ServiceName, new MailAddress(from).Address),
                    Attendee = new(booking.ClientName ?? client, client),
                },
            ]);
        return new(method.ToString().ToUpperInvariant(), content);
    }

    private static CalendarMethod? MethodOf(string status) => status switch
    {
        BookingStatuses.Confirmed => CalendarMethod.Request,
        BookingStatuses.Cancelled or BookingStatuses.Rejected or BookingStatuses.Expired => CalendarMethod.Cancel,
        _ => null,
    };
}
