using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Bookings;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>
/// Brings a booking to what a later version of its calendar entry says: another time, another text, or that it is off, also
/// where that is over. Each has a transaction of its own.
/// </summary>
public sealed class UpdateImported(TenantDb db, ChangeBooking change, MoveBooking move, TimeProvider clock)
{
    internal async Task<Rejection?> RunAsync(ImportDraft draft, long bookingId, AuditSource source, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var before = await db.Bookings.AsNoTracking().SingleAsync(b => b.Id == bookingId, ct);
        var outcome = await ChangeAsync(draft, before, new(bookingId, null, source.Actor, Correct: true), ct);
        if (outcome.View is { Booking: var booking })
        {
            booking.Sequence = draft.Former.Sequence;
            await db.SaveChangesAsync(ct);
            if (booking.Version > before.Version) await RecordAsync(before, booking, source, ct);
            await transaction.CommitAsync(ct);
        }

        db.ChangeTracker.Clear();
        return outcome.View is null ? outcome.Rejection ?? BookingRules.Conflict : null;
    }

    /// <summary>What nobody may undo by accident is in the audit trail where a file undoes it.</summary>
    private async Task RecordAsync(Booking before, Booking after, AuditSource source, CancellationToken ct)
    {
        var now = clock.Now;
        if (before.StartAt > now && after.StartAt > now) return;

        await db.RecordAsync(
            AuditActions.BookingCorrected, after.Id, null, new { after.Status, after.StartAt, after.EndAt }, source, now, ct);
    }

    private async Task<ChangeOutcome> ChangeAsync(
        ImportDraft draft, Booking booking, BookingChange what, CancellationToken ct)
    {
        if (draft.Former.Status == BookingStatuses.Cancelled)
        {
            return await change.CancelAsync(what, reason: null, waivePolicy: true, ct);
        }

        if (booking.ServiceId != draft.Service.Id)
        {
            return new(null, new(
                RejectionKind.Conflict, Codes.AlreadyExists, "It was imported before, for another service.", "service"));
        }

        var isWhere = booking.StartAt == draft.Start && booking.EndAt - booking.StartAt == draft.Times.Length
            && draft.ResourceIds.Count == 0;
        return isWhere
            ? await change.UpdateAsync(what, b => b.Note = draft.Request.Note, ct)
            : await move.ReimportAsync(what, draft, ct);
    }
}
