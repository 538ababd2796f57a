using Platform.Core;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Worker.Tenants;

/// <summary>Drops the schema of a tenant that was purged, and what the cell keeps of it beside that.</summary>
internal sealed class DropTenant(TenantSchemas schemas, PlatformDb db, TimeProvider clock) : ITenantWork
{
    public async Task RunAsync(TenantTask task, CancellationToken ct)
    {
        await schemas.DropAsync(task.TenantId, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.FinishAsync(task, new(), clock.Now, ct);
        await transaction.CommitAsync(ct);
    }
}
