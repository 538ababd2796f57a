using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.RateLimits;
using Platform.Tests.Support;
using Platform.Tests.Worker;
using StackExchange.Redis;

namespace Platform.Tests.Http;

public sealed class SharedRateLimitsTests
{
    /// <summary>Far less than the time of ten requests that each wait for the timeout of the Redis client.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Nodes_count_together_and_report_when_the_window_ends()
    {
        var prefix = $"{Guid.CreateVersion7():n}";
        var address = await Servers.RedisAsync();
        await using var one = await Node.StartAsync(address, prefix);
        await using var other = await Node.StartAsync(address, prefix);

        bool[] acquired =
        [
            (await one.AskAsync()).IsAcquired, (await other.AskAsync()).IsAcquired, (await one.AskAsync()).IsAcquired,
            (await other.AskAsync()).IsAcquired,
        ];
        var left = await one.Redis.GetDatabase().KeyTimeToLiveAsync($"rl:fw:{{{prefix}:test:somebody}}");
        using var refused = await one.AskAsync();

        Assert.Equal([true, true, true, false], acquired);
        Assert.True(refused.TryGetMetadata(MetadataName.RetryAfter, out var wait));
        Assert.InRange(wait.TotalSeconds, left!.Value.TotalSeconds - 1, left.Value.TotalSeconds + 1);
        Assert.Equal((0, 0), (one.Unavailable.Sum, one.Logged.Count));
    }

    [Fact]
    public async Task While_redis_is_silent_each_node_counts_by_itself_without_delay_and_then_shares_again()
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var node = await Node.StartAsync(redis.Address, "silent", timeout: TimeSpan.FromMilliseconds(250));
        using var before = await node.AskAsync();

        redis.Freeze();
        var watch = Stopwatch.StartNew();
        var acquired = new List<bool>();
        for (var i = 0; i < 10; i++) acquired.Add((await node.AskAsync()).IsAcquired);
        var elapsed = watch.Elapsed;
        var logged = node.Logged.ToList();
        redis.Thaw();

        Assert.True(before.IsAcquired);
        Assert.Equal([true, true, true, .. Enumerable.Repeat(false, 7)], acquired);
        Assert.True(elapsed < Soon, $"{elapsed}");
        Assert.True(node.Unavailable.Sum >= 8); // the first may have been counted before it froze
        Assert.Equal([LogLevel.Warning], logged);
        await Eventually.TrueAsync(async () =>
        {
            var alone = node.Unavailable.Sum;
            using var _ = await node.AskAsync("somebody else");
            return node.Unavailable.Sum == alone;
        });
        Assert.Equal([LogLevel.Warning, LogLevel.Information], node.Logged);
    }

    [Fact]
    public async Task Where_no_redis_listens_each_node_counts_by_itself_without_delay()
    {
        await using var node = await Node.StartAsync("127.0.0.1:1,abortConnect=false", "dead", timeout: TimeSpan.FromMilliseconds(250));

        var watch = Stopwatch.StartNew();
        var acquired = new List<bool>();
        for (var i = 0; i < 10; i++) acquired.Add((await node.AskAsync()).IsAcquired);

        Assert.Equal([true, true, true, .. Enumerable.Repeat(false, 7)], acquired);
        Assert.True(watch.Elapsed < Soon, $"{watch.Elapsed}");
        Assert.Equal(10, node.Unavailable.Sum);
        Assert.Equal([LogLevel.Warning], node.Logged);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    public void Addresses_of_one_network_are_one_caller(string address, string expected) =>
        Assert.Equal(expected, ClientNetwork.Of(IPAddress.Parse(address)));

    /// <summary>A node with a limit of three a minute.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly ServiceProvider _services;
        private readonly PartitionedRateLimiter<string> _limiter;

        private Node(ConnectionMultiplexer redis, string prefix, TimeSpan timeout)
        {
            Redis = redis;
            _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
            var meters = _services.GetRequiredService<IMeterFactory>();
            Unavailable = new(meters, SharedRateLimits.UnavailableCounter);
            var options = new SharedRateLimitOptions
            {
                KeyPrefix = prefix,
                RedisTimeout = timeout,
                RedisRetryInterval = TimeSpan.FromSeconds(0.5),
            };
            var limits = new SharedRateLimits(redis, Options.Create(options), meters, new Log(Logged));
            _limiter = PartitionedRateLimiter.Create<string, string>(who => limits.PerMinute("test", who, 3));
        }

        public ConnectionMultiplexer Redis { get; }

        public MeterReading Unavailable { get; }

        public ConcurrentQueue<LogLevel> Logged { get; } = new();

        public static async Task<Node> StartAsync(string address, string prefix, TimeSpan? timeout = null) =>
            new(await ConnectionMultiplexer.ConnectAsync(address), prefix, timeout ?? TimeSpan.FromSeconds(10));

        public async Task<RateLimitLease> AskAsync(string who = "somebody") =>
            await _limiter.AcquireAsync(who, 1, TestContext.Current.CancellationToken);

        public async ValueTask DisposeAsync()
        {
            await _limiter.DisposeAsync();
            Unavailable.Dispose();
            await _services.DisposeAsync();
            await Redis.DisposeAsync();
        }
    }

    private sealed class Log(ConcurrentQueue<LogLevel> logged) : ILogger<SharedRateLimits>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logged.Enqueue(logLevel);
    }
}
