using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;

namespace Platform.Worker.Outbox;

/// <summary>A database that events leave from.</summary>
/// <param name="Marker">The key in Redis that says how far the events of this database got.</param>
internal sealed record OutboxOrigin(EventsDatabase Database, RedisKey Marker)
{
    /// <summary>
    /// The epoch of the relay that may publish to this stream; in the stream's slot of a Redis Cluster.
    /// </summary>
    public RedisKey EpochOf(int partition) => $"{Marker}:epoch:{{{partition}}}";
}

/// <summary>
/// Publishes what is committed to the outbox, at least once and in order within an aggregate.
/// <list type="bullet">
/// <item>One relay works on a database at a time: it holds a <see cref="RelayLease"/>. The others are on standby. Every
/// publication checks the epoch of the lease, and so does every note of it: one that was frozen does no harm when it
/// wakes.</item>
/// <item>An event is moved to the log after Redis has it. A crash in between publishes it twice, which consumers expect.
/// It holds no row locks, so a relay that stops in between blocks nothing.</item>
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
    private const int BatchSize = 500;

    private static readonly TimeSpan MinPollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPollInterval = TimeSpan.FromMilliseconds(250);
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
                var lease = await StandByAsync(connection, stoppingToken);
                IsActive = true;
                log.LogInformation("This relay publishes the outbox of {Database} from now on", outbox.Database.Name);
                await RelayAsync(connection, lease, stoppingToken);
            }
            catch (RelayLeaseLostException e)
            {
                log.LogWarning("{Reason} This relay of {Database} is on standby", e.Message, outbox.Database.Name);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, PostgreSQL or Redis away or a bug: its session is over and the lease with it, so another
                // relay that can reach both may go on, and this one lines up behind it.
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

    private async Task<RelayLease> StandByAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var lease = new RelayLease(connection, options.Value.Lease, clock);
        while (!await lease.TryTakeAsync(ct)) await Task.Delay(options.Value.TakeOver, clock, ct);

        return lease;
    }

    private async Task RelayAsync(NpgsqlConnection connection, RelayLease lease, CancellationToken ct)
    {
        await publisher.RefuseFormerRelaysAsync(outbox, lease, ct);
        var published = await OutboxTables.LastPublishedAsync(connection, ct);
        var poll = MinPollInterval;

        while (true)
        {
            await lease.KeepAsync(ct);
            var marked = await publisher.RestoreAsync(connection, outbox, lease, published, ct);

            var (count, at) = await PublishNextAsync(connection, lease, marked, ct);
            if (count > 0) published = at;

            if (count > 0) poll = MinPollInterval;
            if (count < BatchSize) await Task.Delay(poll, clock, ct);
            if (poll < MaxPollInterval) poll *= 1.5;
        }
    }

    private async Task<(int Count, DateTime At)> PublishNextAsync(
        NpgsqlConnection connection, RelayLease lease, RedisValue marked, CancellationToken ct)
    {
        var events = await OutboxTables.NextAsync(connection, BatchSize, ct);
        if (events.Count == 0) return (0, default);

        var entries = await publisher.PublishAsync(outbox, lease, events);
        var at = await OutboxTables.MoveToLogAsync(connection, lease.Epoch, entries, ct);

        await publisher.MarkAsync(outbox.Marker, marked, at);
        Telemetry.Published.Add(events.Count);
        return (events.Count, at);
    }
}
