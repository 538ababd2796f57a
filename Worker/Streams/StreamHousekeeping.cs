using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Core.Webhooks;
using StackExchange.Redis;

namespace Platform.Worker.Streams;

/// <summary>
/// Keeps streams and inbox from growing for ever. Only entries go that every group has handled and that are older than
/// the replay window: Redis would trim what is still pending as well, and nobody would learn of it.
/// </summary>
internal sealed class StreamHousekeeping(
    IConnectionMultiplexer redis,
    EventsDatabase database,
    EventStreams streams,
    IOptions<EventsOptions> options,
    TimeProvider clock,
    ILogger<StreamHousekeeping> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await IgnoreAwayAsync(CheckRedisAsync, stoppingToken);

        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            await IgnoreAwayAsync(TidyAsync, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Once now; the loop does so every minute.</summary>
    public async Task TidyAsync(CancellationToken ct)
    {
        foreach (var stream in streams.All) await TrimAsync(stream);

        // Beyond the replay window no event comes again.
        await using var command = database.Pool.CreateCommand("delete from platform.inbox where handled_at < now() - $1");
        command.Parameters.Add(new NpgsqlParameter { Value = options.Value.ReplayWindow * 2 });
        await command.ExecuteNonQueryAsync(ct);

        await using var deliveries = database.Pool.CreateCommand(
            "delete from platform.webhook_deliveries where created_at < now() - $1 and status <> 'pending'");
        deliveries.Parameters.Add(new NpgsqlParameter { Value = WebhookRules.Kept });
        await deliveries.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// With other settings Redis drops whole streams under pressure, or forgets on a restart what it was given.
    /// </summary>
    private async Task CheckRedisAsync(CancellationToken ct)
    {
        await ExpectAsync("maxmemory-policy", "noeviction");
        await ExpectAsync("appendonly", "yes");

        async Task ExpectAsync(string setting, string value)
        {
            var answer = (RedisValue[]?)await redis.GetDatabase().ExecuteAsync("CONFIG", "GET", setting);
            if (answer is not [_, var actual] || actual != value)
            {
                log.LogWarning("Redis must run with {Setting} {Value}, or events get lost in it", setting, value);
            }
        }
    }

    private async Task TrimAsync(RedisKey stream)
    {
        var db = redis.GetDatabase();
        if (!await db.KeyExistsAsync(stream)) return;

        var groups = await db.StreamGroupInfoAsync(stream);
        if (groups.Length == 0) return;

        var keep = (Milliseconds: (clock.GetUtcNow() - options.Value.ReplayWindow).ToUnixTimeMilliseconds(), Sequence: 0L);
        foreach (var group in groups)
        {
            var pending = await db.StreamPendingAsync(stream, group.Name);
            var oldest = pending.PendingMessageCount > 0 ? (string)pending.LowestPendingMessageId! : group.LastDeliveredId!;
            if (Parse(oldest) is var needed && needed.CompareTo(keep) < 0) keep = needed;
        }

        await db.StreamTrimByMinIdAsync(stream, $"{keep.Milliseconds}-{keep.Sequence}");
    }

    /// <summary>What could not be done now is done a minute later.</summary>
    private async Task IgnoreAwayAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
        }
        catch (Exception e) when (e is RedisException or NpgsqlException or TimeoutException)
        {
            log.LogWarning(e, "Tidying up was not possible");
        }
    }

    /// <summary>Ids are compared as numbers: as text, 9-0 would be younger than 10-0.</summary>
    private static (long Milliseconds, long Sequence) Parse(string id)
    {
        var parts = id.Split('-');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
