using Npgsql;

namespace Platform.Core.Storage;

/// <summary>Builds, opens and drops the schemas of tenants.</summary>
/// <param name="tenantDb">As the owner, which is no superuser.</param>
public sealed class TenantSchemas(string tenantDb)
{
    /// <summary>Schemas that one statement reads; each takes a lock until it ends.</summary>
    private const int SchemasAtOnce = 100;

    /// <summary>All there are for a tenant, in order; a schema that is up to date has had each of them.</summary>
    public static IReadOnlyList<string> Migrations
    {
        get
        {
            using var db = new TenantSchemas("Host=localhost").Open(0); // never connects
            return [.. db.Database.GetMigrations()];
        }
    }

    /// <summary>All there are for what the tenants of the cell share, in order.</summary>
    public IReadOnlyList<string> SharedMigrations
    {
        get
        {
            using var db = OpenShared(); // never connects
            return [.. db.Database.GetMigrations()];
        }
    }

    public async Task<IReadOnlyList<string>> SharedAppliedAsync(CancellationToken ct)
    {
        await using var db = OpenShared();
        return [.. await db.Database.GetAppliedMigrationsAsync(ct)];
    }

    /// <summary>How far the schemas of these tenants are; tenants without a schema are left out.</summary>
    public async Task<Dictionary<long, SchemaVersion>> VersionsAsync(IReadOnlyList<long> tenantIds, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(tenantDb);
        Dictionary<long, SchemaVersion> versions = [];
        foreach (var ids in tenantIds.Chunk(SchemasAtOnce))
        {
            List<long> built = [];
            await using (var find = source.CreateCommand(
                "select id from unnest($1, $2) as t (id, name) where to_regclass(name) is not null"))
            {
                find.Parameters.Add(new() { Value = ids });
                find.Parameters.Add(new() { Value = ids.Select(HistoryOf).ToArray() });
                await using var found = await find.ExecuteReaderAsync(ct);
                while (await found.ReadAsync(ct)) built.Add(found.GetInt64(0));
            }

            if (built.Count == 0) continue;

            await using var read = source.CreateCommand(string.Join(" union all ", built.Select(id =>
                $"select {id}::bigint, max(\"MigrationId\"), count(*)::int from {HistoryOf(id)}")));
            await using var reader = await read.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                if (!reader.IsDBNull(1)) versions[reader.GetInt64(0)] = new(reader.GetString(1), reader.GetInt32(2));
            }
        }

        return versions;

        static string HistoryOf(long tenantId) => $"{TenantContext.SchemaOf(tenantId)}.migrations";
    }

    private EventsDb OpenShared()
    {
        var options = new DbContextOptionsBuilder<EventsDb>();
        options.UseMigrations(tenantDb, EventsDb.Schema);
        return new(options.Options);
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
            $"select pg_try_advisory_lock(hashtextextended('{TenantContext.SchemaOf(tenantId)}', 0))",
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
            "due_jobs", "outbox_messages", "notifications", "webhook_endpoints", "booking_facts", "event_log"])
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

/// <summary>How far a schema is.</summary>
/// <param name="Latest">Its newest migration.</param>
/// <param name="Count">How many it has had.</param>
public sealed record SchemaVersion(string Latest, int Count);
