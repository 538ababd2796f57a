using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Identity.Accounts;
using Platform.Tests.Support;

[assembly: AssemblyFixture(typeof(Platform.Tests.Identity.Support.IdentityFixture))]

namespace Platform.Tests.Identity.Support;

/// <summary>
/// A migrated database with a signing key to copy, and one running Identity that tests share; both are made for the
/// first that asks.
/// </summary>
public sealed class IdentityFixture : IAsyncDisposable
{
    private readonly Lazy<Task<string>> _migrated = new(MigrateAsync);
    private readonly Lazy<Task<string>> _started;
    private readonly Lazy<Task<IdentityApp>> _shared;

    public IdentityFixture()
    {
        _started = new(MakeKeysAsync);
        _shared = new(() => StartAsync());
    }

    /// <summary>Its clock is not turned: a test that turns one starts an app of its own.</summary>
    public Task<IdentityApp> SharedAsync() => _shared.Value;

    public async Task<string> NewDatabaseAsync() =>
        await Servers.NewDatabaseAsync("identity", await _started.Value, Logins.OfIdentity);

    /// <summary>A database that no Identity has used yet, so that it has no keys.</summary>
    public async Task<string> NewDatabaseWithoutKeysAsync() =>
        await Servers.NewDatabaseAsync("identity", await _migrated.Value, Logins.OfIdentity);

    /// <param name="settings">In addition to those that tests need.</param>
    /// <param name="host">Of the issuer: passkeys do not work under an IP address.</param>
    /// <param name="configure">Replaces services that cannot work in tests, such as DNS.</param>
    public async Task<IdentityApp> StartAsync(
        IReadOnlyDictionary<string, string>? settings = null, string host = "127.0.0.1",
        Action<IServiceCollection>? configure = null) =>
        await StartAsync(await NewDatabaseAsync(), settings, host, configure);

    private static async Task<IdentityApp> StartAsync(
        string database, IReadOnlyDictionary<string, string>? settings = null, string host = "127.0.0.1",
        Action<IServiceCollection>? configure = null) =>
        await IdentityApp.StartAsync(
            database, await ApiStub.StartAsync(), await HubStub.StartAsync(), settings, host: host, configure: configure);

    public async ValueTask DisposeAsync()
    {
        if (_shared is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _shared.Value).DisposeAsync();
        }
    }

    /// <summary>Runs Identity with the argument <c>migrate</c>.</summary>
    public static Task RunMigrationAsync(string database) => Task.Run(() =>
    {
        string[] arguments =
        [
            "migrate", "--environment=Development", $"--ConnectionStrings:identitydb_owner={database.As(Logins.IdentityOwner)}",
            "--Logging:LogLevel:Default=Critical",
        ];
        typeof(Account).Assembly.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [arguments], null);
    });

    private static async Task<string> MigrateAsync()
    {
        var database = await Servers.NewDatabaseAsync("identity_template", roles: Logins.OfIdentity);
        await RunMigrationAsync(Unpooled(database));
        return database;
    }

    /// <summary>The first start makes the signing key, which takes longer than the rest of a start.</summary>
    private async Task<string> MakeKeysAsync()
    {
        var database = await NewDatabaseWithoutKeysAsync();
        await using var app = await StartAsync(Unpooled(database));
        return database;
    }

    /// <summary>A template has no connections.</summary>
    private static string Unpooled(string database) =>
        new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString;
}
