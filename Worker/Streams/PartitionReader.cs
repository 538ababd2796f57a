using Microsoft.Extensions.Options;
using Platform.Contracts.Events;
using StackExchange.Redis;

namespace Platform.Worker.Streams;

/// <summary>
/// Reads one partition for one group, in order. An event that fails is tried again after a while; later events of its
/// aggregate wait behind it, all others go on. After the last attempt it is a dead letter and its aggregate goes on.
/// </summary>
internal sealed class PartitionReader<THandler>(
    RedisKey stream,
    ConsumerName consumer,
    PartitionLease lease,
    EventBatch<THandler> batches,
    DeadLetters deadLetters,
    IConnectionMultiplexer redis,
    IOptions<EventsOptions> options,
    TimeProvider clock,
    ILogger<PartitionReader<THandler>> log)
    where THandler : class, IEventHandler
{
    private const int BatchSize = 100;

    private static readonly TimeSpan MinPollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxPollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AfterOutage = TimeSpan.FromMilliseconds(500);

    /// <summary>Aggregates with an event that failed: that event, then those behind it.</summary>
    private readonly Dictionary<Aggregate, Waiting> _waiting = [];

    public async Task RunAsync(CancellationToken ct)
    {
        var poll = MinPollInterval;

        await EnsureGroupAsync();
        await AdoptPendingAsync(ct);

        while (true)
        {
            ct.ThrowIfCancellationRequested();

            var due = await TakeDueAsync();
            var found = await ReadNewAsync();
            await HandleAsync([.. due, .. found], ct);

            poll = due.Count + found.Count > 0 ? MinPollInterval : poll < MaxPollInterval ? poll * 1.5 : poll;
            if (found.Count < BatchSize) await Task.Delay(poll, clock, ct);
        }
    }

    private IDatabase Db => redis.GetDatabase();

    private async Task EnsureGroupAsync()
    {
        try
        {
            await Db.StreamCreateConsumerGroupAsync(stream, THandler.Group, StreamPosition.Beginning, createStream: true);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // It is there, as it should be.
        }
    }

    /// <summary>
    /// Goes on with what earlier holders of the partition left unfinished, before anything newer. Nobody else handles
    /// the partition now, so none of it is too young to be claimed. One by one: claiming counts a delivery, and an
    /// event that takes the process down with it must not use up those of its neighbours.
    /// </summary>
    private async Task AdoptPendingAsync(CancellationToken ct)
    {
        RedisValue cursor = "0-0";
        do
        {
            var claimed = await Db.StreamAutoClaimAsync(
                stream, THandler.Group, consumer.Value, minIdleTimeInMs: 0, cursor, count: 1);
            cursor = claimed.NextStartId;

            foreach (var entry in claimed.ClaimedEntries)
            {
                var pending = await Db.StreamPendingMessagesAsync(
                    stream, THandler.Group, 1, consumer.Value, entry.Id, entry.Id);
                await HandleAsync([new(entry, pending is [var known] ? known.DeliveryCount : 1)], ct);
            }
        }
        while (cursor != "0-0");
    }

    private async Task<List<Delivery>> ReadNewAsync()
    {
        try
        {
            var entries = await Db.StreamReadGroupAsync(
                stream, THandler.Group, consumer.Value, StreamPosition.NewMessages, count: BatchSize);
            return [.. entries.Select(entry => new Delivery(entry, 1))];
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            // Redis lost its data. The relay publishes again; the inbox knows what is handled already.
            await EnsureGroupAsync();
            _waiting.Clear();
            return [];
        }
    }

    /// <summary>Failed events whose time has come, each followed by those that waited behind it.</summary>
    private async Task<List<Delivery>> TakeDueAsync()
    {
        var due = new List<Delivery>();
        foreach (var (aggregate, waiting) in _waiting.Where(w => clock.GetUtcNow() >= w.Value.Until).ToList())
        {
            // Claiming it counts the delivery in Redis, where it outlives this process.
            var failed = waiting.Deliveries[0];
            await Db.StreamClaimAsync(stream, THandler.Group, consumer.Value, 0, [failed.Entry.Id]);

            _waiting.Remove(aggregate);
            due.Add(failed with { Count = failed.Count + 1 });
            due.AddRange(waiting.Deliveries.Skip(1));
        }

        return due;
    }

    private async Task HandleAsync(List<Delivery> deliveries, CancellationToken ct)
    {
        var ready = deliveries.Where(d => !WaitsBehindAnother(d)).ToList();
        if (ready.Count == 0) return;

        var outcome = await UntilDatabaseAnswersAsync(() => batches.HandleAsync(ready, lease, ct), ct);

        foreach (var (delivery, reason, final) in outcome.Failed)
        {
            if (final || delivery.Count >= options.Value.Deliveries)
            {
                await deadLetters.AddAsync(stream, THandler.Group, delivery.Entry, delivery.Count, reason);
                outcome.Done.Add(delivery.Entry.Id);
                continue;
            }

            var wait = options.Value.RetryAfter * Math.Pow(2, delivery.Count - 1);
            _waiting[delivery.Aggregate] = new(clock.GetUtcNow() + wait, [delivery]);
        }

        foreach (var blocked in outcome.Blocked)
        {
            // Its predecessor may be a dead letter by now: then it is due at once.
            if (!WaitsBehindAnother(blocked))
            {
                _waiting[blocked.Aggregate] = new(DateTimeOffset.MinValue, [blocked with { Count = blocked.Count - 1 }]);
            }
        }

        if (outcome.Done.Count > 0) await Db.StreamAcknowledgeAsync(stream, THandler.Group, [.. outcome.Done]);
    }

    private bool WaitsBehindAnother(Delivery delivery)
    {
        if (!_waiting.TryGetValue(delivery.Aggregate, out var waiting)) return false;

        waiting.Deliveries.Add(delivery);
        return true;
    }

    /// <summary>
    /// A handler's exception is part of the outcome; any other means that PostgreSQL is unavailable. Then no event is
    /// to blame: the batch waits without using up its deliveries.
    /// </summary>
    private async Task<BatchOutcome> UntilDatabaseAnswersAsync(Func<Task<BatchOutcome>> handle, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await handle();
            }
            catch (Exception e) when (e is not LeaseLostException && !ct.IsCancellationRequested && lease.IsHeld)
            {
                log.LogWarning(e, "{Group} waits for PostgreSQL", THandler.Group);
                await Task.Delay(AfterOutage, clock, ct);
            }
        }
    }

    /// <param name="Deliveries">The one that failed comes first.</param>
    private sealed record Waiting(DateTimeOffset Until, List<Delivery> Deliveries);
}

internal readonly record struct Aggregate(long TenantId, string Type, long Id);

/// <summary>An entry that was handed to this group, for the n-th time.</summary>
internal sealed record Delivery(StreamEntry Entry, int Count)
{
    /// <summary>Null when the entry is no event.</summary>
    public EventEnvelope? Event { get; } = EventEntry.TryRead(Entry, out var e, out _) ? e : null;

    public Aggregate Aggregate => Event is { } e ? new(e.TenantId, e.AggregateType, e.AggregateId) : default;
}
