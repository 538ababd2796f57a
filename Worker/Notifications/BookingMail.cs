using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Contracts.Messages;

namespace Platform.Worker.Notifications;

/// <summary>The content of a mail to a client: <c>data</c> of a notification.</summary>
/// <param name="Template">One of <see cref="MessageKinds"/>.</param>
/// <param name="Booking">As the event has it.</param>
/// <param name="HoldToken">Of an offer.</param>
/// <param name="WaitlistId">Of the entry that has the offer.</param>
/// <param name="ExpiresAt">Until when the offer is held; UTC.</param>
internal sealed record BookingMail(
    string Template, BookingSnapshot Booking, string? Reason = null, string? HoldToken = null, DateTimeOffset? ExpiresAt = null,
    long? WaitlistId = null)
{
    /// <summary>Mails of one topic leave in order.</summary>
    public static string TopicOf(long tenantId, string aggregateType, long aggregateId) =>
        $"{tenantId}:{aggregateType}:{aggregateId}";
}

/// <summary>A booking as it is when a mail could be sent.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
internal sealed record PresentBooking(string Status, DateTimeOffset Start, DateTimeOffset End);

/// <summary>Whether a mail is still true, and what it is called.</summary>
internal static class BookingMailRules
{
    /// <returns>Why it is not sent; null if it is true.</returns>
    public static string? Untrue(BookingMail mail, PresentBooking? present, DateTimeOffset now)
    {
        if (mail.Template == MessageKinds.Offered && mail.ExpiresAt <= now) return "The offer has ended.";
        if (present is null) return "The booking is gone.";

        return mail.Template switch
        {
            MessageKinds.Reminder when mail.Booking.Start <= now => "The booking has begun.",
            MessageKinds.Requested => Unless(present, BookingStatuses.Pending),
            MessageKinds.Rejected => Unless(present, BookingStatuses.Rejected, BookingStatuses.Expired),
            MessageKinds.Cancelled => Unless(present, BookingStatuses.Cancelled),
            MessageKinds.Offered => Unless(present, BookingStatuses.Held),
            _ when present.Start != mail.Booking.Start || present.End != mail.Booking.End =>
                "The booking has another time by now.",
            _ when mail.Booking.Status == BookingStatuses.Pending => Unless(present, BookingStatuses.Pending),
            _ => Unless(
                present, BookingStatuses.Confirmed, BookingStatuses.CheckedIn, BookingStatuses.Completed,
                BookingStatuses.NoShow),
        };
    }

    /// <summary>A client without an earlier mail gets a confirmation, not a notice of a change.</summary>
    public static string TemplateOf(BookingMail mail, bool isFirst) => (mail.Template, mail.Booking.Status) switch
    {
        (MessageKinds.Moved, BookingStatuses.Pending) when isFirst => MessageKinds.Requested,
        (MessageKinds.Moved, _) when isFirst && mail.Booking.Source != BookingSources.Import => MessageKinds.Confirmed,
        var (template, _) => template,
    };

    private static string? Unless(PresentBooking present, params ReadOnlySpan<string> statuses) =>
        statuses.Contains(present.Status) ? null : $"The booking is {present.Status} by now.";
}
