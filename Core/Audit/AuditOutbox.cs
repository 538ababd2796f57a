using Platform.Contracts.Events;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Core.Audit;

/// <summary>
/// Audit rows of what is in <c>tenantdb </c>. The chains are in another database, and no transaction spans two, so the
/// row is written beside the change and <see cref="CarryAudit"/> carries it into the chain.
/// </summary>
public static class AuditOutbox
{
    public const string Table = $"{EventsDb.Schema}.audit_outbox";

    extension(TenantDb db)
    {
        /// <summary>Records a change in the transaction that runs; one that changes nothing leaves no row.</summary>
        /// <param name="action">One of <see cref="Contracts.Audit.AuditActions"/>.</param>
        /// <param name="personal">Members whose values the trail does not keep.</param>
        public async Task RecordAsync(
            string action, long? targetId, object? before, object? after, AuditSource source, DateTimeOffset now,
            CancellationToken ct, params IReadOnlyList<string> personal)
        {
            if (AuditDiff.Between(before, after, personal) is not { } diff) return;

            var change = AuditChange.Of(db.Tenant.Id, action, targetId, diff.Before, diff.After);
            await db.ExecuteAsync(change.ToOutboxStatement(source, now), ct);
        }
    }

    extension(PlatformDb db)
    {
        /// <summary>The audit row of a change, in the transaction of the change.</summary>
        public Task RecordAsync(AuditChange change, AuditSource source, DateTimeOffset now, CancellationToken ct) =>
            db.ExecuteAsync(change.ToStatement(source, now), ct);

        /// <summary>The audit row and the event, in one round trip.</summary>
        public Task RecordAsync<T>(
            AuditChange change, T data, long version, AuditSource source, DateTimeOffset now, CancellationToken ct)
            where T : IEventData
        {
            var message = OutboxMessage.Of(
                data, change.TenantId!.Value, new(change.TargetId!.Value, version, now, source.Actor));
            return db.ExecuteAsync([change.ToStatement(source, now), message.ToStatement()], ct);
        }
    }
}
