using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using RedisRateLimiting;
using StackExchange.Redis;

namespace Platform.ServiceDefaults.RateLimits;

/// <summary>
/// Limits that all replicas of a process keep together: requests are counted in Redis. While Redis is unavailable, each
/// node counts its own requests, and no request waits longer than <see cref="SharedRateLimitOptions.RedisTimeout"/>.
/// </summary>
/// <remarks>
/// A window of a minute begins with its first request, by the clock of the node that counts it: the clocks of all nodes
/// have to agree.
/// </remarks>
public sealed class SharedRateLimits
{
    public const string MeterName = "Platform.RateLimits";

    /// <summary>Requests that were counted by their node alone, by <c>limit</c>.</summary>
    public const string UnavailableCounter = "platform.rate_limits.unavailable";

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly IConnectionMultiplexer _redis;
    private readonly SharedRateLimitOptions _options;
    private readonly ILogger<SharedRateLimits> _log;
    private readonly Counter<long> _unavailable;
    private readonly ResiliencePipeline<RateLimitLease> _pipeline;
    private int _isUnavailable;

    public SharedRateLimits(
        IConnectionMultiplexer redis, IOptions<SharedRateLimitOptions> options, IMeterFactory meters,
        ILogger<SharedRateLimits> log)
    {
        (_redis, _options, _log) = (redis, options.Value, log);
        _unavailable = meters.Create(MeterName).CreateCounter<long>(
            UnavailableCounter, "{request}", "Requests that were counted by their node alone, without Redis.");
        _pipeline = NewPipeline();
    }

    /// <summary>Allows this many requests a minute for one key.</summary>
    /// <param name="limit">Names the limit in keys and metrics.</param>
    public RateLimitPartition<string> PerMinute(string limit, string key, int permits) =>
        RateLimitPartition.Get($"{limit}:{key}", name => NewLimiter(limit, name, permits));

    /// <returns>Null if Redis did not count the request, which the node then has to.</returns>
    internal async ValueTask<RateLimitLease?> TryCountAsync(
        RateLimiter counter, string limit, int permits, CancellationToken ct)
    {
        var context = ResilienceContextPool.Shared.Get(ct);
        var outcome = await _pipeline.ExecuteOutcomeAsync(CountAsync, context, (counter, permits));
        ResilienceContextPool.Shared.Return(context);
        if (outcome.Exception is null) return outcome.Result;

        ct.ThrowIfCancellationRequested();
        _unavailable.Add(1, new KeyValuePair<string, object?>("limit", limit));
        return null;
    }

    private SharedRateLimiter NewLimiter(string limit, string name, int permits)
    {
        var counter = new RedisFixedWindowRateLimiter<string>($"{_options.KeyPrefix}:{name}", new()
        {
            ConnectionMultiplexerFactory = () => _redis,
            PermitLimit = permits,
            Window = Window,
        });
        return new SharedRateLimiter(this, limit, counter, permits);
    }

    private static async ValueTask<Outcome<RateLimitLease>> CountAsync(
        ResilienceContext context, (RateLimiter Counter, int Permits) request)
    {
        var ct = context.CancellationToken;
        try
        {
            // The client of Redis takes no token, and waits some seconds for a server that is silent.
            using var lease = await request.Counter.AcquireAsync(request.Permits, ct).AsTask().WaitAsync(ct);
            return Outcome.FromResult<RateLimitLease>(CountedLease.Of(lease));
        }
        catch (Exception e)
        {
            return Outcome.FromException<RateLimitLease>(e); // without the cost of throwing on through the pipeline
        }
    }

    private ResiliencePipeline<RateLimitLease> NewPipeline() => new ResiliencePipelineBuilder<RateLimitLease>()
        .AddCircuitBreaker(new()
        {
            // A silent Redis fails each request only after the timeout: few failures have to suffice.
            FailureRatio = 0.1,
            MinimumThroughput = 2,
            SamplingDuration = TimeSpan.FromSeconds(2),
            BreakDuration = _options.RedisRetryInterval,
            OnOpened = Opened,
            OnClosed = Closed,
        })
        .AddTimeout(_options.RedisTimeout)
        .Build();

    /// <summary>Also called when a retry has failed, which nobody needs to read.</summary>
    private ValueTask Opened(OnCircuitOpenedArguments<RateLimitLease> circuit)
    {
        if (Interlocked.Exchange(ref _isUnavailable, 1) == 0)
        {
            _log.LogWarning(
                circuit.Outcome.Exception, "Redis is unavailable: each node keeps its rate limits by itself");
        }

        return default;
    }

    private ValueTask Closed(OnCircuitClosedArguments<RateLimitLease> circuit)
    {
        if (Interlocked.Exchange(ref _isUnavailable, 0) == 1) _log.LogInformation("Rate limits are shared again");
        return default;
    }
}

public static class SharedRateLimitExtensions
{
    /// <summary>Needs the client of Redis.</summary>
    public static void AddSharedRateLimits(this IHostApplicationBuilder builder) => builder.Services
        .AddSingleton<SharedRateLimits>()
        .AddOptions<SharedRateLimitOptions>()
        .BindConfiguration(SharedRateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
}
