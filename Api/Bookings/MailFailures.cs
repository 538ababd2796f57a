using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Bookings;
using Platform.Core.Storage;

namespace Platform.Api.Bookings;

/// <summary>What the Worker could not deliver, of one booking.</summary>
internal static class MailFailures
{
    extension(TenantDb db)
    {
        /// <returns>Null when no mail failed.</returns>
        public async Task<IReadOnlyList<MailFailure>?> MailFailuresAsync(long bookingId, CancellationToken ct)
        {
            var topic = $"{db.Tenant.Id}:booking:{bookingId}";
            var failures = await db.Database.SqlQuery<MailFailure>(
                $"""
                select kind as "Kind", last_error as "Reason", updated_at as "FailedAt" from platform.notifications
                where topic = {topic} and status = 'failed'
                order by version, id
                """).ToListAsync(ct);
            return failures is [] ? null : failures;
        }
    }
}
