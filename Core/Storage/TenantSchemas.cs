using Npgsql;

namespace Platform.Core.Storage;

/// <summary>Builds, opens and drops the schemas of tenants.</summary>
/// <param name="tenantDb">As the owner, which is no superuser.</param>
public sealed class TenantSchemas(string tenantDb)
{
    /// <summary>All there are for a tenant, in order; a schema that is up to date has had each of them.</summary>
    public static IReadOnlyList<string> Migrations
    {
        get
        {
            using var db = new TenantSchemas("Host=localhost").Open(0); // never connects
            return [.. db.Database.GetMigrations()];
        }
    }

    /// <summary>
    /// Keeps others from building, filling or dropping the schema of this tenant until the answer is disposed, or this
    /// process dies. Null if one of them is at it.
    /// </summary>
    public async Task<IAsyncDisposable?> TryLockAsync(long tenantId, CancellationToken ct)
    {
        ForgetConnections();
        return await SessionLock.TakeAsync(
            tenantDb,
            $"select pg_try_advisory_lock({AdvisoryLocks.TenantSchema(TenantContext.SchemaOf(tenantId))})",
            ct);
    }

    /// <returns>How many migrations it took.</returns>
    public async Task<int> MigrateAsync(long tenantId, CancellationToken ct)
    {
        await using var db = Open(tenantId);
        return await NewTenantSchema.TryBuildAsync(db, TenantContext.SchemaOf(tenantId), ct)
            ?? await Migrator.MigrateAsync(db, ct);
    }

    /// <summary>
    /// The tenant's schema and what the cell keeps of it beside that, all or nothing. Doing it again does no harm.
    /// </summary>
    public async Task DropAsync(long tenantId, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(tenantDb);
        await connection.OpenAsync(ct);
        await using var batch = new NpgsqlBatch(connection); // one transaction
        foreach (var table in (string[])[
            "due_jobs", "outbox_messages", "notifications", "webhook_endpoints", "booking_facts", "usage_events",
            "event_log", "calendar_polls"])
        {
            batch.BatchCommands.Add(TenantSql.Statement(
                $"delete from {EventsDb.Schema}.{table} where tenant_id = $1", tenantId));
        }

        batch.BatchCommands.Add(new($"drop schema if exists {TenantContext.SchemaOf(tenantId)} cascade"));
        batch.Timeout = 0; // readers may keep it waiting
        await batch.ExecuteNonQueryAsync(ct);
    }

    public TenantDb Open(long tenantId)
    {
        var tenant = new TenantContext { Id = tenantId };
        var options = new DbContextOptionsBuilder<TenantDb>();
        options.UseMigrations(tenantDb, tenant.Schema);
        return new(options.Options, tenant);
    }

    /// <summary>
    /// A process that serves needs the owner so seldom that the server may have been restarted since the last time.
    /// </summary>
    private void ForgetConnections()
    {
        using var connection = new NpgsqlConnection(tenantDb);
        NpgsqlConnection.ClearPool(connection);
    }
}
