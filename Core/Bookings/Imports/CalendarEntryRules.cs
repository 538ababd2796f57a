using Platform.Contracts.Bookings;
using Platform.Core.ICalendar;

namespace Platform.Core.Bookings.Imports;

/// <summary>How a booking appears in calendars.</summary>
public static class CalendarEntryRules
{
    /// <summary>
    /// Whether calendars show it: what takes time, or may yet. A hold is no booking, and who did not come is past.
    /// </summary>
    public static bool IsShown(string status) => status is BookingStatuses.Pending or BookingStatuses.Confirmed
        or BookingStatuses.CheckedIn or BookingStatuses.Completed or BookingStatuses.NoShow;

    public static CalendarStatus StatusOf(string status) => status switch
    {
        BookingStatuses.Held or BookingStatuses.Pending => CalendarStatus.Tentative,
        BookingStatuses.Cancelled or BookingStatuses.Rejected or BookingStatuses.Expired => CalendarStatus.Cancelled,
        _ => CalendarStatus.Confirmed,
    };

    /// <summary>A cancellation has a higher sequence than all earlier messages (RFC 5546, 3.2.5).</summary>
    /// <param name="sequence">Of the booking: how often it has moved.</param>
    public static int SequenceOf(string status, int sequence) =>
        StatusOf(status) == CalendarStatus.Cancelled ? sequence + 1 : sequence;
}
