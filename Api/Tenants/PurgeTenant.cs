using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts.Events;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>
/// Deletes all rows of a tenant whose cooling period is over, except its audit chains and a row that keeps its id.
/// The Worker drops the schema last, so that nobody can bring back a tenant without one; the task for it is committed with
/// the tombstone.
/// </summary>
internal sealed class PurgeTenant(
    PlatformDb db, CarryAudit audit, AccessSignals signals, TenantWork work, TimeProvider clock)
{
    /// <summary>
    /// Chains are evidence; addresses and browsers are taken out of them, which keeps them whole. Bills are books that
    /// the owner of the platform has to keep; they name nobody.
    /// </summary>
    private static readonly string[] Kept =
    [
        "application_access_logs", "audit_log", "audit_heads", "audit_checkpoints", "billing_months", "billing_lines",
        "billing_adjustments",
    ];

    public async Task<Result<PurgedTenant>> RunAsync(long id, HttpContext http, CancellationToken ct)
    {
        if (await work.OpenAsync(id, ct) is not null) return TenantWork.InProgress(id);

        await audit.RunAsync(id, ct); // what is on its way loses its addresses with the rest

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.LockTenantAsync(id, ct) is not { } tenant) return Rejection.NotFound;

        if (tenant.Status != TenantStatuses.Purged && await DeleteAsync(tenant, http, ct) is { } refusal)
        {
            return refusal;
        }

        if (await work.AddAsync(id, TenantTaskKinds.Drop, http, ct) is not { } taskId)
        {
            return TenantWork.InProgress(id);
        }

        await transaction.CommitAsync(ct);
        signals.Changed(id);
        return new PurgedTenant(tenant.ToResponse(), await work.WaitAsync(taskId, http, ct));
    }

    /// <summary>Deletes the rows of a tenant in platformdb; its own row becomes a tombstone.</summary>
    private async Task<Rejection?> DeleteAsync(Tenant tenant, HttpContext http, CancellationToken ct)
    {
        var now = clock.Now;
        var refusal = http.CheckVersion(tenant.Version) ?? TenantRules.Purgeable(tenant, now);
        if (refusal is not null) return refusal;

        var id = tenant.Id;
        await DeleteRowsAsync(id, ct);

        var before = tenant.ToResponse().ToSnapshot();
        ReplaceWithTombstone(tenant, now);
        db.Change(tenant, Caller.Of(http.User).Actor);
        await db.SaveChangesAsync(ct);
        await db.ExecuteAsync(TenantSql.Statement("select erase_purged_tenant($1)", id), ct);
        await db.RecordAsync(
            new(id, TenantPurged.EventType, Tenant.AuditTarget, id, before, null),
            new TenantPurged(id, before.Slug), tenant.Version, http, now, ct);
        return null;
    }

    private static void ReplaceWithTombstone(Tenant tenant, DateTimeOffset now)
    {
        tenant.Slug = $"{TenantRules.PurgedPrefix}{tenant.Id}";
        tenant.Name = "Purged";
        (tenant.Status, tenant.PurgedAt, tenant.PurgeAt) = (TenantStatuses.Purged, now, null);
        (tenant.CustomDomain, tenant.OffboardingReason, tenant.ProvisioningError) = (null, null, null);
        (tenant.Branding, tenant.Labels) = (TenantEndpoints.Stored(new { }), TenantEndpoints.Stored(new { }));
        tenant.BookingPage = TenantEndpoints.Stored(new { });
    }

    private async Task DeleteRowsAsync(long id, CancellationToken ct)
    {
        List<NpgsqlBatchCommand> statements =
        [
            .. (await TablesAsync(ct)).Select(
                table => TenantSql.Statement($"delete from {table} where tenant_id_fk = $1", id)),
            TenantSql.Statement(
                $"""
                delete from {IdempotentCreate.TableOfPlatform}
                where location = $1 or location like $1 || '/%' or caller like $2
                """,
                $"/internal/api/v1/tenants/{id}", $"{id}/%"),
        ];
        await db.ExecuteAsync(statements, ct);
    }

    /// <summary>Found in the catalog, so that none is forgotten; those that refer to others before those.</summary>
    private async Task<List<string>> TablesAsync(CancellationToken ct)
    {
        var left = await db.Database.SqlQuery<string>($"""
            select quote_ident(c.relname) as "Value" from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id_fk' and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                and not c.relname = any ({Kept})
            """).ToListAsync(ct);
        var references = (await db.Database.SqlQuery<string>($"""
            select conrelid::regclass || ' ' || confrelid::regclass as "Value" from pg_constraint
            where contype = 'f' and conrelid <> confrelid
            """).ToListAsync(ct)).Select(r => r.Split(' ')).ToLookup(r => r[1], r => r[0]);

        List<string> ordered = [];
        while (left.Find(table => !references[table].Any(left.Contains)) is { } next)
        {
            ordered.Add(next);
            left.Remove(next);
        }

        return left.Count == 0
            ? ordered
            : throw new InvalidOperationException($"Tables refer to one another: {string.Join(", ", left)}.");
    }
}

/// <param name="Task">Drops the schema; it may still be open.</param>
internal sealed record PurgedTenant(TenantResponse Tenant, TenantTask Task);
