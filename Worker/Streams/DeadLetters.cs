using System.Globalization;
using Platform.Contracts.Events;
using StackExchange.Redis;

namespace Platform.Worker.Streams;

/// <summary>Where events go that a group cannot handle, for staff to look at.</summary>
internal sealed class DeadLetters(IConnectionMultiplexer redis, TimeProvider clock, ILogger<DeadLetters> log)
{
    public static readonly RedisKey Stream = EventKeys.DeadLetters;

    private const int ReasonMaxLength = 1000;

    /// <summary>Keeps all fields of the entry and adds what went wrong.</summary>
    public async Task AddAsync(RedisKey stream, string group, StreamEntry entry, int deliveries, string reason)
    {
        NameValueEntry[] fields =
        [
            .. entry.Values.Where(field => field.Name != EventFields.OnlyGroup),
            new(DeadLetterFields.Stream, (string)stream!),
            new(DeadLetterFields.EntryId, entry.Id),
            new(DeadLetterFields.Group, group),
            new(DeadLetterFields.Reason, reason.Length > ReasonMaxLength ? reason[..ReasonMaxLength] : reason),
            new(DeadLetterFields.Deliveries, deliveries),
            new(DeadLetterFields.FailedAt, clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)),
        ];
        await redis.GetDatabase().StreamAddAsync(Stream, fields);

        Telemetry.DeadLettered.Add(1, new KeyValuePair<string, object?>("group", group));
        log.LogError("An event is a dead letter of {Group} now: {Stream} {Entry}, {Reason}", group, stream, entry.Id, reason);
    }
}
