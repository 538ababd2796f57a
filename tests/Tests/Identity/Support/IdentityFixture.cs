using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Identity.Accounts;
using Platform.Tests.Support;

[assembly: AssemblyFixture(typeof(Platform.Tests.Identity.Support.IdentityFixture))]

namespace Platform.Tests.Identity.Support;

/// <summary>
/// A migrated database to copy, and one running Identity that tests share; both are made for the first that asks.
/// </summary>
public sealed class IdentityFixture : IAsyncDisposable
{
    private readonly Lazy<Task<string>> _template = new(MigrateAsync);
    private readonly Lazy<Task<IdentityApp>> _shared;

    public IdentityFixture() => _shared = new(() => StartAsync());

    /// <summary>Its clock stands for everybody: who wants to turn it starts an app of their own.</summary>
    public Task<IdentityApp> SharedAsync() => _shared.Value;

    public async Task<string> NewDatabaseAsync() => await Servers.NewDatabaseAsync("identity", await _template.Value, Logins.OfIdentity);

    /// <param name="settings">Beside those that tests need.</param>
    /// <param name="host">Of the issuer: passkeys do not work under an IP address.</param>
    /// <param name="configure">Replaces services that cannot work in tests, such as DNS.</param>
    public async Task<IdentityApp> StartAsync(
        IReadOnlyDictionary<string, string>? settings = null, string host = "127.0.0.1",
        Action<IServiceCollection>? configure = null) =>
        await IdentityApp.StartAsync(
            await NewDatabaseAsync(), await ApiStub.StartAsync(), await HubStub.StartAsync(), settings, host: host,
            configure: configure);

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
        var unpooled = new NpgsqlConnectionStringBuilder(database) { Pooling = false }; // a template may have no connection
        await RunMigrationAsync(unpooled.ConnectionString);
        return database;
    }
}
