using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Bookings;
using Platform.Worker.Streams;

namespace Platform.Worker.Notifications;

/// <summary>Turns what happens to a booking into a mail to its client. Sending is another loop's job.</summary>
internal sealed class QueueBookingMails(EventTransaction transaction) : IEventHandler
{
    public static string Group => EventGroups.Notifications;

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
        if (MailOf(e) is not { } mail || string.IsNullOrWhiteSpace(mail.Booking.ClientEmail)) return;

        await QueueAsync(e, mail, ct);
        if (mail.Template is BookingTemplates.Confirmed or BookingTemplates.Moved) await PlanRemindersAsync(e, ct);
    }

    /// <summary>The job finds out by itself when the first one is due.</summary>
    private async Task PlanRemindersAsync(EventEnvelope e, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into platform.due_jobs (kind, tenant_id, subject_id, due_at) values ($1, $2, $3, $4)
            on conflict (kind, tenant_id, subject_id) do update set due_at = excluded.due_at, attempts = 0
            """,
            transaction.Connection);
        command.Parameters.Add(new() { Value = BookingJobs.Reminder });
        command.Parameters.Add(new() { Value = e.TenantId });
        command.Parameters.Add(new() { Value = e.AggregateId });
        command.Parameters.Add(new() { Value = e.OccurredAt.ToUniversalTime() });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Null when the client gets no mail.</summary>
    internal static BookingMail? MailOf(EventEnvelope e)
    {
        switch (e.EventType)
        {
            case "booking.created":
                var created = Read<BookingCreated>(e).Booking;
                if (created.Source == BookingSources.Import) return null; // agreed elsewhere, and perhaps long ago

                return new(
                    created.Status == BookingStatuses.Pending ? BookingTemplates.Requested : BookingTemplates.Confirmed, created);
            case "booking.status_changed":
                var changed = Read<BookingStatusChanged>(e);
                return (changed.From, changed.Booking.Status) switch
                {
                    (BookingStatuses.Pending, BookingStatuses.Confirmed) => new(BookingTemplates.Confirmed, changed.Booking),
                    (BookingStatuses.Pending, BookingStatuses.Rejected or BookingStatuses.Expired) =>
                        new(BookingTemplates.Rejected, changed.Booking, changed.Reason),
                    _ => null,
                };
            case "booking.rescheduled":
                return new(BookingTemplates.Moved, Read<BookingRescheduled>(e).Booking);
            case "waitlist.offered":
                var offered = Read<WaitlistOffered>(e);
                return new(BookingTemplates.Offered, offered.Booking, null, offered.HoldToken, offered.ExpiresAt, offered.WaitlistId);
            default:
                var cancelled = Read<BookingCancelled>(e);
                return new(BookingTemplates.Cancelled, cancelled.Booking, cancelled.Reason);
        }
    }

    /// <summary>Lenient, unlike the API: a newer sender may add fields that this version does not know.</summary>
    private static T Read<T>(EventEnvelope e) =>
        e.Data.Deserialize<T>(JsonSerializerOptions.Web) ?? throw new JsonException($"{e.EventType} carries nothing.");

    private async Task QueueAsync(EventEnvelope e, BookingMail mail, CancellationToken ct)
    {
        if (await transaction.Connection.HasErasedClientAsync(e, ct)) return;

        await using var command = new NpgsqlCommand(
            """
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, topic, version, data,
                status, attempts, next_attempt_at, traceparent, created_at, updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, 'pending', 0, now(), $9, now(), now())
            on conflict (event_id, kind, recipient) do nothing
            """,
            transaction.Connection);
        command.Parameters.Add(new() { Value = e.TenantId });
        command.Parameters.Add(new() { Value = e.EventId });
        command.Parameters.Add(new() { Value = e.EventType });
        command.Parameters.Add(new() { Value = mail.Booking.ClientEmail! });
        command.Parameters.Add(new() { Value = mail.Booking.Locale });
        command.Parameters.Add(new() { Value = BookingMail.TopicOf(e.TenantId, e.AggregateType, e.AggregateId) });
        command.Parameters.Add(new() { Value = e.AggregateVersion });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(mail, JsonSerializerOptions.Web) });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = Activity.Current?.Id ?? e.TraceParent });
        await command.ExecuteNonQueryAsync(ct);
    }
}
