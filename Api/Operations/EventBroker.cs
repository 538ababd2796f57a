using System.Globalization;
using Platform.Contracts.Events;
using Platform.Contracts.Operations;
using StackExchange.Redis;

namespace Platform.Api.Operations;

/// <summary>The streams, groups and dead letters as they are in Redis right now.</summary>
internal sealed class EventBroker(IConnectionMultiplexer redis, TimeProvider clock)
{
    private const int MaxPartitions = 1024;

    private IDatabase Db => redis.GetDatabase();

    public async Task<List<EventStreamResponse>> StreamsAsync()
    {
        var found = new List<EventStreamResponse>();
        foreach (var key in await KeysAsync())
        {
            var info = await Db.StreamInfoAsync(key);
            found.Add(new(key!, info.Length, TimeOf(info.FirstEntry.Id), TimeOf(info.LastEntry.Id)));
        }

        return found;
    }

    public async Task<List<EventGroupResponse>> GroupsAsync()
    {
        var partitions = new List<(string Group, EventGroupPartition State)>();
        var keys = await KeysAsync();
        for (var partition = 0; partition < keys.Count; partition++)
        {
            foreach (var group in await Db.StreamGroupInfoAsync(keys[partition]))
            {
                string? worker = await Db.StringGetAsync(EventKeys.Lease(group.Name, partition));
                partitions.Add((group.Name, new(
                    keys[partition]!, group.Lag ?? 0, group.PendingMessageCount, await AgeAsync(keys[partition], group), worker)));
            }
        }

        return
        [
            .. partitions.GroupBy(p => p.Group, p => p.State).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
                new EventGroupResponse(g.Key, g.Sum(p => p.Lag), g.Sum(p => p.Pending), g.Max(p => p.AgeSeconds), [.. g])),
        ];
    }

    public Task<long> CountDeadLettersAsync() => Db.StreamLengthAsync(EventKeys.DeadLetters);

    /// <summary>Newest first, of all groups or of one.</summary>
    /// <param name="before">The id of a dead letter; from the newest where null.</param>
    public async Task<List<StreamEntry>> DeadLettersAsync(string? before, string? group, int count)
    {
        const int readAtOnce = 200, reads = 50;
        var found = new List<StreamEntry>();
        for (var i = 0; i < reads && found.Count < count; i++)
        {
            var read = await Db.StreamRangeAsync(
                EventKeys.DeadLetters, maxId: before is null ? "+" : $"({before}", count: readAtOnce, messageOrder: Order.Descending);
            found.AddRange(read.Where(entry => group is null || entry[DeadLetterFields.Group] == group));
            if (read.Length < readAtOnce) break;

            before = read[^1].Id;
        }

        return [.. found.Take(count)];
    }

    public async Task<StreamEntry?> FindDeadLetterAsync(string id) =>
        IsId(id) && await Db.StreamRangeAsync(EventKeys.DeadLetters, id, id, 1) is [var entry] ? entry : null;

    public Task DiscardAsync(StreamEntry letter) => Db.StreamDeleteAsync(EventKeys.DeadLetters, [letter.Id]);

    /// <summary>
    /// Publishes the event again on its stream, for its group alone. Twice at once is one effect: the group knows what
    /// it has handled.
    /// </summary>
    public async Task ReplayAsync(StreamEntry letter)
    {
        NameValueEntry[] fields =
        [
            .. letter.Values.Where(field => !DeadLetterFields.All.Contains((string)field.Name!)),
            new(EventFields.OnlyGroup, letter[DeadLetterFields.Group]),
        ];
        var transaction = Db.CreateTransaction();
        _ = transaction.StreamAddAsync((string)letter[DeadLetterFields.Stream]!, fields);
        _ = transaction.StreamDeleteAsync(EventKeys.DeadLetters, [letter.Id]);
        await transaction.ExecuteAsync();
    }

    public static DeadLetterResponse ToResponse(StreamEntry letter, bool withFields)
    {
        string? Text(string field) => letter[field];
        long? Number(string field) =>
            long.TryParse(Text(field), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
        DateTimeOffset? Instant(string field) =>
            DateTimeOffset.TryParse(
                Text(field), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
                ? instant.ToUniversalTime()
                : null;

        return new(
            letter.Id!, Text(DeadLetterFields.Group), Text(DeadLetterFields.Reason), (int?)Number(DeadLetterFields.Deliveries),
            Instant(DeadLetterFields.FailedAt), Text(DeadLetterFields.Stream), Text(DeadLetterFields.EntryId),
            Text(EventFields.EventId), Text(EventFields.EventType), Number(EventFields.TenantId),
            Text(EventFields.AggregateType), Number(EventFields.AggregateId), Instant(EventFields.OccurredAt),
            withFields
                ? letter.Values.DistinctBy(f => (string)f.Name!).ToDictionary(f => (string)f.Name!, f => (string)f.Value!)
                : null);
    }

    /// <summary>Partitions are numbered without a gap.</summary>
    private async Task<List<RedisKey>> KeysAsync()
    {
        var keys = new List<RedisKey>();
        while (keys.Count < MaxPartitions && await Db.KeyExistsAsync(EventKeys.Stream(keys.Count)))
        {
            keys.Add(EventKeys.Stream(keys.Count));
        }

        return keys;
    }

    /// <summary>Of the oldest entry that the group has not handled.</summary>
    private async Task<double?> AgeAsync(RedisKey stream, StreamGroupInfo group)
    {
        RedisValue oldest = RedisValue.Null;
        if (group.PendingMessageCount > 0)
        {
            oldest = (await Db.StreamPendingAsync(stream, group.Name)).LowestPendingMessageId;
        }
        else if (group.Lag is not 0 && await Db.StreamRangeAsync(stream, $"({group.LastDeliveredId}", "+", 1) is [var next])
        {
            oldest = next.Id;
        }

        return TimeOf(oldest) is { } at ? Math.Max((clock.GetUtcNow() - at).TotalSeconds, 0) : null;
    }

    private static bool IsId(string id) =>
        id.Split('-') is [var time, var number] && ulong.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>Ids begin with the milliseconds at which Redis took the entry.</summary>
    private static DateTimeOffset? TimeOf(RedisValue id) =>
        !id.IsNull && long.TryParse(id.ToString().Split('-')[0], CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds > 0
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}
