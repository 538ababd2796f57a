using Microsoft.EntityFrameworkCore;
using Platform.Core.Storage;

namespace Platform.Worker.Timers;

/// <summary>The rows of <c>platform.due_jobs</c>, in the transaction of what they are about.</summary>
internal static class TimerRows
{
    extension(TenantDb db)
    {
        /// <summary>False if somebody else is at it, or if it is not due any more.</summary>
        public async Task<bool> TakeAsync(DueJob job, DateTimeOffset now, CancellationToken ct) =>
            (await db.Database.SqlQuery<long>(
                $"""
                select subject_id as "Value" from platform.due_jobs
                where kind = {job.Kind} and tenant_id = {job.TenantId} and subject_id = {job.SubjectId} and due_at <= {now}
                for update skip locked
                """).ToListAsync(ct)).Count == 1;

        /// <param name="next">When to look again; null deletes the row.</param>
        public async Task FinishAsync(DueJob job, DateTimeOffset? next, CancellationToken ct)
        {
            await db.Database.ExecuteSqlAsync(
                next is { } dueAt
                    ? $"""
                        update platform.due_jobs set due_at = {dueAt}, attempts = 0
                        where kind = {job.Kind} and tenant_id = {job.TenantId} and subject_id = {job.SubjectId}
                        """
                    : (FormattableString)$"""
                        delete from platform.due_jobs
                        where kind = {job.Kind} and tenant_id = {job.TenantId} and subject_id = {job.SubjectId}
                        """,
                ct);
            Telemetry.JobsDone.Add(1, new KeyValuePair<string, object?>("kind", job.Kind));
        }
    }
}
