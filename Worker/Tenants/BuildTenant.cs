using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Contracts.Events;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Worker.Tenants;

/// <summary>
/// Builds the schema of a tenant that is registered, and lets people in when all of it is there. Each step is done or
/// not, so what broke off is continued by the next attempt.
/// </summary>
internal sealed class BuildTenant(TenantSchemas schemas, PlatformDb db, TimeProvider clock, ILogger<BuildTenant> log)
    : ITenantWork
{
    public async Task RunAsync(TenantTask task, CancellationToken ct)
    {
        var found = await db.Tenants.AsNoTracking().SingleOrDefaultAsync(t => t.Id == task.TenantId, ct);
        var error = found switch
        {
            // Of an import that broke off only its tables could be made, and an empty tenant would be taken for the whole.
            { ProvisioningError: ProvisioningErrors.ImportFailed } => ProvisioningErrors.ImportFailed,
            { Status: TenantStatuses.Provisioning or TenantStatuses.ProvisioningFailed } =>
                await BuildAsync(task.TenantId, ct),
            _ => null, // somebody else was first
        };

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.LockTenantAsync(task.TenantId, ct) is
            { Status: TenantStatuses.Provisioning or TenantStatuses.ProvisioningFailed } tenant)
        {
            await FinishAsync(tenant, error, task.Source, ct);
        }

        var failure = error is null ? null : TenantTaskFailures.NotProvisioned(error);
        await db.FinishAsync(task, new(failure), clock.Now, ct);
        await transaction.CommitAsync(ct);
    }

    /// <returns>Why not.</returns>
    private async Task<string?> BuildAsync(long id, CancellationToken ct)
    {
        try
        {
            await schemas.MigrateAsync(id, ct);
            return await HoldsDataAsync(id, ct) ? ProvisioningErrors.SchemaConflict : null;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogError(e, "Tenant {TenantId} could not be provisioned", id);
            return ErrorOf(e);
        }
    }

    /// <summary>A tenant that nobody could use yet has no clients: a schema that has some is somebody else's.</summary>
    private async Task<bool> HoldsDataAsync(long id, CancellationToken ct)
    {
        await using var schema = schemas.Open(id);
        await using var transaction = await schema.Database.BeginTransactionAsync(ct);
        return await schema.Database
            .SqlQuery<bool>($"""select exists(select from clients) or exists(select from bookings) as "Value" """)
            .SingleAsync(ct);
    }

    private static string ErrorOf(Exception e) => (e as NpgsqlException ?? e.InnerException as NpgsqlException) switch
    {
        PostgresException
        {
            SqlState: PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject
                or PostgresErrorCodes.DuplicateFunction or PostgresErrorCodes.DuplicateSchema
                or PostgresErrorCodes.DuplicateColumn or PostgresErrorCodes.UniqueViolation
                or PostgresErrorCodes.WrongObjectType or PostgresErrorCodes.UndefinedColumn
        } => ProvisioningErrors.SchemaConflict,
        { IsTransient: true } => ProvisioningErrors.DatabaseUnavailable,
        _ => ProvisioningErrors.MigrationFailed,
    };

    private async Task FinishAsync(Tenant tenant, string? error, AuditSource source, CancellationToken ct)
    {
        var before = tenant.ToResponse().ToSnapshot();
        tenant.Status = error is null ? TenantStatuses.Active : TenantStatuses.ProvisioningFailed;
        tenant.ProvisioningError = error;
        db.Change(tenant, source.Actor);
        await db.SaveChangesAsync(ct);

        var after = tenant.ToResponse().ToSnapshot();
        if (error is null)
        {
            await db.RecordAsync(
                new(tenant.Id, TenantCreated.EventType, Tenant.AuditTarget, tenant.Id, before, after),
                new TenantCreated(after), tenant.Version, source, clock.Now, ct);
        }
        else
        {
            await db.RecordAsync(
                new(tenant.Id, "tenant.provisioning_failed", Tenant.AuditTarget, tenant.Id, before,
                    new { Tenant = after, error }),
                source, clock.Now, ct);
        }
    }
}
