namespace Platform.Core.Storage;

/// <summary>
/// Builds the databases, or brings old ones up to date. Every step is a transaction that is skipped when it is done, so
/// a broken run is continued by the next; running it twice changes nothing.
/// </summary>
/// <param name="platformDb">As its owner, which is no superuser: row-level security also applies to it.</param>
/// <param name="tenantDb">As its owner.</param>
public sealed class Migrator(string platformDb, string tenantDb)
{
    public TenantSchemas Tenants { get; } = new(tenantDb);

    /// <summary>Waits until no other migrator runs; that lasts until the answer is disposed.</summary>
    public async Task<IAsyncDisposable?> LockAsync(CancellationToken ct) =>
        await SessionLock.TakeAsync(platformDb, $"select pg_advisory_lock({AdvisoryLocks.Migrations})", ct);

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

    /// <summary>As the owner, seeing the rows of every tenant.</summary>
    public PlatformDb OpenPlatform()
    {
        var options = new DbContextOptionsBuilder<PlatformDb>();
        options.UseMigrations(platformDb, "public");
        return new(options.Options, new() { Current = Scope.AllTenants });
    }

    internal static async Task<int> MigrateAsync(DbContext db, CancellationToken ct)
    {
        var pending = (await db.Database.GetPendingMigrationsAsync(ct)).Count();
        if (pending > 0) await db.Database.MigrateAsync(ct);
        return pending;
    }
}
