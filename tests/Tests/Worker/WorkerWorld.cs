using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Platform.Contracts.Events;
using Platform.Core.Storage;
using Platform.ServiceDefaults.KeyRing;
using Platform.Tests.Support;
using Platform.Worker;
using Platform.Worker.Streams;
using StackExchange.Redis;

namespace Platform.Tests.Worker;

/// <summary>
/// A PostgreSQL database and a Redis database of one test's own, and the parts of the worker it starts on them.
/// </summary>
internal sealed class WorkerWorld : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Template = new(MigrateAsync);
    private static readonly Channel<int> FreeRedis = Channel.CreateUnbounded<int>();

    private readonly List<IHost> _workers = [];
    private int _redisNumber;
    private long _lastAggregate;

    static WorkerWorld()
    {
        for (var number = 1; number < 15; number++) FreeRedis.Writer.TryWrite(number); // 0 is for everyone, 15 for Proxies
    }

    public required string Database { get; init; }
    public required string RedisAddress { get; init; }
    public required ConnectionMultiplexer Connection { get; init; }
    public required NpgsqlDataSource Sql { get; init; }

    public IDatabase Redis => Connection.GetDatabase();

    public static async Task<WorkerWorld> CreateAsync()
    {
        var database = await Servers.NewDatabaseAsync("worker", await Template.Value, Logins.OfTenants);
        var number = await FreeRedis.Reader.ReadAsync();
        var redis = $"{await Servers.RedisAsync()},defaultDatabase={number}";
        var world = new WorkerWorld
        {
            Database = database,
            RedisAddress = redis,
            Connection = await ConnectionMultiplexer.ConnectAsync($"{redis},allowAdmin=true"),
            Sql = NpgsqlDataSource.Create($"{database};Maximum Pool Size=5"),
            _redisNumber = number,
        };
        await world.FlushRedisAsync();
        return world;
    }

    /// <summary>A secret as the Api stores it.</summary>
    public string Protect(string purpose, long tenantId, string secret)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Development });
        builder.Services.AddKeyedSingleton(Databases.Tenant, Sql);
        builder.AddTenantSecrets(Databases.Tenant);
        var host = builder.Build(); // its services are those of this world
        return host.Services.GetRequiredService<TenantSecrets>().Protect(purpose, tenantId, secret);
    }

    public async Task<IHost> StartAsync(Action<IHostApplicationBuilder> parts, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:platformdb"] = Database.As(Logins.Worker),
            ["ConnectionStrings:tenantdb"] = Database.As(Logins.Worker),
            ["ConnectionStrings:redis"] = RedisAddress,
            ["Events:Lease"] = "00:00:01",
            ["Events:TakeOver"] = "00:00:00.050",
            ["Events:RetryAfter"] = "00:00:00.010",
        });
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.Logging.AddDebug();
        builder.AddStreams();
        parts(builder);

        var host = builder.Build();
        _workers.Add(host);
        await host.StartAsync();
        return host;
    }

    /// <summary>Writes an event to the outbox, as the Api does.</summary>
    public async Task<EventEnvelope> WriteAsync(
        long aggregate = 0, long version = 1, string type = "thing.happened", int typeVersion = 1, object? data = null, string? traceparent = null)
    {
        var e = Envelope(aggregate, version, type, typeVersion, data, traceparent);
        await using var command = Sql.CreateCommand(
            """
            insert into platform.outbox_messages (event_id, event_type, event_version, tenant_id, aggregate_type,
                aggregate_id, aggregate_version, occurred_at, actor, traceparent, data)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb)
            """);
        object?[] values =
        [
            e.EventId, e.EventType, e.EventVersion, e.TenantId, e.AggregateType, e.AggregateId, e.AggregateVersion,
            e.OccurredAt, e.Actor, e.TraceParent ?? (object)DBNull.Value, e.Data.GetRawText(),
        ];
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
        return e;
    }

    /// <summary>Puts an event on its stream, as the relay does.</summary>
    public async Task<RedisValue> PublishAsync(EventEnvelope e, int partition = 0) =>
        await Redis.StreamAddAsync(EventStreams.Key(partition), EventEntry.ToFields(e, e.TraceParent));

    public EventEnvelope Envelope(
        long aggregate = 0, long version = 1, string type = "thing.happened", int typeVersion = 1, object? data = null, string? traceparent = null) => new(
        Guid.CreateVersion7(), type, typeVersion, TenantId: 7, "thing", aggregate == 0 ? ++_lastAggregate : aggregate, version,
        new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero), "system", traceparent, JsonSerializer.SerializeToElement(data ?? new { }, JsonSerializerOptions.Web));

    public async Task<StreamEntry[]> EntriesAsync()
    {
        var entries = new List<StreamEntry>();
        for (var partition = 0; partition < 4; partition++) entries.AddRange(await Redis.StreamRangeAsync(EventStreams.Key(partition)));
        return [.. entries];
    }

    public Task<StreamEntry[]> DeadLettersAsync() => Redis.StreamRangeAsync(DeadLetters.Stream);

    public async Task<long> CountAsync(string table)
    {
        await using var command = Sql.CreateCommand($"select count(*) from {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Sql.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Breaks every connection of the workers, as a restart of PostgreSQL does.</summary>
    public Task BreakConnectionsAsync() => ExecuteAsync(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'platform-worker'
        """);

    /// <summary>As an immediate restart of PostgreSQL looks: all sessions end, and new ones are refused for a while.</summary>
    public async Task RestartDatabaseAsync()
    {
        var server = new NpgsqlConnectionStringBuilder(Database);
        var name = server.Database;
        server.Database = "postgres";
        await OwnerSql.ExecuteAsync(server.ConnectionString, $"alter database {name} allow_connections false");
        await Eventually.EqualAsync(0L, async () => (long)(await OwnerSql.ScalarAsync(server.ConnectionString, $"""
            with ended as materialized (
                select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}')
            select count(*) from ended
            """))!);
        Sql.Clear();
        await OwnerSql.ExecuteAsync(server.ConnectionString, $"alter database {name} allow_connections true");
    }

    public Task FlushRedisAsync() => Redis.ExecuteAsync("FLUSHDB");

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.StopAsync();
            worker.Dispose();
        }

        Connection.Dispose();
        await Sql.DisposeAsync();
        FreeRedis.Writer.TryWrite(_redisNumber);
    }

    private static async Task<string> MigrateAsync()
    {
        var template = await Servers.NewDatabaseAsync("worker_template", roles: Logins.OfTenants);
        var owner = template.As(Logins.TenantOwner);
        await new Migrator(owner, owner).MigrateEventsAsync(CancellationToken.None);

        await using (var sql = NpgsqlDataSource.Create(template))
        {
            await using var command = sql.CreateCommand(
                """
                create table platform.effects (
                    id bigint generated always as identity primary key, event_id uuid not null, aggregate_id bigint not null,
                    version bigint not null);
                grant select, insert on platform.effects to platform_app;

                -- Mails read the tenant here; these tests have no tenants.
                create table public.tenants (
                    id bigint, slug text, name text, time_zone text, locale text, currency text, status text, branding jsonb,
                    labels jsonb, custom_domain text, booking_page jsonb default '{}');
                grant select on public.tenants to platform_app
                """);
            await command.ExecuteNonQueryAsync();
        }

        NpgsqlConnection.ClearAllPools();
        return template;
    }
}

internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, int seconds = 60)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds < seconds, "It did not happen in time.");
            await Task.Delay(20);
        }
    }

    public static Task TrueAsync(Func<bool> condition, int seconds = 60) =>
        TrueAsync(() => Task.FromResult(condition()), seconds);

    public static Task EqualAsync<T>(T expected, Func<Task<T>> actual, int seconds = 60) =>
        TrueAsync(async () => Equals(expected, await actual()), seconds);
}
