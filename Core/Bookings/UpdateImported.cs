using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>
/// Brings a booking to what a later version of its calendar entry says: another time, another text, or that it is off,
/// also where that is over. Each has a transaction of its own.
/// </summary>
public sealed class UpdateImported(TenantDb db, ChangeBooking change, MoveBooking move, TimeProvider clock)
{
    internal async Task<Rejection?> RunAsync(ImportDraft draft, long bookingId, ImportOrder order, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var before = await db.Bookings.AsNoTracking().SingleAsync(b => b.Id == bookingId, ct);
        var outcome = await ChangeAsync(draft, before, new(bookingId, null, order.Actor, Correct: true), ct);
        if (outcome.TryGet(out var view, out var rejection))
        {
            var booking = view.Booking;
            booking.Sequence = draft.Former.Sequence;
            await db.SaveChangesAsync(ct);
            var (now, isChanged) = (clock.Now, booking.Version > before.Version);
            if (isChanged && (before.StartAt <= now || booking.StartAt <= now)) await order.CorrectedAsync(booking, ct);
            await transaction.CommitAsync(ct);
        }

        db.ChangeTracker.Clear();
        return rejection;
    }

    private async Task<Result<BookingView>> ChangeAsync(
        ImportDraft draft, Booking booking, BookingChange what, CancellationToken ct)
    {
        if (draft.Former.Status == BookingStatuses.Cancelled)
        {
            return await change.CancelAsync(what, reason: null, waivePolicy: true, ct);
        }

        if (booking.ServiceId != draft.Service.Id)
        {
            return new Rejection(
                RejectionKind.Conflict, Codes.AlreadyExists, "It was imported before, for another service.", "service");
        }

        var isWhere = booking.StartAt == draft.Start && booking.EndAt - booking.StartAt == draft.Times.Length
            && draft.ResourceIds.Count == 0;
        return isWhere
            ? await change.UpdateAsync(what, b => b.Note = draft.Request.Note, ct)
            : await move.ReimportAsync(what, draft, ct);
    }
}
