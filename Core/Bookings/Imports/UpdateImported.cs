using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Imports;

/// <summary>
/// Brings a booking to what a later version of its calendar entry says: another time, another text, or that it is off,
/// also where that is over. Each has a transaction of its own.
/// </summary>
public sealed class UpdateImported(TenantDb db, ChangeBooking change, MoveBooking move, TimeProvider clock)
{
    internal async Task<Rejection?> RunAsync(ImportableBooking importable, long bookingId, ImportSettings settings, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var before = await db.Bookings.AsNoTracking().SingleAsync(b => b.Id == bookingId, ct);
        var outcome = await ChangeAsync(importable, before, new(bookingId, null, settings.Actor, Correct: true), ct);
        if (outcome.TryGet(out var view, out var rejection))
        {
            var booking = view.Booking;
            booking.Sequence = importable.Former.Sequence;
            await db.SaveChangesAsync(ct);
            var (now, isChanged) = (clock.Now, booking.Version > before.Version);
            if (isChanged && (before.StartAt <= now || booking.StartAt <= now)) await settings.CorrectedAsync(booking, ct);
            await transaction.CommitAsync(ct);
        }

        db.ChangeTracker.Clear();
        return rejection;
    }

    private async Task<Result<BookingView>> ChangeAsync(
        ImportableBooking importable, Booking booking, BookingChange what, CancellationToken ct)
    {
        if (importable.Former.Status == BookingStatuses.Cancelled)
        {
            return await change.CancelAsync(what, reason: null, waivePolicy: true, ct);
        }

        if (booking.ServiceId != importable.Service.Id)
        {
            return new Rejection(
                RejectionKind.Conflict, Codes.AlreadyExists, "A booking with this UID was imported for another service.", "service");
        }

        var isWhere = booking.StartAt == importable.Start && booking.EndAt - booking.StartAt == importable.Times.Length
            && importable.ResourceIds.Count == 0;
        return isWhere
            ? await change.UpdateAsync(what, b => b.Note = importable.Request.Note, ct)
            : await move.ReimportAsync(what, importable, ct);
    }
}
