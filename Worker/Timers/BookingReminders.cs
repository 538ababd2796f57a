using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Contracts.Messages;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Catalogue;
using Platform.Core.Storage;
using Platform.Worker.Notifications;

namespace Platform.Worker.Timers;

/// <summary>
/// Reminds the client of a booking, as it is by now. Each reminder of a time is one row, and so one mail.
/// </summary>
internal sealed class BookingReminders(TenantDb db, TimeProvider clock)
{
    private static readonly string[] Planning =
        [BookingCreated.EventType, BookingStatusChanged.EventType, BookingRescheduled.EventType];

    /// <returns>When to look again; null if that was it.</returns>
    public async Task<DateTimeOffset?> RunAsync(long bookingId, CancellationToken ct)
    {
        var found = await BookingQuery.FindAsync(db, bookingId, ct);
        if (found is not { Booking.Status: BookingStatuses.Confirmed, Client: { Email: not null, Reminders: true } })
        {
            return null;
        }


        var booking = found.Booking;
        var minutes = await db.Services.Where(s => s.Id == booking.ServiceId).Select(s => s.RemindersMinutes).SingleAsync(ct);
        var (due, next) = ReminderRules.At(booking.StartAt, minutes, await PlannedAtAsync(booking, ct), clock.Now);
        if (due is { } before) await QueueAsync(found, before, ct);
        return next;
    }

    private async Task<DateTimeOffset> PlannedAtAsync(Booking booking, CancellationToken ct) =>
        (await db.Database.SqlQuery<DateTimeOffset?>(
            $"""
            select max(occurred_at) as "Value" from booking_events
            where booking_id = {booking.Id} and event_type = any({Planning})
            """).SingleAsync(ct)) ?? booking.CreatedAt;

    private async Task QueueAsync(BookingView found, int before, CancellationToken ct)
    {
        var (tenant, booking) = (db.Tenant.Id, found.Booking);
        var data = JsonSerializer.Serialize(
            new BookingMail(MessageKinds.Reminder, found.ToSnapshot(db.Tenant)), JsonSerializerOptions.Web);
        var topic = BookingMail.TopicOf(tenant, BookingCreated.AggregateType, booking.Id);
        var name = $"reminder:{tenant}:{booking.Id}:{booking.StartAt.UtcTicks}:{before}";
        await db.Database.ExecuteSqlAsync(
            $"""
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, topic, version, data, status)
            values ({tenant}, md5({name})::uuid, {MessageKinds.Reminder}, {found.Client!.Email}, {found.Client.Locale},
                {topic}, {booking.Version}, {data}::jsonb, 'pending')
            on conflict (event_id, kind, recipient) do nothing
            """,
            ct);
    }
}
