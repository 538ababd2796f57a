using Npgsql;

namespace Platform.Tests.Support;

/// <summary>
/// The PostgreSQL and Redis of this test run. They are started by the first test that asks, and are those of
/// <c>TEST_POSTGRES</c> and <c>TEST_REDIS</c> where these are set (a developer's own, already running).
/// </summary>
public static class Servers
{
    private static readonly SemaphoreSlim OneTemplateAtATime = new(1);

    /// <summary>Connection string of the server, as its owner, without a database.</summary>
    public static Task<string> PostgresAsync() =>
        Task.FromResult(Environment.GetEnvironmentVariable("TEST_POSTGRES") ?? "Host=127.0.0.1;Port=15432;Username=postgres");

    /// <summary><c>host:port[,password=…]</c></summary>
    public static Task<string> RedisAsync() =>
        Task.FromResult(Environment.GetEnvironmentVariable("TEST_REDIS") ?? "127.0.0.1:16379");

    /// <summary>Makes a database of its own for a fixture; copying a template takes some 50 ms.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> NewDatabaseAsync(string name, string? template = null)
    {
        var server = await PostgresAsync();
        var database = $"{name}_{Guid.CreateVersion7():n}";
        var copy = template is null ? "" : $" template {new NpgsqlConnectionStringBuilder(template).Database}";

        await OneTemplateAtATime.WaitAsync(); // a template may have no other session while it is copied
        try
        {
            await using var dataSource = NpgsqlDataSource.Create($"{server};Database=postgres;Pooling=false");
            await using var command = dataSource.CreateCommand($"create database {database}{copy}");
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            OneTemplateAtATime.Release();
        }

        return $"{server};Database={database}";
    }
}
