using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Platform.Contracts.Events;
using Platform.Tests.Support;
using Platform.Worker;
using Platform.Worker.Outbox;
using Platform.Worker.Streams;
using StackExchange.Redis;

namespace Platform.Tests.Worker;

public sealed class OutboxRelayTests
{
    [Fact]
    public async Task An_event_moves_from_the_outbox_through_its_stream_into_the_log()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var written = await world.WriteAsync(aggregate: 5, version: 3, data: new { name = "Ação", n = 1 });

        await world.StartRelayAsync();

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.event_log"));
        Assert.Equal(0, await world.CountAsync("platform.outbox_messages"));
        var entry = Assert.Single(await world.EntriesAsync());
        Assert.True(EventEntry.TryRead(entry, out var read, out _));
        Assert.Equal(written with { Data = default }, read with { Data = default, TraceParent = null });
        Assert.Equal("""{"n": 1, "name": "Ação"}""", read.Data.GetRawText());
        await using var command = world.Sql.CreateCommand("select stream || ' ' || entry_id from platform.event_log");
        var stream = Enumerable.Range(0, 4).Select(EventStreams.Key).Single(key => world.Redis.KeyExists(key));
        Assert.Equal($"{stream} {entry.Id}", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Events_of_one_aggregate_stay_on_one_stream_in_order_and_aggregates_spread_out()
    {
        await using var world = await WorkerWorld.CreateAsync();
        for (var version = 1; version <= 30; version++)
        {
            for (var aggregate = 1; aggregate <= 20; aggregate++) await world.WriteAsync(aggregate, version);
        }

        await world.StartRelayAsync();

        await Eventually.EqualAsync(600L, () => world.CountAsync("platform.event_log"));
        var streams = new List<List<EventEnvelope>>();
        for (var partition = 0; partition < 4; partition++)
        {
            var entries = await world.Redis.StreamRangeAsync(EventStreams.Key(partition));
            streams.Add([.. entries.Select(entry => EventEntry.TryRead(entry, out var e, out _) ? e : throw new InvalidOperationException())]);
        }

        Assert.All(streams, Assert.NotEmpty);
        Assert.Equal(600, streams.Sum(stream => stream.Count));
        var places = streams.SelectMany((stream, partition) => stream.Select(e => (e.AggregateId, partition))).Distinct();
        Assert.Equal(20, places.Count());
        Assert.All(
            streams.SelectMany(stream => stream.GroupBy(e => e.AggregateId)),
            aggregate => Assert.Equal(Enumerable.Range(1, 30).Select(v => (long)v), aggregate.Select(e => e.AggregateVersion)));
    }

    [Theory]
    [InlineData(1, "booking", 1, 0)]
    [InlineData(2, "booking", 77, 0)]
    [InlineData(99, "license", 123456789012, 2)]
    public async Task A_partition_never_moves(long tenant, string type, long id, int partition)
    {
        await using var world = await WorkerWorld.CreateAsync();
        var worker = await world.StartRelayAsync();

        Assert.Equal(partition, worker.Services.GetRequiredService<EventStreams>().Partition(tenant, type, id));
    }

    [Fact]
    public async Task One_of_two_relays_is_active_and_the_other_takes_over_when_it_stops()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var workers = new[] { await world.StartRelayAsync(), await world.StartRelayAsync() };
        await Eventually.TrueAsync(() => Active(workers).Count == 1);
        var first = Active(workers).Single();

        await first.StopAsync();

        var second = workers.Single(worker => worker != first);
        await Eventually.TrueAsync(() => Active(workers) is [var active] && active == second);
        await world.WriteAsync();
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.event_log"));
    }

    [Fact]
    public async Task A_relay_whose_connection_breaks_loses_its_lease_and_no_event_is_lost()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var workers = new[] { await world.StartRelayAsync(), await world.StartRelayAsync() };

        for (var round = 1; round <= 5; round++)
        {
            for (var i = 0; i < 20; i++) await world.WriteAsync(aggregate: 1 + i % 3, version: 100 * round + i);
            await world.BreakConnectionsAsync();
        }

        await Eventually.EqualAsync(100L, () => world.CountAsync("platform.event_log"));
        await Eventually.TrueAsync(() => Active(workers).Count == 1);
        var ids = (await world.EntriesAsync()).Select(entry => (string)entry[EventFields.EventId]!).ToList();
        Assert.Equal(100, ids.Distinct().Count());
    }

    [Fact]
    public async Task A_relay_that_was_overtaken_neither_publishes_nor_notes_anything()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var worker = await world.StartAsync(parts => parts.AddOutboxRelay());
        await worker.StopAsync();
        var publisher = worker.Services.GetRequiredService<EventPublisher>();
        var origin = worker.Services.GetRequiredService<OutboxOrigin>();
        await world.WriteAsync();
        await using var overtaken = await origin.Database.OpenOwnAsync(TestContext.Current.CancellationToken);
        await using var successor = await origin.Database.OpenOwnAsync(TestContext.Current.CancellationToken);
        var former = await TakeAsync(overtaken);
        var events = await OutboxTables.NextAsync(overtaken, 10, TestContext.Current.CancellationToken);
        var entries = await publisher.PublishAsync(origin, former, events);

        await TakeAsync(successor);

        await Assert.ThrowsAsync<RelayLeaseLostException>(
            () => OutboxTables.MoveToLogAsync(overtaken, former.Epoch, entries, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<RelayLeaseLostException>(() => publisher.PublishAsync(origin, former, events));
        await Assert.ThrowsAsync<RelayLeaseLostException>(
            () => publisher.RefuseFormerRelaysAsync(origin, former, TestContext.Current.CancellationToken));
        Assert.Equal(1, await world.CountAsync("platform.outbox_messages"));
        Assert.Single(await world.EntriesAsync());

        async Task<RelayLease> TakeAsync(NpgsqlConnection connection)
        {
            var lease = new RelayLease(connection, TimeSpan.FromTicks(10), TimeProvider.System);
            await Eventually.TrueAsync(() => lease.TryTakeAsync(TestContext.Current.CancellationToken));
            await publisher.RefuseFormerRelaysAsync(origin, lease, TestContext.Current.CancellationToken);
            return lease;
        }
    }

    [Fact]
    public async Task A_database_restored_from_a_backup_publishes_although_Redis_has_a_later_epoch()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.Redis.StringSetAsync($"{EventStreams.Marker}:epoch:{{2}}", 1000);
        await world.WriteAsync();

        await world.StartRelayAsync();

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.event_log"));
        Assert.Equal(1, await world.CountAsync("platform.relay_lease where epoch = 1001"));
    }

    [Fact]
    public async Task A_crash_between_stream_and_commit_publishes_twice_and_has_one_effect()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.ExecuteAsync(
            """
            create function platform.fail() returns trigger language plpgsql as $$ begin raise 'the disk is gone'; end $$;
            create trigger fail before insert on platform.event_log_default for each row execute function platform.fail()
            """);
        var script = new Script();
        await world.StartConsumerAsync(script);
        await world.WriteAsync(aggregate: 1, version: 1);
        await world.WriteAsync(aggregate: 1, version: 2);
        await world.StartRelayAsync();
        await Eventually.TrueAsync(async () => (await world.EntriesAsync()).Length >= 4); // it crashed, and again

        await world.ExecuteAsync("drop trigger fail on platform.event_log_default");

        await Eventually.EqualAsync(2L, () => world.CountAsync("platform.event_log"));
        await world.AllHandledAsync();
        Assert.Equal([(1, 1), (1, 2)], await world.EffectsAsync());
    }

    [Fact]
    public async Task Events_that_Redis_loses_are_published_again_and_handled_once()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartConsumerAsync(new Script());
        await world.StartRelayAsync();
        for (var version = 1; version <= 10; version++) await world.WriteAsync(aggregate: 1, version);
        await Eventually.EqualAsync(10L, () => world.CountAsync("platform.effects"));

        await world.FlushRedisAsync();
        await world.WriteAsync(aggregate: 1, version: 11);

        await Eventually.EqualAsync(11L, () => world.CountAsync("platform.effects"));
        await Eventually.TrueAsync(async () => (await world.EntriesAsync()).Length >= 11);
        await world.AllHandledAsync();
        Assert.Equal(Enumerable.Range(1, 11).Select(v => (1L, (long)v)), await world.EffectsAsync());
        Assert.Empty(await world.DeadLettersAsync());
    }

    [Fact]
    public async Task A_marker_that_redis_lost_while_entries_were_sent_is_not_set_again()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var worker = await world.StartAsync(parts => parts.AddOutboxRelay());
        await worker.StopAsync();
        var publisher = worker.Services.GetRequiredService<EventPublisher>();
        RedisKey marker = "test:marker";
        await publisher.MarkAsync(marker, RedisValue.Null, new DateTime(1000));

        await world.FlushRedisAsync(); // also loses the entries that the next mark is for
        await publisher.MarkAsync(marker, 1000, new DateTime(2000));

        Assert.False(await world.Redis.KeyExistsAsync(marker));
    }

    [Fact]
    public async Task Events_written_while_Redis_is_unavailable_are_handled_once_after_it_restarts_without_its_data()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var redis = await OwnRedis.StartAsync();
        (string, string) own = ("ConnectionStrings:redis", redis.Address);
        await world.StartAsync(builder => builder.AddOutboxRelay(), own);
        await world.StartConsumerAsync(new Script(), own);
        await WriteAsync(versions: 1..11);
        await Eventually.EqualAsync(10L, () => world.CountAsync("platform.effects"));

        await redis.KillAsync();
        await WriteAsync(versions: 11..21);
        await redis.StartAgainAsync();

        await Eventually.EqualAsync(20L, () => world.CountAsync("platform.effects"));
        await Eventually.EqualAsync(0L, () => world.CountAsync("platform.outbox_messages"));
        Assert.Equal(Enumerable.Range(1, 20).Select(version => (1L, (long)version)), await world.EffectsAsync());

        async Task WriteAsync(Range versions)
        {
            for (var version = versions.Start.Value; version < versions.End.Value; version++) await world.WriteAsync(1, version);
        }
    }

    [Fact]
    public async Task The_newest_events_that_Redis_loses_are_published_again()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.WriteAsync(aggregate: 1, version: 1);
        var worker = await world.StartRelayAsync();
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.event_log"));
        await Eventually.TrueAsync(() => world.Redis.KeyExistsAsync(EventStreams.Marker));
        var marker = await world.Redis.StringGetAsync(EventStreams.Marker);
        var lost = await world.WriteAsync(aggregate: 1, version: 2);
        await Eventually.EqualAsync(2L, () => world.CountAsync("platform.event_log"));
        await Eventually.TrueAsync(async () => await world.Redis.StringGetAsync(EventStreams.Marker) != marker);

        // As after a restart that kept all but the last second: the newest entry and its marker are gone.
        var stream = worker.Services.GetRequiredService<EventStreams>().KeyOf(lost);
        var newest = (await world.Redis.StreamRangeAsync(stream, messageOrder: Order.Descending, count: 1)).Single();
        await world.Redis.StreamDeleteAsync(stream, [newest.Id]);
        await world.Redis.StringSetAsync(EventStreams.Marker, marker);

        await Eventually.TrueAsync(async () => (await world.EntriesAsync()).Length == 2);
        Assert.Equal(["1", "2"], (await world.EntriesAsync()).Select(entry => (string)entry[EventFields.AggregateVersion]!));
    }

    private static List<IHost> Active(IEnumerable<IHost> workers) =>
        [.. workers.Where(worker => worker.Services.GetRequiredService<OutboxRelay>().IsActive)];
}
