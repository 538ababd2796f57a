using System.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Worker.Streams;
using StackExchange.Redis;

namespace Platform.Worker.Outbox;

/// <summary>The Redis side of the relay.</summary>
internal sealed class EventPublisher(
    IConnectionMultiplexer redis, EventStreams streams, IOptions<EventsOptions> options, ILogger<EventPublisher> log)
{
    private const int BatchSize = 500;

    /// <summary>Sets the epoch unless a later one is there; answers the one that is there.</summary>
    private const string RaiseEpoch = """
        local known = tonumber(redis.call('get', KEYS[1]) or 0)
        if known < tonumber(ARGV[1]) then redis.call('set', KEYS[1], ARGV[1]) return tonumber(ARGV[1]) end
        return known
        """;

    /// <summary>From now on no stream takes anything from a relay that held the lease before.</summary>
    public async Task RefuseFormerRelaysAsync(OutboxOrigin origin, RelayLease lease, CancellationToken ct)
    {
        while (await RaiseAsync() is var known && known > lease.Epoch) await lease.RaiseAsync(known + 1, ct);

        async Task<long> RaiseAsync() => (await Task.WhenAll(Enumerable.Range(0, streams.Count).Select(async partition =>
            (long)await redis.GetDatabase().ScriptEvaluateAsync(RaiseEpoch, [origin.EpochOf(partition)], [lease.Epoch])))).Max();
    }

    /// <summary>
    /// Sends all events at once. Those of one stream are one Redis transaction: a connection that breaks in the middle
    /// cannot leave a later event of an aggregate there without the earlier one.
    /// </summary>
    /// <exception cref="RelayLeaseLostException">Redis knows a later relay, or, having lost its data, none.</exception>
    public async Task<List<StreamPosition>> PublishAsync(
        OutboxOrigin origin, RelayLease lease, IReadOnlyCollection<StoredEvent> events)
    {
        var db = redis.GetDatabase();
        var added = new List<(StoredEvent Event, string Stream, Task<RedisValue> Entry)>(events.Count);
        var transactions = new List<Task<bool>>(streams.Count);

        foreach (var ofOneStream in events.GroupBy(e => streams.PartitionOf(e.Event)))
        {
            var stream = EventStreams.Key(ofOneStream.Key);
            var transaction = db.CreateTransaction();
            transaction.AddCondition(Condition.StringEqual(origin.EpochOf(ofOneStream.Key), lease.Epoch));
            foreach (var e in ofOneStream)
            {
                using var span = Telemetry.Source.StartActivity(
                    "outbox publish", ActivityKind.Producer, e.Event.TraceParent!, tags: Tags(e));
                var fields = EventEntry.ToFields(e.Event, span?.Id ?? e.Event.TraceParent);
                added.Add((e, (string)stream!, transaction.StreamAddAsync(stream, fields)));
            }

            transactions.Add(transaction.ExecuteAsync());
        }

        if ((await Task.WhenAll(transactions)).Contains(false))
        {
            throw new RelayLeaseLostException("Redis does not know this relay as the one that publishes.");
        }

        var published = new List<StreamPosition>(added.Count);
        foreach (var (e, stream, entry) in added) published.Add(new(e.Position, stream, (string)(await entry)!));

        return published;
    }

    /// <summary>Notes in Redis that it has everything that was published until then.</summary>
    /// <param name="marker">The key of the note.</param>
    /// <param name="marked">
    /// What it said before the entries were sent. If it no longer says so, Redis has lost data since, perhaps these
    /// entries too: then the marker stays as it is, and the next <see cref="RestoreAsync"/> publishes the difference.
    /// </param>
    /// <param name="publishedAt">When the newest entry was published.</param>
    /// <remarks>
    /// Redis loses its newest writes first. So while the marker is there, the entries before it are there.
    /// </remarks>
    public Task MarkAsync(RedisKey marker, RedisValue marked, DateTime publishedAt)
    {
        var transaction = redis.GetDatabase().CreateTransaction();
        transaction.AddCondition(marked.IsNull ? Condition.KeyNotExists(marker) : Condition.StringEqual(marker, marked));
        _ = transaction.StringSetAsync(marker, publishedAt.Ticks);
        return transaction.ExecuteAsync();
    }

    /// <summary>Publishes again what the log has and Redis does not, as far back as the replay window.</summary>
    /// <returns>The marker's value; null if it does not exist.</returns>
    public async Task<RedisValue> RestoreAsync(
        NpgsqlConnection connection, OutboxOrigin origin, RelayLease lease, DateTime? lastPublished, CancellationToken ct)
    {
        var marked = await redis.GetDatabase().StringGetAsync(origin.Marker);
        if (lastPublished is not { } last || (marked.TryParse(out long ticks) && ticks >= last.Ticks)) return marked;

        var oldest = last - options.Value.ReplayWindow;
        var (after, position) = (ticks > oldest.Ticks ? new DateTime(ticks, DateTimeKind.Utc) : oldest, long.MaxValue);
        log.LogWarning("Redis has lost events; publishing again those since {After:O}", after);

        while (await OutboxTables.LoggedAfterAsync(connection, after, position, BatchSize, ct) is [.., var newest] events)
        {
            await lease.KeepAsync(ct);
            await PublishAsync(origin, lease, events);
            (after, position) = (newest.PublishedAt!.Value, newest.Position);
        }

        // Only now: a marker set in between would call the rest of a batch that was published together safe.
        await MarkAsync(origin.Marker, marked, last);
        return last.Ticks;
    }

    private static ActivityTagsCollection Tags(StoredEvent e) => new()
    {
        ["messaging.system"] = "redis",
        ["messaging.operation.type"] = "send",
        ["messaging.message.id"] = e.Event.EventId,
        ["platform.event.type"] = e.Event.EventType,
        ["platform.tenant.id"] = e.Event.TenantId,
    };
}
