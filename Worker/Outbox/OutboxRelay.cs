using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;

namespace Platform.Worker.Outbox;

/// <summary>A database that events leave from.</summary>
/// <param name="Marker">The key in Redis that says how far the events of this database got.</param>
internal sealed record OutboxOrigin(EventsDatabase Database, RedisKey Marker);

/// <summary>
/// Publishes what is committed to the outbox, at least once and in order within an aggregate.
/// <list type="bullet">
/// <item>One relay works on a database at a time: it holds a session lock, and works on the very connection that holds
/// it, so whoever loses the one loses the other. The others stand by.</item>
/// <item>An event is moved to the log in the transaction that read it, after Redis has it. A crash in between publishes
/// it twice, which consumers expect.</item>
/// <item>Redis may lose what it has. A marker in it says how far it got; when the marker is missing or behind the log,
/// the difference is published again.</item>
/// </list>
/// </summary>
internal sealed class OutboxRelay(
    OutboxOrigin outbox,
    EventPublisher publisher,
    IOptions<EventsOptions> options,
    TimeProvider clock,
    ILogger<OutboxRelay> log) : BackgroundService
{
    /// <summary>Any number that no other lock of this database uses.</summary>
    private const long LockKey = 6_873_224_581;

    private const int BatchSize = 500;

    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Whether this relay is the one that works, for tests and operators.</summary>
    public bool IsActive { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await outbox.Database.OpenOwnAsync(stoppingToken);
                await StandByAsync(connection, stoppingToken);
                IsActive = true;
                log.LogInformation("This relay publishes the outbox of {Database} from now on", outbox.Database.Name);
                await RelayAsync(connection, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, PostgreSQL or Redis away or a bug: the lock is free again, so another relay that
                // can reach both may go on, and this one lines up behind it.
                log.LogWarning(e, "The outbox waits: publishing failed and is tried again");
                await Task.Delay(AfterFailure, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            finally
            {
                IsActive = false;
            }
        }
    }

    private async Task StandByAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({LockKey})", connection);
        while (await command.ExecuteScalarAsync(ct) is not true) await Task.Delay(options.Value.TakeOver, clock, ct);
    }

    private async Task RelayAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var published = await OutboxTables.LastPublishedAsync(connection, ct);
        var poll = ShortestPoll;

        while (true)
        {
            var marked = await publisher.RestoreAsync(connection, outbox.Marker, published, ct);

            var (count, at) = await PublishNextAsync(connection, marked, ct);
            if (count > 0) published = at;

            if (count > 0) poll = ShortestPoll;
            if (count < BatchSize) await Task.Delay(poll, clock, ct);
            if (poll < LongestPoll) poll *= 1.5;
        }
    }

    private async Task<(int Count, DateTime At)> PublishNextAsync(
        NpgsqlConnection connection, RedisValue marked, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);

        var events = await OutboxTables.NextAsync(connection, BatchSize, ct);
        if (events.Count == 0) return (0, default);

        var entries = await publisher.PublishAsync(events);
        var at = await OutboxTables.MoveToLogAsync(connection, entries, ct);
        await transaction.CommitAsync(ct);

        await publisher.MarkAsync(outbox.Marker, marked, at);
        Telemetry.Published.Add(events.Count);
        return (events.Count, at);
    }
}
