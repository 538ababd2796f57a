using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Identity.Accounts;

namespace Platform.Identity.Storage;

/// <summary>Brings <c>identitydb</c> up to date. Running it twice, or twice at once, changes nothing.</summary>
internal sealed class IdentityMigrator(
    IdentityDb db, DemoAccounts demo, IHostEnvironment environment, ILogger<IdentityMigrator> log)
{
    public async Task RunAsync(CancellationToken ct)
    {
        // The lock lives as long as this connection, which is not pooled and not EF's: EF may open and close its own.
        await using var holder = new NpgsqlConnection($"{db.Database.GetConnectionString()};Pooling=false");
        await holder.OpenAsync(ct);
        await using var command = new NpgsqlCommand("select pg_advisory_lock(@key)", holder) { CommandTimeout = 0 };
        command.Parameters.AddWithValue("key", IdentityLocks.Migrations);
        await command.ExecuteNonQueryAsync(ct);

        var foreign = (await db.Database.GetAppliedMigrationsAsync(ct)).Except(db.Database.GetMigrations()).ToList();
        if (foreign is not [])
        {
            throw new InvalidOperationException(
                $"identitydb was made by another version ({foreign[0]}). Restore that version; in Development run ./platform reset.");
        }

        var pending = (await db.Database.GetPendingMigrationsAsync(ct)).ToList();
        await db.Database.MigrateAsync(ct);
        log.LogInformation("identitydb is up to date; applied {Count} migrations: {Migrations}", pending.Count, pending);

        if (environment.IsDevelopment())
        {
            var added = await demo.SeedAsync(db, ct);
            log.LogInformation("Demo accounts added: {Count}", added);
        }
    }
}
