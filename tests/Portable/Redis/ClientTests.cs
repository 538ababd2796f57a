using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Platform.Portable.Redis;

public sealed class ClientTests(RedisServer server)
{
    [Fact]
    public async Task The_connection_is_opened_at_start_and_healthy()
    {
        using var host = await Start(server.Endpoint, builder => builder.AddRedisClient("redis"));

        var redis = host.Services.GetRequiredService<IConnectionMultiplexer>();

        Assert.True(redis.IsConnected);
        Assert.Same(redis, host.Services.GetRequiredService<IConnectionMultiplexer>());
        Assert.Equal([("StackExchange.Redis", HealthStatus.Healthy)], await Health(host));
    }

    [Fact]
    public async Task A_host_starts_while_redis_is_away_and_says_so()
    {
        using var host = await Start("127.0.0.1:1,connectTimeout=200", builder => builder.AddRedisClient("redis"));

        Assert.Equal([("StackExchange.Redis", HealthStatus.Unhealthy)], await Health(host));
    }

    [Fact]
    public async Task The_connection_comes_back_by_itself_when_redis_does()
    {
        await using var own = new RedisServer();
        await own.InitializeAsync();
        using var host = await Start(own.Endpoint, builder => builder.AddRedisClient("redis"));
        var db = host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

        own.Kill();
        await Eventually.TrueAsync(async () => (await Health(host))[0].Status == HealthStatus.Unhealthy);
        own.Start();
        await Eventually.TrueAsync(async () => (await Health(host))[0].Status == HealthStatus.Healthy, seconds: 60);

        Assert.False((await db.StreamAddAsync("s", "n", 1)).IsNull);
    }

    [Fact]
    public async Task A_keyed_client_has_its_own_connection_and_check()
    {
        using var host = await Start(server.Endpoint, builder =>
        {
            builder.AddRedisClient("redis", settings => settings.DisableHealthChecks = true);
            builder.AddKeyedRedisClient("cache", configureOptions: options => options.ClientName = "cache-client");
        });

        var keyed = host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("cache");

        Assert.Equal("cache-client", keyed.ClientName);
        Assert.NotSame(keyed, host.Services.GetRequiredService<IConnectionMultiplexer>());
        Assert.Equal([("StackExchange.Redis_cache", HealthStatus.Healthy)], await Health(host));
    }

    [Fact]
    public async Task Without_a_connection_string_the_start_fails_with_its_key()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRedisClient("redis");
        using var host = builder.Build();

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("ConnectionStrings:redis", e.Message, StringComparison.Ordinal);
    }

    private static async Task<IHost> Start(string endpoint, Action<IHostApplicationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            [new("ConnectionStrings:redis", endpoint), new("ConnectionStrings:cache", endpoint)]);
        configure(builder);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task<List<(string Name, HealthStatus Status)>> Health(IHost host)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return [.. report.Entries.Select(entry => (entry.Key, entry.Value.Status))];
    }
}
