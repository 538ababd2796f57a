namespace StackExchange.Redis;

/// <summary>Reads the replies of the stream commands.</summary>
internal static class StreamReplies
{
    public static RedisResult[] Items(RedisResult? reply) =>
        reply is null || reply.IsNull ? [] : (RedisResult[])reply ?? [];

    public static RedisValue[] Values(RedisResult? reply) =>
        reply is null || reply.IsNull ? [] : (RedisValue[])reply ?? [];

    public static StreamEntry[] Entries(RedisResult? reply) => Array.ConvertAll(Items(reply), Entry);

    public static StreamEntry Entry(RedisResult? reply) => Items(reply) switch
    {
        [var id, var fields] => new((RedisValue)id, Fields(Values(fields))),
        [var id] => new((RedisValue)id, []),
        _ => StreamEntry.Null,
    };

    public static RedisStream[] Streams(RedisResult? reply) => Array.ConvertAll(Items(reply), stream =>
    {
        var parts = Items(stream);
        return new RedisStream((RedisKey)parts[0], Entries(parts[1]));
    });

    public static StreamAutoClaimResult AutoClaim(RedisResult? reply) => Items(reply) switch
    {
        [var next, var entries] => new((RedisValue)next, Entries(entries), []),
        [var next, var entries, var deleted, ..] => new((RedisValue)next, Entries(entries), Values(deleted)),
        _ => StreamAutoClaimResult.Null,
    };

    public static StreamPendingInfo Pending(RedisResult? reply)
    {
        var parts = Items(reply);
        if (parts.Length < 4) return new(0, RedisValue.Null, RedisValue.Null, []);

        return new((int)parts[0], (RedisValue)parts[1], (RedisValue)parts[2], Array.ConvertAll(
            Items(parts[3]), c => new StreamConsumer(Values(c)[0], (int)Values(c)[1])));
    }

    public static StreamPendingMessageInfo[] PendingMessages(RedisResult? reply) =>
        Array.ConvertAll(Items(reply), message =>
        {
            var parts = Values(message);
            return new StreamPendingMessageInfo(parts[0], parts[1], (long)parts[2], (int)parts[3]);
        });

    public static StreamInfo Stream(RedisResult reply)
    {
        var facts = Facts(reply);
        return new(
            (int)facts["length"],
            (int)facts["groups"],
            Entry(facts["first-entry"]),
            Entry(facts["last-entry"]),
            (RedisValue)facts["last-generated-id"]);
    }

    public static StreamGroupInfo[] Groups(RedisResult reply) => Array.ConvertAll(Items(reply), group =>
    {
        var facts = Facts(group);
        return new StreamGroupInfo(
            (string)facts["name"],
            (int)facts["consumers"],
            (int)facts["pending"],
            (string)facts["last-delivered-id"],
            Number(facts.GetValueOrDefault("entries-read")),
            Number(facts.GetValueOrDefault("lag")));
    });

    public static StreamConsumerInfo[] Consumers(RedisResult reply) => Array.ConvertAll(Items(reply), consumer =>
    {
        var facts = Facts(consumer);
        return new StreamConsumerInfo((string)facts["name"], (int)facts["pending"], (long)facts["idle"]);
    });

    private static long? Number(RedisResult? reply) => reply is null || reply.IsNull ? null : (long)reply;

    private static Dictionary<string, RedisResult> Facts(RedisResult reply)
    {
        var items = Items(reply);
        var facts = new Dictionary<string, RedisResult>(items.Length / 2);
        for (var i = 0; i + 1 < items.Length; i += 2) facts[(string)items[i]] = items[i + 1];

        return facts;
    }

    private static NameValueEntry[] Fields(RedisValue[] flat)
    {
        var fields = new NameValueEntry[flat.Length / 2];
        for (var i = 0; i < fields.Length; i++) fields[i] = new(flat[2 * i], flat[2 * i + 1]);

        return fields;
    }
}
