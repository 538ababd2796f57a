using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Platform.ServiceDefaults.Databases;

[assembly: AssemblyFixture(typeof(Platform.Tests.Support.ServersFixture))]

namespace Platform.Tests.Support;

/// <summary>
/// The PostgreSQL and Redis of this test run. They are started by the first test that uses them and stopped at the end
/// of the run, and are those of <c>TEST_POSTGRES</c> and <c>TEST_REDIS</c> where these are set (a developer's own,
/// already running).
/// </summary>
public static class Servers
{
    private const string FolderPrefix = "platform-tests-";

    /// <summary>Bytes that the data of a run takes at most, write-ahead log included.</summary>
    private const long RoomForData = 4L << 30;

    private static readonly SemaphoreSlim OneTemplateAtATime = new(1);
    private static readonly Lazy<Task> Roles = new(CreateRolesAsync);
    private static readonly Lazy<Task<DistributedApplication>> Application = new(StartAsync);
    private static readonly Lazy<DirectoryInfo> Data = new(CreateFolder);

    /// <summary>Whether PostgreSQL is a developer's own, so that what is left there stays.</summary>
    public static bool OutliveTheRun => Environment.GetEnvironmentVariable("TEST_POSTGRES") is { Length: > 0 };

    /// <summary>Connection string of the server, as its superuser, without a database.</summary>
    public static Task<string> PostgresAsync() => AddressAsync("TEST_POSTGRES", "postgres");

    /// <summary><c>host:port[,password=…]</c></summary>
    public static Task<string> RedisAsync() => AddressAsync("TEST_REDIS", "redis");

    /// <summary>Makes a database of its own for a fixture; copying a template takes some 50 ms.</summary>
    /// <param name="roles">The owner and the logins; if null, only the superuser can log in.</param>
    /// <returns>Its connection string, as the superuser.</returns>
    public static async Task<string> NewDatabaseAsync(string name, string? template = null, DatabaseRoles? roles = null)
    {
        if (roles is not null) await Roles.Value;
        var server = await PostgresAsync();
        var database = $"{name}_{Guid.CreateVersion7():n}";
        var copy = template is null ? "" : $" template {new NpgsqlConnectionStringBuilder(template).Database}";

        await OneTemplateAtATime.WaitAsync(); // a template may have no other session while it is copied
        try
        {
            await using var dataSource = NpgsqlDataSource.Create($"{server};Database=postgres;Pooling=false");
            await using var command = dataSource.CreateCommand($"create database {database}{copy}");
            await command.ExecuteNonQueryAsync();
            if (roles is not null)
            {
                await using var grants = dataSource.CreateCommand(DatabaseSetup.OwnershipSql(roles, database)); // no copy has them
                await grants.ExecuteNonQueryAsync();
            }
        }
        finally
        {
            OneTemplateAtATime.Release();
        }

        return $"{server};Database={database}";
    }

    private static async Task CreateRolesAsync()
    {
        foreach (var roles in (DatabaseRoles[])[Logins.OfPlatform, Logins.OfTenants, Logins.OfIdentity])
        {
            await DatabaseSetup.RunAsync(await PostgresAsync(), roles, [], CancellationToken.None);
        }
    }

    internal static async Task StopAsync()
    {
        if (Application.IsValueCreated) await (await Application.Value).DisposeAsync();
        if (Data.IsValueCreated) Data.Value.Delete(recursive: true);
    }

    /// <summary>In memory where there is room: the tenants of a run are more than a hundred thousand files.</summary>
    private static DirectoryInfo CreateFolder()
    {
        var memory = new DriveInfo("/dev/shm");
        var hasMemory = memory is { IsReady: true, DriveFormat: "tmpfs" };
        if (hasMemory) DeleteFoldersOfEndedRuns(memory.Name);
        var root = hasMemory && memory.AvailableFreeSpace > RoomForData && AvailableMemory() > 2 * RoomForData ? memory.Name : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(root, $"{FolderPrefix}{Environment.ProcessId}-{Guid.CreateVersion7():n}"));
    }

    /// <summary>A run that was killed leaves its data behind, and data in memory leaves none for the next run.</summary>
    private static void DeleteFoldersOfEndedRuns(string root)
    {
        foreach (var folder in Directory.EnumerateDirectories(root, $"{FolderPrefix}*"))
        {
            var id = Path.GetFileName(folder)[FolderPrefix.Length..].Split('-')[0];
            if (!Directory.Exists($"/proc/{id}")) Directory.Delete(folder, recursive: true);
        }
    }

    private static long AvailableMemory()
    {
        var line = File.ReadLines("/proc/meminfo").Single(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    private static async Task<string> AddressAsync(string variable, string resource)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given) return given;

        var app = await Application.Value;
        await app.ResourceNotifications.WaitForResourceHealthyAsync(resource);
        return await app.GetConnectionStringAsync(resource)
            ?? throw new InvalidOperationException($"The resource '{resource}' has no connection string.");
    }

    private static async Task<DistributedApplication> StartAsync()
    {
        // Of all that the AppHost runs, only the servers.
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([$"--Local:Folder={Data.Value}"]);
        var servers = builder.Resources.OfType<IResourceWithArgs>().Where(resource => resource.Name is "postgres" or "redis").ToList();

        builder.Services.AddLogging(logging => logging.ClearProviders()); // server logs are not output of the tests
        builder.Resources.Clear();
        foreach (var server in servers) builder.Resources.Add(server);

        // Many tests at once, each with its connection pools; and the data need not outlive the machine.
        builder.CreateResourceBuilder(servers.Single(server => server.Name == "postgres")).WithArgs(
            "-c", "max_connections=900", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off",
            "-c", "synchronous_commit=off", "-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "shared_buffers=512MB",
            "-c", "max_wal_size=512MB", "-c", "checkpoint_timeout=1h");

        foreach (var server in servers.OfType<IResourceWithEnvironment>())
        {
            builder.CreateResourceBuilder(server).WithEnvironment("STOP_DELAY", "0"); // its clients are in this process
        }

        var app = await builder.BuildAsync();
        await app.StartAsync();
        return app;
    }
}

/// <summary>Ends with the run, and the servers with it.</summary>
public sealed class ServersFixture : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await Servers.StopAsync();
}
