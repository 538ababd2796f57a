using Npgsql;
using Platform.Api.Migrations;
using Platform.Core.Storage;
using Platform.ServiceDefaults.Databases;

namespace Platform.Tests.Support;

/// <summary>A pair of migrated databases with the demo data in them; every fixture copies it in a moment.</summary>
/// <param name="PlatformDb">As the superuser of the server, who arranges what a test needs.</param>
/// <param name="TenantDb">As the superuser.</param>
public sealed record PlatformDatabases(string PlatformDb, string TenantDb)
{
    private static readonly Lazy<Task<PlatformDatabases>> Template = new(async () =>
    {
        var empty = await EmptyAsync();
        await empty.MigrateAsync(withDemo: true, TextWriter.Null);
        await OwnerSql.ExecuteAsync(empty.TenantDb, OutboxFaults.TriggerSql);
        return empty;
    });

    public static async Task<PlatformDatabases> NewAsync()
    {
        var template = await Template.Value;
        return new(
            await Servers.NewDatabaseAsync("platformdb", template.PlatformDb, Logins.OfPlatform),
            await Servers.NewDatabaseAsync("tenantdb", template.TenantDb, Logins.OfTenants));
    }

    public static async Task<PlatformDatabases> EmptyAsync() => new(
        await Unpooled("platformdb_template", Logins.OfPlatform), await Unpooled("tenantdb_template", Logins.OfTenants));

    /// <summary>As the owners.</summary>
    public Migrator Migrator => new(PlatformDb.As(Logins.PlatformOwner), TenantDb.As(Logins.TenantOwner));

    /// <summary>The configuration of the Api.</summary>
    public IReadOnlyList<(string Key, string Value)> OfApi =>
    [
        ("ConnectionStrings:platformdb", PlatformDb.As(Logins.Api)),
        ("ConnectionStrings:tenantdb", TenantDb.As(Logins.Api)),
    ];

    /// <summary>The configuration of the Worker.</summary>
    public IReadOnlyList<(string Key, string Value)> OfWorker =>
    [
        ("ConnectionStrings:platformdb", PlatformDb.As(Logins.Worker)),
        ("ConnectionStrings:tenantdb", TenantDb.As(Logins.Worker)),
        ("ConnectionStrings:tenantdb_owner", TenantDb.As(Logins.TenantOwner)),
    ];

    public Task<int> MigrateAsync(bool withDemo, TextWriter output) =>
        MigrateCommand.RunAsync(Migrator, withDemo, output, CancellationToken.None);

    /// <summary>
    /// Drops them from a developer's own server. The server of a run is thrown away with all that it holds.
    /// </summary>
    public Task ReleaseAsync() => Servers.OutliveTheRun ? DropAsync() : Task.CompletedTask;

    public async Task DropAsync()
    {
        foreach (var connectionString in (string[])[PlatformDb, TenantDb])
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
            var database = settings.Database;
            settings.Database = "postgres";
            await using var source = NpgsqlDataSource.Create(settings);
            await using var command = source.CreateCommand($"drop database {database} with (force)");
            command.CommandTimeout = 0; // each tenant is two hundred files
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>A database can be copied only while it has no connections, not even of a pool.</summary>
    private static async Task<string> Unpooled(string name, DatabaseRoles roles) => $"{await Servers.NewDatabaseAsync(name, roles: roles)};Pooling=false";
}
