using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Worker.Timers;

/// <summary>
/// Changes a booking when its time has come. The booking is locked before the job, in the lock order of changes of
/// it; a job whose booking is being changed waits for the next round. The current state of the booking decides.
/// </summary>
internal sealed class BookingTimers(
    TenantDb db, ChangeBooking change, Holds holds, BookingReminders reminders, TimeProvider clock)
{
    private const string Actor = "system";

    /// <returns>Whether it ran; false if somebody else is at it.</returns>
    public async Task<bool> RunAsync(DueJob job, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await TakeAsync(job, ct)) return false;

        await db.FinishAsync(job, await ApplyAsync(job, ct), ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private async Task<bool> TakeAsync(DueJob job, CancellationToken ct)
    {
        var id = job.SubjectId;
        var locked = await db.Database
            .SqlQuery<long>($"select id as \"Value\" from bookings where id = {id} for update skip locked")
            .ToListAsync(ct);
        if (locked.Count == 0 && await db.BookingsAndHolds.AnyAsync(b => b.Id == id, ct)) return false;

        return await db.TakeAsync(job, clock.Now, ct);
    }

    /// <returns>When to look again; null if that was it.</returns>
    private async Task<DateTimeOffset?> ApplyAsync(DueJob job, CancellationToken ct)
    {
        if (job.Kind == BookingJobs.Reminder) return await reminders.RunAsync(job.SubjectId, ct);

        var (bookings, services) = (db.BookingsAndHolds, db.Services);
        var found = await (
            from b in bookings
            join s in services on b.ServiceId equals s.Id
            where b.Id == job.SubjectId
            select new DueBooking(b, s.CheckIn)).AsNoTracking().SingleOrDefaultAsync(ct);
        if (found is null || DueAt(job.Kind, found) is not { } due) return null;
        if (due > clock.Now) return due;

        var what = new BookingChange(job.SubjectId, null, Actor);
        var rejection = job.Kind switch
        {
            BookingJobs.CheckInRelease => (await change.NoShowAsync(what, undo: false, ct)).Rejection,
            BookingJobs.PendingExpiry => (await change.ExpireAsync(what, ct)).Rejection,
            BookingJobs.WaitlistOffer => await ReleaseAsync(job.SubjectId, ct),
            _ => await RemoveAsync(job.SubjectId, ct),
        };
        return rejection is { } no
            ? throw new InvalidOperationException($"{job.Kind} of {job.SubjectId} was refused: {no.Detail}")
            : null;
    }

    private sealed record DueBooking(Booking Booking, CheckInPolicy CheckIn);

    /// <summary>Null if the job has nothing to do with the booking any more.</summary>
    private static DateTimeOffset? DueAt(string kind, DueBooking found) => (kind, found.Booking) switch
    {
        (BookingJobs.CheckInRelease, { Status: BookingStatuses.Confirmed } b) =>
            BookingJobs.ReleaseOf(b.StartAt, found.CheckIn),
        (BookingJobs.PendingExpiry, { Status: BookingStatuses.Pending } b) => b.StartAt,
        (BookingJobs.WaitlistOffer, { Status: BookingStatuses.Held } b) => b.HoldExpiresAt,
        (BookingJobs.HoldRemoval, { Status: BookingStatuses.Held or BookingStatuses.Expired, Version: 0 } b) =>
            b.HoldExpiresAt + BookingJobs.HoldsKept,
        (BookingJobs.CheckInRelease or BookingJobs.PendingExpiry, _) => null,
        (BookingJobs.WaitlistOffer or BookingJobs.HoldRemoval, _) => null,
        _ => throw new InvalidOperationException($"There is no job '{kind}'."),
    };

    private async Task<Rejection?> ReleaseAsync(long holdId, CancellationToken ct)
    {
        if (await holds.FindAsync(holdId, ct) is { } hold) await holds.ReleaseAsync(hold, ct);
        return null;
    }

    private async Task<Rejection?> RemoveAsync(long holdId, CancellationToken ct)
    {
        await holds.RemoveAsync(holdId, ct);
        return null;
    }
}
