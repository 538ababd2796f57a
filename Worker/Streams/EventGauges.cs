using System.Diagnostics.Metrics;
using Npgsql;
using StackExchange.Redis;

namespace Platform.Worker.Streams;

/// <summary>
/// How far events have come: what waits in the outboxes and in the groups, and the dead letters. It is looked at every
/// quarter of a minute, not when somebody asks for the figures.
/// </summary>
internal sealed class EventGauges : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly IConnectionMultiplexer _redis;
    private readonly IReadOnlyList<EventsDatabase> _databases;
    private readonly EventStreams _streams;
    private readonly TimeProvider _clock;
    private readonly ILogger<EventGauges> _log;

    private volatile IReadOnlyList<Measurement<double>> _ages = [];
    private volatile IReadOnlyList<Measurement<long>> _waiting = [], _lags = [], _pending = [], _deadLetters = [];

    public EventGauges(
        IConnectionMultiplexer redis, IEnumerable<EventsDatabase> databases, EventStreams streams, TimeProvider clock,
        ILogger<EventGauges> log)
    {
        (_redis, _databases, _streams, _clock, _log) = (redis, [.. databases], streams, clock, log);
        Telemetry.Meter.CreateObservableGauge(
            "platform.outbox.age", () => _ages, "s", "How long the oldest event has waited to be published.");
        Telemetry.Meter.CreateObservableGauge(
            "platform.outbox.waiting", () => _waiting, "{event}", "Events that wait to be published.");
        Telemetry.Meter.CreateObservableGauge(
            "platform.events.lag", () => _lags, "{event}", "Events that a consumer group has not read yet.");
        Telemetry.Meter.CreateObservableGauge(
            "platform.events.pending", () => _pending, "{event}", "Events that a consumer group has read and not handled yet.");
        Telemetry.Meter.CreateObservableGauge(
            "platform.dead_letters", () => _deadLetters, "{event}", "Dead letters that nobody has replayed or discarded.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _clock);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is RedisException or NpgsqlException or TimeoutException)
            {
                _log.LogDebug(e, "How far events have come is not known");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Once now; the loop does so all the time.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        var (ages, waiting) = (new List<Measurement<double>>(), new List<Measurement<long>>());
        foreach (var database in _databases)
        {
            await using var command = database.Pool.CreateCommand(
                "select count(*), coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 from platform.outbox_messages");
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            waiting.Add(new(reader.GetInt64(0), Tag("database", database.Name)));
            ages.Add(new(Math.Max(reader.GetDouble(1), 0), Tag("database", database.Name)));
        }

        (_ages, _waiting) = (ages, waiting);

        var db = _redis.GetDatabase();
        var groups = new List<StreamGroupInfo>();
        foreach (var stream in _streams.All)
        {
            if (await db.KeyExistsAsync(stream)) groups.AddRange(await db.StreamGroupInfoAsync(stream));
        }

        _lags = [.. groups.GroupBy(g => g.Name).Select(g => new Measurement<long>(g.Sum(p => p.Lag ?? 0), Tag("group", g.Key)))];
        _pending =
        [
            .. groups.GroupBy(g => g.Name).Select(g => new Measurement<long>(g.Sum(p => p.PendingMessageCount), Tag("group", g.Key))),
        ];
        _deadLetters = [new(await db.StreamLengthAsync(DeadLetters.Stream))];
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
