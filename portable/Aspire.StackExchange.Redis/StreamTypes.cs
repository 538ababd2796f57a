// The types of StackExchange.Redis 2.13 that 1.2.6 lacks, as far as the stream methods beside this file need them.
namespace StackExchange.Redis;

/// <summary>One field of a stream entry.</summary>
public readonly record struct NameValueEntry(RedisValue Name, RedisValue Value)
{
    public static implicit operator KeyValuePair<RedisValue, RedisValue>(NameValueEntry value) =>
        new(value.Name, value.Value);

    public static implicit operator NameValueEntry(KeyValuePair<RedisValue, RedisValue> value) =>
        new(value.Key, value.Value);

    public override string ToString() => $"{Name}: {Value}";
}

/// <summary>One entry; its values are empty when it is still pending but was trimmed from its stream.</summary>
public readonly struct StreamEntry(RedisValue id, NameValueEntry[] values)
{
    public static StreamEntry Null { get; } = new(RedisValue.Null, []);

    public RedisValue Id { get; } = id;

    public NameValueEntry[] Values { get; } = values;

    public bool IsNull => Id.IsNull && Values is null or [];

    /// <summary>The value of the first field of that name; null when there is none.</summary>
    public RedisValue this[RedisValue fieldName]
    {
        get
        {
            foreach (var field in Values ?? [])
            {
                if (field.Name == fieldName) return field.Value;
            }

            return RedisValue.Null;
        }
    }
}

/// <summary>A stream and its entries, as read from several streams at once.</summary>
public readonly struct RedisStream
{
    internal RedisStream(RedisKey key, StreamEntry[] entries) => (Key, Entries) = (key, entries);

    public RedisKey Key { get; }

    public StreamEntry[] Entries { get; }
}

/// <summary>A stream and where to read on.</summary>
public struct StreamPosition(RedisKey key, RedisValue position)
{
    /// <summary>From the oldest entry.</summary>
    public static RedisValue Beginning => "-";

    /// <summary>Only what was not delivered yet.</summary>
    public static RedisValue NewMessages => "$";

    public RedisKey Key { get; } = key;

    public RedisValue Position { get; } = position;
}

public readonly struct StreamAutoClaimResult
{
    internal StreamAutoClaimResult(RedisValue nextStartId, StreamEntry[] claimedEntries, RedisValue[] deletedIds) =>
        (NextStartId, ClaimedEntries, DeletedIds) = (nextStartId, claimedEntries, deletedIds);

    public static StreamAutoClaimResult Null { get; } = new(RedisValue.Null, [], []);

    /// <summary>Where the next call goes on; <c>0-0</c> when the whole list was seen.</summary>
    public RedisValue NextStartId { get; }

    public StreamEntry[] ClaimedEntries { get; }

    /// <summary>Entries that were pending but had been trimmed; Redis has dropped them from the group.</summary>
    public RedisValue[] DeletedIds { get; }

    public bool IsNull => NextStartId.IsNull && ClaimedEntries is null or [] && DeletedIds is null or [];
}

/// <summary>A consumer that has entries pending.</summary>
public readonly struct StreamConsumer
{
    internal StreamConsumer(RedisValue name, int pendingMessageCount) =>
        (Name, PendingMessageCount) = (name, pendingMessageCount);

    public RedisValue Name { get; }

    public int PendingMessageCount { get; }
}

public readonly struct StreamConsumerInfo
{
    internal StreamConsumerInfo(string name, int pendingMessageCount, long idleTimeInMilliseconds) =>
        (Name, PendingMessageCount, IdleTimeInMilliseconds) = (name, pendingMessageCount, idleTimeInMilliseconds);

    public string Name { get; }

    public int PendingMessageCount { get; }

    public long IdleTimeInMilliseconds { get; }
}

public readonly struct StreamPendingInfo
{
    internal StreamPendingInfo(int count, RedisValue lowest, RedisValue highest, StreamConsumer[] consumers) =>
        (PendingMessageCount, LowestPendingMessageId, HighestPendingMessageId, Consumers) =
        (count, lowest, highest, consumers);

    public int PendingMessageCount { get; }

    public RedisValue LowestPendingMessageId { get; }

    public RedisValue HighestPendingMessageId { get; }

    public StreamConsumer[] Consumers { get; }
}

public readonly struct StreamPendingMessageInfo
{
    internal StreamPendingMessageInfo(RedisValue id, RedisValue consumer, long idle, int deliveries) =>
        (MessageId, ConsumerName, IdleTimeInMilliseconds, DeliveryCount) = (id, consumer, idle, deliveries);

    public RedisValue MessageId { get; }

    public RedisValue ConsumerName { get; }

    public long IdleTimeInMilliseconds { get; }

    public int DeliveryCount { get; }
}

public readonly struct StreamGroupInfo
{
    internal StreamGroupInfo(
        string name, int consumers, int pending, string? lastDeliveredId, long? entriesRead, long? lag) =>
        (Name, ConsumerCount, PendingMessageCount, LastDeliveredId, EntriesRead, Lag) =
        (name, consumers, pending, lastDeliveredId, entriesRead, lag);

    public string Name { get; }

    public int ConsumerCount { get; }

    public int PendingMessageCount { get; }

    public string? LastDeliveredId { get; }

    public long? EntriesRead { get; }

    /// <summary>Entries the group has not been given yet; null when the server cannot tell.</summary>
    public long? Lag { get; }
}

public readonly struct StreamInfo
{
    internal StreamInfo(int length, int groups, StreamEntry first, StreamEntry last, RedisValue lastGeneratedId) =>
        (Length, ConsumerGroupCount, FirstEntry, LastEntry, LastGeneratedId) =
        (length, groups, first, last, lastGeneratedId);

    public int Length { get; }

    public int ConsumerGroupCount { get; }

    public StreamEntry FirstEntry { get; }

    public StreamEntry LastEntry { get; }

    public RedisValue LastGeneratedId { get; }
}

/// <summary>What happens to references of groups when entries go. Servers before 8.2 know the first only.</summary>
public enum StreamTrimMode
{
    KeepReferences = 0,
    DeleteReferences = 1,
    Acknowledged = 2,
}
