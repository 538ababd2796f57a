using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Calendars;
using Platform.Worker.Streams;

namespace Platform.Worker.Notifications;

/// <summary>Turns what happens to a booking into a mail to its client. Sending is another loop's job.</summary>
internal sealed class QueueBookingMails(EventTransaction transaction, TimeProvider clock) : IEventHandler
{
    public static string Group => "notifications";

    public static IReadOnlyDictionary<string, int> Versions { get; } = new Dictionary<string, int>
    {
        [BookingCreated.EventType] = BookingCreated.EventVersion,
        [BookingStatusChanged.EventType] = BookingStatusChanged.EventVersion,
        [BookingRescheduled.EventType] = BookingRescheduled.EventVersion,
        [BookingCancelled.EventType] = BookingCancelled.EventVersion,
        [WaitlistOffered.EventType] = WaitlistOffered.EventVersion,
    };

    public async Task HandleAsync(EventEnvelope e, CancellationToken ct)
    {
        if (MailOf(e) is var (booking, message) && !string.IsNullOrWhiteSpace(booking.ClientEmail))
        {
            await QueueAsync(e, booking, message, ct);
        }
    }

    /// <summary>Null where there is nothing to tell the client.</summary>
    private static (BookingSnapshot Booking, BookingMessage Message)? MailOf(EventEnvelope e)
    {
        switch (e.EventType)
        {
            case "booking.created":
                var created = Read<BookingCreated>(e).Booking;
                if (created.Source == BookingSources.Import) return null; // agreed elsewhere, and perhaps long ago

                return (created, created.Status == BookingStatuses.Pending
                    ? BookingMessage.Requested(created)
                    : BookingMessage.Created(created));
            case "booking.status_changed":
                var changed = Read<BookingStatusChanged>(e);
                return (changed.From, changed.Booking.Status) switch
                {
                    (BookingStatuses.Pending, BookingStatuses.Confirmed) =>
                        (changed.Booking, BookingMessage.Created(changed.Booking)),
                    (BookingStatuses.Pending, BookingStatuses.Rejected or BookingStatuses.Expired) =>
                        (changed.Booking, BookingMessage.Rejected(changed.Booking, changed.Reason)),
                    _ => null,
                };
            case "booking.rescheduled":
                var moved = Read<BookingRescheduled>(e).Booking;
                return (moved, BookingMessage.Moved(moved));
            case "waitlist.offered":
                var offered = Read<WaitlistOffered>(e);
                return (offered.Booking, BookingMessage.Offered(offered));
            default:
                var cancelled = Read<BookingCancelled>(e);
                return (cancelled.Booking, BookingMessage.Cancelled(cancelled.Booking, cancelled.Reason));
        }
    }

    /// <summary>An entry for the client's calendar, where the booking is to stand in it.</summary>
    private string? CalendarOf(BookingSnapshot booking) =>
        booking.Status != BookingStatuses.Confirmed ? null : CalendarWriter.Write(
            new("-//Platform//Bookings//EN", clock.GetUtcNow(), CalendarMethod.Publish),
            [
                new()
                {
                    Uid = booking.Uid,
                    Sequence = booking.Sequence,
                    Start = booking.Start,
                    End = booking.End,
                    Summary = booking.ServiceName,
                    Location = booking.ResourceNames.Count > 0 ? string.Join(", ", booking.ResourceNames) : null,
                    Status = CalendarStatus.Confirmed,
                },
            ]);

    /// <summary>Lenient, unlike the API: a newer sender may add fields that this version does not know.</summary>
    private static T Read<T>(EventEnvelope e) =>
        e.Data.Deserialize<T>(JsonSerializerOptions.Web) ?? throw new JsonException($"{e.EventType} carries nothing.");

    private async Task QueueAsync(
        EventEnvelope e, BookingSnapshot booking, BookingMessage message, CancellationToken ct)
    {
        if (await transaction.Connection.HasErasedClientAsync(e, ct)) return;

        await using var command = new NpgsqlCommand(
            """
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, subject, body, calendar,
                status, attempts, next_attempt_at, traceparent, created_at, updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', 0, now(), $9, now(), now())
            on conflict (event_id, kind, recipient) do nothing
            """,
            transaction.Connection);
        command.Parameters.Add(new() { Value = e.TenantId });
        command.Parameters.Add(new() { Value = e.EventId });
        command.Parameters.Add(new() { Value = e.EventType });
        command.Parameters.Add(new() { Value = booking.ClientEmail! });
        command.Parameters.Add(new() { Value = booking.Locale });
        command.Parameters.Add(new() { Value = message.Subject });
        command.Parameters.Add(new() { Value = message.Body });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = CalendarOf(booking) });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = Activity.Current?.Id ?? e.TraceParent });
        await command.ExecuteNonQueryAsync(ct);
    }
}
