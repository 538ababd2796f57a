namespace StackExchange.Redis;

/// <summary>
/// The stream methods of <c>IDatabaseAsync</c> in StackExchange.Redis 2.13, by its names, parameters and types, for
/// 1.2.6, which has none. The current version's own methods win over these, so callers need no change.
/// </summary>
public static class StreamExtensions
{
    private static readonly RedisValue Undelivered = ">";

    public static Task<RedisValue> StreamAddAsync(this IDatabaseAsync db, RedisKey key, RedisValue streamField, RedisValue streamValue, RedisValue? messageId, int? maxLength, bool useApproximateMaxLength, CommandFlags flags) =>
        db.StreamAddAsync(key, [new(streamField, streamValue)], messageId, (long?)maxLength, useApproximateMaxLength, flags: flags);

    public static Task<RedisValue> StreamAddAsync(this IDatabaseAsync db, RedisKey key, NameValueEntry[] streamPairs, RedisValue? messageId, int? maxLength, bool useApproximateMaxLength, CommandFlags flags) =>
        db.StreamAddAsync(key, streamPairs, messageId, (long?)maxLength, useApproximateMaxLength, flags: flags);

    public static Task<RedisValue> StreamAddAsync(this IDatabaseAsync db, RedisKey key, RedisValue streamField, RedisValue streamValue, RedisValue? messageId = null, long? maxLength = null, bool useApproximateMaxLength = false, long? limit = null, StreamTrimMode trimMode = StreamTrimMode.KeepReferences, CommandFlags flags = CommandFlags.None) =>
        db.StreamAddAsync(key, [new(streamField, streamValue)], messageId, maxLength, useApproximateMaxLength, limit, trimMode, flags);

    public static async Task<RedisValue> StreamAddAsync(this IDatabaseAsync db, RedisKey key, NameValueEntry[] streamPairs, RedisValue? messageId = null, long? maxLength = null, bool useApproximateMaxLength = false, long? limit = null, StreamTrimMode trimMode = StreamTrimMode.KeepReferences, CommandFlags flags = CommandFlags.None)
    {
        ArgumentNullException.ThrowIfNull(streamPairs);
        ArgumentOutOfRangeException.ThrowIfZero(streamPairs.Length, nameof(streamPairs));

        var arguments = new List<object>(10 + 2 * streamPairs.Length) { key };
        if (maxLength is { } length) Trim(arguments, "MAXLEN", length, useApproximateMaxLength, limit, trimMode);

        arguments.Add(messageId ?? "*");
        foreach (var field in streamPairs)
        {
            arguments.Add(field.Name);
            arguments.Add(field.Value);
        }

        return (RedisValue)await db.ExecuteAsync("XADD", arguments, flags);
    }

    public static Task<bool> StreamCreateConsumerGroupAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, RedisValue? position, CommandFlags flags) =>
        db.StreamCreateConsumerGroupAsync(key, groupName, position, createStream: true, flags);

    /// <summary>Throws a <see cref="RedisServerException"/> that starts with BUSYGROUP when the group is there.</summary>
    public static async Task<bool> StreamCreateConsumerGroupAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, RedisValue? position = null, bool createStream = true, CommandFlags flags = CommandFlags.None)
    {
        var start = position ?? StreamPosition.NewMessages;
        List<object> arguments = ["CREATE", key, groupName, start == StreamPosition.Beginning ? "0" : start];
        if (createStream) arguments.Add("MKSTREAM");

        return (string)await db.ExecuteAsync("XGROUP", arguments, flags) == "OK";
    }

    public static async Task<bool> StreamDeleteConsumerGroupAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, CommandFlags flags = CommandFlags.None) =>
        (long)await db.ExecuteAsync("XGROUP", ["DESTROY", key, groupName], flags) == 1;

    public static async Task<long> StreamDeleteConsumerAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, RedisValue consumerName, CommandFlags flags = CommandFlags.None) =>
        (long)await db.ExecuteAsync("XGROUP", ["DELCONSUMER", key, groupName, consumerName], flags);

    public static Task<StreamEntry[]> StreamReadGroupAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, RedisValue consumerName, RedisValue? position, int? count, CommandFlags flags) =>
        db.StreamReadGroupAsync(key, groupName, consumerName, position, count, noAck: false, flags);

    /// <summary>The real method has <c>claimMinIdleTime</c> before the flags, which needs Redis 8.4: left out here.</summary>
    public static async Task<StreamEntry[]> StreamReadGroupAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, RedisValue consumerName, RedisValue? position = null, int? count = null, bool noAck = false, CommandFlags flags = CommandFlags.None)
    {
        var streams = await db.StreamReadGroupAsync([new(key, position ?? StreamPosition.NewMessages)], groupName, consumerName, count, noAck, flags);
        return streams is [var stream, ..] ? stream.Entries : [];
    }

    public static Task<RedisStream[]> StreamReadGroupAsync(this IDatabaseAsync db, StreamPosition[] streamPositions, RedisValue groupName, RedisValue consumerName, int? countPerStream, CommandFlags flags) =>
        db.StreamReadGroupAsync(streamPositions, groupName, consumerName, countPerStream, noAck: false, flags);

    public static async Task<RedisStream[]> StreamReadGroupAsync(this IDatabaseAsync db, StreamPosition[] streamPositions, RedisValue groupName, RedisValue consumerName, int? countPerStream = null, bool noAck = false, CommandFlags flags = CommandFlags.None)
    {
        ArgumentNullException.ThrowIfNull(streamPositions);
        ArgumentOutOfRangeException.ThrowIfZero(streamPositions.Length, nameof(streamPositions));

        List<object> arguments = ["GROUP", groupName, consumerName];
        if (countPerStream is { } count) arguments.AddRange(["COUNT", count]);
        if (noAck) arguments.Add("NOACK");

        arguments.Add("STREAMS");
        foreach (var stream in streamPositions) arguments.Add(stream.Key);
        foreach (var stream in streamPositions) arguments.Add(PositionInGroup(stream.Position));

        return StreamReplies.Streams(await db.ExecuteAsync("XREADGROUP", arguments, flags));
    }

    public static Task<long> StreamAcknowledgeAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, RedisValue messageId, CommandFlags flags = CommandFlags.None) =>
        db.StreamAcknowledgeAsync(key, groupName, [messageId], flags);

    public static async Task<long> StreamAcknowledgeAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, RedisValue[] messageIds, CommandFlags flags = CommandFlags.None) =>
        (long)await db.ExecuteAsync("XACK", [key, groupName, .. messageIds.Cast<object>()], flags);

    public static async Task<StreamPendingInfo> StreamPendingAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, CommandFlags flags = CommandFlags.None) =>
        StreamReplies.Pending(await db.ExecuteAsync("XPENDING", [key, groupName], flags));

    public static Task<StreamPendingMessageInfo[]> StreamPendingMessagesAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, int count, RedisValue consumerName, RedisValue? minId, RedisValue? maxId, CommandFlags flags) =>
        db.StreamPendingMessagesAsync(key, groupName, count, consumerName, minId, maxId, minIdleTimeInMs: null, flags);

    /// <param name="consumerName">Null for those of all consumers.</param>
    public static async Task<StreamPendingMessageInfo[]> StreamPendingMessagesAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, int count, RedisValue consumerName, RedisValue? minId = null, RedisValue? maxId = null, long? minIdleTimeInMs = null, CommandFlags flags = CommandFlags.None)
    {
        List<object> arguments = [key, groupName];
        if (minIdleTimeInMs is { } idle) arguments.AddRange(["IDLE", idle]);
        arguments.AddRange([minId ?? "-", maxId ?? "+", count]);
        if (!consumerName.IsNull) arguments.Add(consumerName);

        return StreamReplies.PendingMessages(await db.ExecuteAsync("XPENDING", arguments, flags));
    }

    public static async Task<StreamAutoClaimResult> StreamAutoClaimAsync(this IDatabaseAsync db, RedisKey key, RedisValue consumerGroup, RedisValue claimingConsumer, long minIdleTimeInMs, RedisValue startAtId, int? count = null, CommandFlags flags = CommandFlags.None)
    {
        List<object> arguments = [key, consumerGroup, claimingConsumer, minIdleTimeInMs, startAtId];
        if (count is { } limit) arguments.AddRange(["COUNT", limit]);

        return StreamReplies.AutoClaim(await db.ExecuteAsync("XAUTOCLAIM", arguments, flags));
    }

    public static async Task<StreamEntry[]> StreamClaimAsync(this IDatabaseAsync db, RedisKey key, RedisValue consumerGroup, RedisValue claimingConsumer, long minIdleTimeInMs, RedisValue[] messageIds, CommandFlags flags = CommandFlags.None) =>
        StreamReplies.Entries(await db.ExecuteAsync(
            "XCLAIM", [key, consumerGroup, claimingConsumer, minIdleTimeInMs, .. messageIds.Cast<object>()], flags));

    public static async Task<long> StreamTrimByMinIdAsync(this IDatabaseAsync db, RedisKey key, RedisValue minId, bool useApproximateMaxLength = false, long? limit = null, StreamTrimMode mode = StreamTrimMode.KeepReferences, CommandFlags flags = CommandFlags.None)
    {
        List<object> arguments = [key];
        Trim(arguments, "MINID", minId, useApproximateMaxLength, limit, mode);

        return (long)await db.ExecuteAsync("XTRIM", arguments, flags);
    }

    public static async Task<StreamEntry[]> StreamRangeAsync(this IDatabaseAsync db, RedisKey key, RedisValue? minId = null, RedisValue? maxId = null, int? count = null, Order messageOrder = Order.Ascending, CommandFlags flags = CommandFlags.None)
    {
        var (first, last) = (minId ?? "-", maxId ?? "+");
        List<object> arguments = messageOrder == Order.Ascending ? [key, first, last] : [key, last, first];
        if (count is { } limit) arguments.AddRange(["COUNT", limit]);

        var command = messageOrder == Order.Ascending ? "XRANGE" : "XREVRANGE";
        return StreamReplies.Entries(await db.ExecuteAsync(command, arguments, flags));
    }

    public static async Task<long> StreamLengthAsync(this IDatabaseAsync db, RedisKey key, CommandFlags flags = CommandFlags.None) =>
        (long)await db.ExecuteAsync("XLEN", [key], flags);

    public static async Task<long> StreamDeleteAsync(this IDatabaseAsync db, RedisKey key, RedisValue[] messageIds, CommandFlags flags = CommandFlags.None) =>
        (long)await db.ExecuteAsync("XDEL", [key, .. messageIds.Cast<object>()], flags);

    /// <summary>Throws when there is no such stream.</summary>
    public static async Task<StreamInfo> StreamInfoAsync(this IDatabaseAsync db, RedisKey key, CommandFlags flags = CommandFlags.None) =>
        StreamReplies.Stream(await db.ExecuteAsync("XINFO", ["STREAM", key], flags));

    /// <summary>Throws when there is no such stream.</summary>
    public static async Task<StreamGroupInfo[]> StreamGroupInfoAsync(this IDatabaseAsync db, RedisKey key, CommandFlags flags = CommandFlags.None) =>
        StreamReplies.Groups(await db.ExecuteAsync("XINFO", ["GROUPS", key], flags));

    public static async Task<StreamConsumerInfo[]> StreamConsumerInfoAsync(this IDatabaseAsync db, RedisKey key, RedisValue groupName, CommandFlags flags = CommandFlags.None) =>
        StreamReplies.Consumers(await db.ExecuteAsync("XINFO", ["CONSUMERS", key, groupName], flags));

    private static RedisValue PositionInGroup(RedisValue position)
    {
        if (position == StreamPosition.NewMessages) return Undelivered;
        return position == StreamPosition.Beginning ? "0" : position;
    }

    private static void Trim(
        List<object> arguments, string by, RedisValue value, bool approximate, long? limit, StreamTrimMode mode)
    {
        arguments.AddRange([by, approximate ? "~" : "=", value]);
        if (limit is { } most) arguments.AddRange(["LIMIT", most]);
        if (mode == StreamTrimMode.DeleteReferences) arguments.Add("DELREF");
        if (mode == StreamTrimMode.Acknowledged) arguments.Add("ACKED");
    }
}

/// <summary>Channels whose kind is said instead of guessed.</summary>
public static class RedisChannelExtensions
{
    extension(RedisChannel)
    {
        public static RedisChannel Literal(string value) => new(value, RedisChannel.PatternMode.Literal);

        public static RedisChannel Pattern(string value) => new(value, RedisChannel.PatternMode.Pattern);
    }
}
