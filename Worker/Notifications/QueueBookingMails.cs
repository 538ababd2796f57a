using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Worker.Streams;

namespace Platform.Worker.Notifications;

/// <summary>Turns what happens to a booking into a mail to its client. Sending is another loop's job.</summary>
internal sealed class QueueBookingMails(EventTransaction transaction, TimeProvider clock) : IEventHandler
{
    public static string Group => "notifications";

    public static IReadOnlyDictionary<string, int> Versions { get; } = new Dictionary<string, int>
    {
        [BookingCreated.EventType] = BookingCreated.EventVersion,
        [BookingCancelled.EventType] = BookingCancelled.EventVersion,
        [WaitlistOffered.EventType] = WaitlistOffered.EventVersion,
    };

    public async Task HandleAsync(EventEnvelope e, CancellationToken ct)
    {
        if (e.EventType == BookingCreated.EventType)
        {
            var booking = Read<BookingCreated>(e).Booking;
            if (booking.Source == BookingSources.Import) return; // it was agreed elsewhere, and perhaps long ago

            var calendar = CalendarFile.Of(booking, e.AggregateVersion, clock.GetUtcNow());
            await QueueAsync(e, booking, BookingMessage.Created(booking), calendar, ct);
        }
        else if (e.EventType == WaitlistOffered.EventType)
        {
            var offered = Read<WaitlistOffered>(e);
            await QueueAsync(e, offered.Booking, BookingMessage.Offered(offered), calendar: null, ct);
        }
        else
        {
            var cancelled = Read<BookingCancelled>(e);
            await QueueAsync(
                e, cancelled.Booking, BookingMessage.Cancelled(cancelled.Booking, cancelled.Reason), calendar: null, ct);
        }
    }

    /// <summary>Lenient, unlike the API: a newer sender may add fields that this version does not know.</summary>
    private static T Read<T>(EventEnvelope e) =>
        e.Data.Deserialize<T>(JsonSerializerOptions.Web) ?? throw new JsonException($"{e.EventType} carries nothing.");

    private async Task QueueAsync(
        EventEnvelope e, BookingSnapshot booking, BookingMessage message, string? calendar, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(booking.ClientEmail)) return;

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
        command.Parameters.Add(new() { Value = booking.ClientEmail });
        command.Parameters.Add(new() { Value = booking.Locale });
        command.Parameters.Add(new() { Value = message.Subject });
        command.Parameters.Add(new() { Value = message.Body });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = calendar });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = Activity.Current?.Id ?? e.TraceParent });
        await command.ExecuteNonQueryAsync(ct);
    }
}
