using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Contracts.Messages;
using Platform.Core.Bookings;
using Platform.Worker.Streams;

namespace Platform.Worker.Notifications;

/// <summary>
/// Turns what happens to a booking or on the waitlist into a mail to the client, and the end of a webhook into mails to
/// the tenant's admins. Sending is another loop's job.
/// </summary>
internal sealed class QueueBookingMails(EventTransaction transaction, TenantAdmins admins) : IEventHandler
{
    public static string Group => EventGroups.Notifications;

    public static IReadOnlyDictionary<string, int> Versions { get; } = new Dictionary<string, int>
    {
        [BookingCreated.EventType] = BookingCreated.EventVersion,
        [BookingStatusChanged.EventType] = BookingStatusChanged.EventVersion,
        [BookingRescheduled.EventType] = BookingRescheduled.EventVersion,
        [BookingCancelled.EventType] = BookingCancelled.EventVersion,
        [WaitlistOffered.EventType] = WaitlistOffered.EventVersion,
        [WaitlistJoined.EventType] = WaitlistJoined.EventVersion,
        [WebhookDisabled.EventType] = WebhookDisabled.EventVersion,
    };

    public static bool Concerns(EventEnvelope e) =>
        e.EventType is "waitlist.joined" or "webhook.disabled" || !string.IsNullOrWhiteSpace(MailOf(e)?.Booking.ClientEmail);

    public Task HandleAsync(EventEnvelope e, CancellationToken ct) => e.EventType switch
    {
        "waitlist.joined" => HandleJoinedAsync(e, ct),
        "webhook.disabled" => HandleDisabledAsync(e, ct),
        _ => HandleBookingAsync(e, ct),
    };

    private async Task HandleBookingAsync(EventEnvelope e, CancellationToken ct)
    {
        if (MailOf(e) is not { Booking.ClientEmail: { } email } mail) return;
        if (await transaction.Connection.HasErasedClientAsync(e, ct)) return;

        await QueueAsync(e, TopicOf(e), email, mail.Booking.Locale, mail, ct);
        if (mail.Template is MessageKinds.Confirmed or MessageKinds.Moved) await PlanRemindersAsync(e, ct);
    }

    private async Task HandleJoinedAsync(EventEnvelope e, CancellationToken ct)
    {
        var entry = Read<WaitlistJoined>(e).Entry;
        if (string.IsNullOrWhiteSpace(entry.ClientEmail) || await transaction.Connection.HasErasedClientAsync(e, ct)) return;

        await QueueAsync(e, TopicOf(e), entry.ClientEmail, entry.Locale, entry, ct);
    }

    private async Task HandleDisabledAsync(EventEnvelope e, CancellationToken ct)
    {
        var disabled = Read<WebhookDisabled>(e);
        foreach (var admin in await admins.FindAsync(e.TenantId, ct))
        {
            await QueueAsync(
                e, $"{TopicOf(e)}:{admin.UserId}", admin.Email, admin.Locale,
                new WebhookNotice(disabled.WebhookId, disabled.Url, disabled.Reason, admin.Name, admin.Locale), ct);
        }
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
                    created.Status == BookingStatuses.Pending ? MessageKinds.Requested : MessageKinds.Confirmed, created);
            case "booking.status_changed":
                var changed = Read<BookingStatusChanged>(e);
                return (changed.From, changed.Booking.Status) switch
                {
                    (BookingStatuses.Pending, BookingStatuses.Confirmed) => new(MessageKinds.Confirmed, changed.Booking),
                    (BookingStatuses.Pending, BookingStatuses.Rejected or BookingStatuses.Expired) =>
                        new(MessageKinds.Rejected, changed.Booking, changed.Reason),
                    _ => null,
                };
            case "booking.rescheduled":
                return new(MessageKinds.Moved, Read<BookingRescheduled>(e).Booking);
            case "waitlist.offered":
                var offered = Read<WaitlistOffered>(e);
                return new(MessageKinds.Offered, offered.Booking, null, offered.HoldToken, offered.ExpiresAt, offered.WaitlistId);
            default:
                var cancelled = Read<BookingCancelled>(e);
                return new(MessageKinds.Cancelled, cancelled.Booking, cancelled.Reason);
        }
    }

    /// <summary>Lenient, unlike the API: a newer sender may add fields that this version does not know.</summary>
    private static T Read<T>(EventEnvelope e) =>
        e.Data.Deserialize<T>(JsonSerializerOptions.Web) ?? throw new JsonException($"{e.EventType} carries nothing.");

    private static string TopicOf(EventEnvelope e) => BookingMail.TopicOf(e.TenantId, e.AggregateType, e.AggregateId);

    private async Task QueueAsync<T>(
        EventEnvelope e, string topic, string recipient, string locale, T data, CancellationToken ct)
    {
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
        command.Parameters.Add(new() { Value = recipient });
        command.Parameters.Add(new() { Value = locale });
        command.Parameters.Add(new() { Value = topic });
        command.Parameters.Add(new() { Value = e.AggregateVersion });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(data, JsonSerializerOptions.Web) });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = Activity.Current?.Id ?? e.TraceParent });
        await command.ExecuteNonQueryAsync(ct);
    }
}
