using Npgsql;

namespace Platform.Core.Storage;

/// <summary>
/// Builds the databases, or brings old ones up to date. Every step is a transaction that is skipped when it is done, so
/// a broken run is continued by the next; running it twice changes nothing.
/// </summary>
/// <param name="platformDb">As the owner.</param>
/// <param name="tenantDb">As the owner.</param>
public sealed class Migrator(string platformDb, string tenantDb)
{
    /// <summary>Any number that nobody else uses.</summary>
    private const long OneAtATime = 4_707_221_937;

    /// <summary>Waits until no other migrator runs; that lasts until the answer is disposed.</summary>
    public async Task<IAsyncDisposable> LockAsync(CancellationToken ct)
    {
        var connection = await OpenUnpooledAsync(ct);
        await using var command = new NpgsqlCommand($"select pg_advisory_lock({OneAtATime})", connection);
        command.CommandTimeout = 0; // another migrator may take as long as it takes
        await command.ExecuteNonQueryAsync(ct);
        return new SessionLock(connection);
    }

    /// <summary>
    /// Keeps others from building, filling or dropping the schema of this tenant until the answer is disposed, or this
    /// process dies. Null if one of them is at it.
    /// </summary>
    public async Task<IAsyncDisposable?> TryLockTenantAsync(long tenantId, CancellationToken ct)
    {
        ForgetConnections();
        var connection = await OpenUnpooledAsync(ct);
        await using var command = new NpgsqlCommand(
            $"select pg_try_advisory_lock(hashtextextended('{TenantContext.SchemaOf(tenantId)}', 0))", connection);
        if (await command.ExecuteScalarAsync(ct) is true) return new SessionLock(connection);

        await connection.DisposeAsync();
        return null;
    }

    /// <summary>
    /// The role of running processes, which may not even make temporary tables. Roles belong to the server, so another platform
    /// on it may be making this one right now.
    /// </summary>
    public async Task CreateRoleAsync(CancellationToken ct)
    {
        foreach (var database in (string[])[platformDb, tenantDb])
        {
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand(
                $"""
                do $$
                begin
                    execute format('revoke temporary on database %I from public', current_database());
                    if not exists (select from pg_roles where rolname = '{Databases.AppRole}') then
                        create role {Databases.AppRole} nologin;
                    end if;
                exception when duplicate_object or unique_violation then null;
                end $$
                """,
                connection);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <returns>How many migrations it took.</returns>
    public async Task<int> MigratePlatformAsync(CancellationToken ct)
    {
        await using var db = OpenPlatform();
        return await MigrateAsync(db, ct);
    }

    /// <inheritdoc cref="MigratePlatformAsync"/>
    public async Task<int> MigrateEventsAsync(CancellationToken ct)
    {
        var options = new DbContextOptionsBuilder<EventsDb>();
        options.UseMigrations(tenantDb, EventsDb.Schema);
        await using var db = new EventsDb(options.Options);
        return await MigrateAsync(db, ct);
    }

    /// <inheritdoc cref="MigratePlatformAsync"/>
    public async Task<int> MigrateTenantAsync(long tenantId, CancellationToken ct)
    {
        await using var db = OpenTenant(tenantId);
        return await NewTenantSchema.TryBuildAsync(db, TenantContext.SchemaOf(tenantId), ct)
            ?? await MigrateAsync(db, ct);
    }

    /// <summary>
    /// The tenant's schema and what the cell keeps of it beside that, all or nothing. Doing it again does no harm.
    /// </summary>
    public async Task DropTenantAsync(long tenantId, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(tenantDb);
        await connection.OpenAsync(ct);
        await using var batch = new NpgsqlBatch(connection); // one transaction
        foreach (var table in (string[])["due_jobs", "outbox_messages", "notifications", "webhook_endpoints", "booking_facts", "event_log"])
        {
            batch.BatchCommands.Add(TenantSql.Statement(
                $"delete from {EventsDb.Schema}.{table} where tenant_id = $1", tenantId));
        }

        batch.BatchCommands.Add(new($"drop schema if exists {TenantContext.SchemaOf(tenantId)} cascade"));
        batch.Timeout = 0; // readers may keep it waiting
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>As the owner, seeing the rows of every tenant.</summary>
    public PlatformDb OpenPlatform()
    {
        var options = new DbContextOptionsBuilder<PlatformDb>();
        options.UseMigrations(platformDb, "public");
        return new(options.Options, new() { Staff = true });
    }

    /// <summary>All there are for a tenant, in order; a schema that is up to date has had each of them.</summary>
    public IReadOnlyList<string> TenantMigrations
    {
        get
        {
            using var db = OpenTenant(0); // never connects
            return [.. db.Database.GetMigrations()];
        }
    }

    /// <summary>As the owner.</summary>
    public TenantDb OpenTenant(long tenantId)
    {
        var tenant = new TenantContext { Id = tenantId };
        var options = new DbContextOptionsBuilder<TenantDb>();
        options.UseMigrations(tenantDb, tenant.Schema);
        return new(options.Options, tenant);
    }

    /// <summary>A process that serves needs the owner so seldom that the server may have been restarted since the last time.</summary>
    private void ForgetConnections()
    {
        foreach (var database in (string[])[platformDb, tenantDb])
        {
            using var connection = new NpgsqlConnection(database);
            NpgsqlConnection.ClearPool(connection);
        }
    }

    /// <summary>A lock of its session goes with it, not back into a pool.</summary>
    private async Task<NpgsqlConnection> OpenUnpooledAsync(CancellationToken ct)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(platformDb) { Pooling = false };
        var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    private static async Task<int> MigrateAsync(DbContext db, CancellationToken ct)
    {
        var pending = (await db.Database.GetPendingMigrationsAsync(ct)).Count();
        if (pending > 0) await db.Database.MigrateAsync(ct);
        return pending;
    }

    /// <summary>
    /// The advisory locks of a session. PostgreSQL ends a session some time after its client has closed the connection,
    /// so the locks are released explicitly: after this is disposed, the next caller finds them free.
    /// </summary>
    private sealed class SessionLock(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (connection)
            {
                try
                {
                    await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
                    await command.ExecuteNonQueryAsync(CancellationToken.None);
                }
                catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
                {
                    // The connection is broken: its session, and the locks with it, are gone or about to go.
                }
            }
        }
    }
}
