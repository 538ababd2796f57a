using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Platform.Worker.Streams;

/// <summary>
/// Takes part in a consumer group: shares its partitions with the other workers of the group and runs a
/// <see cref="PartitionReader{THandler}"/> for each it holds. Every worker takes its fair share and gives up what is
/// beyond that; the partitions of one that falls silent are free when its leases end.
/// </summary>
internal sealed class StreamConsumer<THandler>(
    IServiceProvider services,
    IConnectionMultiplexer redis,
    EventStreams streams,
    IOptions<EventsOptions> options,
    TimeProvider clock,
    ILogger<StreamConsumer<THandler>> log) : BackgroundService
    where THandler : class, IEventHandler
{
    private static readonly RedisKey Members = $"platform:workers:{THandler.Group}";

    /// <summary>Unique for ever: an entry pending for it is known to be no one else's.</summary>
    private readonly string _name = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.CreateVersion7():n}";

    private readonly Dictionary<int, Holding> _held = [];

    /// <summary>The partitions it holds right now.</summary>
    public IReadOnlyCollection<int> Partitions => [.. _held.Keys];

    private TimeSpan HeartbeatInterval => options.Value.Lease / 5;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await BalanceAsync(stoppingToken);
            }
            catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException)
            {
                if (!stoppingToken.IsCancellationRequested) log.LogWarning(e, "{Group} cannot reach Redis", THandler.Group);
            }

            await Task.Delay(HeartbeatInterval, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_held.Keys.ToList().Select(GiveUpAsync));
        await IgnoreAwayAsync(redis.GetDatabase().SortedSetRemoveAsync(Members, _name));
    }

    private async Task BalanceAsync(CancellationToken ct)
    {
        foreach (var (partition, holding) in _held.ToList())
        {
            if (holding.Reading.IsCompleted || !await holding.Lease.RenewAsync()) await GiveUpAsync(partition);
        }

        var share = await FairShareAsync();
        foreach (var beyond in _held.Keys.Skip(share).ToList()) await GiveUpAsync(beyond);

        for (var partition = 0; partition < streams.Count && _held.Count < share; partition++)
        {
            if (!_held.ContainsKey(partition)) await TryTakeAsync(partition, ct);
        }
    }

    /// <summary>Partitions a worker, rounded up, counting the workers heard of within a lease's length.</summary>
    private async Task<int> FairShareAsync()
    {
        var db = redis.GetDatabase();
        var now = clock.GetUtcNow();

        await db.SortedSetAddAsync(Members, _name, now.ToUnixTimeMilliseconds());
        await db.SortedSetRemoveRangeByScoreAsync(
            Members, double.NegativeInfinity, (now - options.Value.Lease).ToUnixTimeMilliseconds());
        var workers = (int)await db.SortedSetLengthAsync(Members);

        return (streams.Count + workers - 1) / Math.Max(workers, 1);
    }

    private async Task TryTakeAsync(int partition, CancellationToken ct)
    {
        var lease = new PartitionLease(redis, THandler.Group, partition, _name, options.Value.Lease, clock);
        if (!await lease.TakeAsync()) return;

        var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reader = ActivatorUtilities.CreateInstance<PartitionReader<THandler>>(
            services, EventStreams.Key(partition), new ConsumerName(_name), lease);

        _held[partition] = new(lease, Task.Run(() => reader.RunAsync(stop.Token), CancellationToken.None), stop);
    }

    /// <summary>Lets the reader finish or roll back what it is at, then frees the partition for others.</summary>
    private async Task GiveUpAsync(int partition)
    {
        _held.Remove(partition, out var holding);
        await holding!.Stop.CancelAsync();

        try
        {
            await holding.Reading;
        }
        catch (OperationCanceledException)
        {
            // It was asked to.
        }
        catch (Exception e)
        {
            // Its entries are still pending; the partition's next holder continues with them.
            log.LogWarning(e, "{Group} lost partition {Partition}", THandler.Group, partition);
        }

        holding.Stop.Dispose();
        await IgnoreAwayAsync(holding.Lease.ReleaseAsync());
    }

    /// <summary>The keys in Redis expire by themselves when Redis is unavailable.</summary>
    private static async Task IgnoreAwayAsync(Task undo)
    {
        try
        {
            await undo;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException)
        {
            // See above.
        }
    }

    private sealed record Holding(PartitionLease Lease, Task Reading, CancellationTokenSource Stop);
}

/// <summary>Under which name a consumer reads.</summary>
internal sealed record ConsumerName(string Value);
