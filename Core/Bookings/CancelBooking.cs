using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <param name="ExpectedVersion">What the caller last saw; null if they do not care.</param>
public sealed record Cancellation(long BookingId, string? Reason, long? ExpectedVersion, string Actor);

/// <summary>Frees what a booking held, in the caller's transaction. Cancelling twice is cancelling once.</summary>
public static class CancelBooking
{
    /// <returns>Neither, if there is no such booking.</returns>
    public static async Task<(BookingView? View, Rejection? Rejection)> RunAsync(
        TenantDb db, Cancellation wanted, DateTimeOffset now, CancellationToken ct)
    {
        // Locked before its outbox row is numbered, so that events of one booking leave in the order of its changes.
        await db.Database.ExecuteSqlAsync($"select from bookings where id = {wanted.BookingId} for update", ct);
        var booking = await db.Bookings.SingleOrDefaultAsync(b => b.Id == wanted.BookingId, ct);
        if (booking is null) return (null, null);

        if (BookingRules.Version(wanted.ExpectedVersion, booking.Version) is { } stale) return (null, stale);

        var before = (await BookingQuery.FindAsync(db, booking.Id, ct))!;
        if (booking.Status == BookingStatuses.Cancelled) return (before, null);
        if (BookingRules.Transition(booking.Status, BookingStatuses.Cancelled) is { } refused) return (null, refused);

        booking.Status = BookingStatuses.Cancelled;
        booking.CancelReason = wanted.Reason;
        booking.Version++;
        booking.UpdatedAt = now;
        booking.UpdatedBy = wanted.Actor;
        await db.Allocations.Where(a => a.BookingId == booking.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Active, false), ct);

        var after = before with { Booking = booking };
        db.Add(new BookingEvent
        {
            BookingId = booking.Id,
            Version = booking.Version,
            EventType = BookingCancelled.EventType,
            OccurredAt = now,
            Actor = wanted.Actor,
            Before = JsonSerializer.SerializeToElement(before.ToSnapshot(db.Tenant), PlatformJson.Options),
            After = JsonSerializer.SerializeToElement(after.ToSnapshot(db.Tenant), PlatformJson.Options),
        });
        db.Publish(
            new BookingCancelled(after.ToSnapshot(db.Tenant), wanted.Reason),
            new(booking.Id, booking.Version, now, wanted.Actor));
        await db.SaveChangesAsync(ct);

        return (after, null);
    }
}
