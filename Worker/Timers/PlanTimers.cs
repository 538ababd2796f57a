using Microsoft.EntityFrameworkCore;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Series;
using Platform.Core.Bookings.Waitlists;
using Platform.Core.Storage;

namespace Platform.Worker.Timers;

/// <summary>Due work of series and of the waitlist. The current state decides.</summary>
internal sealed class PlanTimers(TenantDb db, ExtendSeries series, RecheckWaitlist waitlist, TimeProvider clock)
{
    /// <returns>Whether it ran; false if somebody else is at it.</returns>
    public async Task<bool> RunAsync(DueJob job, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await db.TakeAsync(job, clock.Now, ct)) return false;

        await db.FinishAsync(job, await ApplyAsync(job, ct), ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <returns>When to look again; null if that was it.</returns>
    private async Task<DateTimeOffset?> ApplyAsync(DueJob job, CancellationToken ct)
    {
        switch (job.Kind)
        {
            case BookingJobs.SeriesExtension:
                return await series.RunAsync(job.SubjectId, ct);
            case BookingJobs.WaitlistExpiry:
                await waitlist.ExpireAsync(job.SubjectId, ct);
                return null;
            case BookingJobs.WaitlistRecheck:
                // Changes up to this one are looked at together; later ones have rows of their own.
                await db.Database.ExecuteSqlAsync(
                    $"""
                    delete from platform.due_jobs where (kind, tenant_id, subject_id) in (
                        select kind, tenant_id, subject_id from platform.due_jobs
                        where kind = {job.Kind} and tenant_id = {job.TenantId} and subject_id < {job.SubjectId}
                        for update skip locked)
                    """, ct);
                await waitlist.RunAsync(ct);
                return null;
            default:
                throw new InvalidOperationException($"There is no job '{job.Kind}'.");
        }
    }
}
