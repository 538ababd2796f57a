using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Contracts.Events;
using Platform.Worker.Streams;
using StackExchange.Redis;

namespace Platform.Tests.Worker;

public sealed class StreamConsumerTests
{
    [Fact]
    public async Task A_repeated_event_has_no_second_effect()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var e = world.Envelope();
        await world.PublishAsync(e);
        await world.PublishAsync(e);
        await world.StartConsumerAsync(new Script());
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.effects"));

        await world.PublishAsync(e);

        await world.AllHandledAsync();
        Assert.Equal(1, await world.CountAsync("platform.effects"));
        Assert.Equal(1, await world.CountAsync("platform.inbox"));
    }

    [Fact]
    public async Task A_poisonous_event_becomes_a_dead_letter_and_all_others_are_handled()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var script = new Script(e => e is { AggregateId: 1, AggregateVersion: 2 } ? throw new InvalidOperationException("poison") : Task.CompletedTask);
        for (var version = 1; version <= 3; version++)
        {
            for (var aggregate = 1; aggregate <= 3; aggregate++) await world.PublishAsync(world.Envelope(aggregate, version));
        }

        await world.StartConsumerAsync(script);
        await Eventually.TrueAsync(async () => (await world.DeadLettersAsync()).Length == 1);
        await world.AllHandledAsync();

        var effects = await world.EffectsAsync();
        Assert.Equal([1, 3], effects.Where(e => e.Aggregate == 1).Select(e => e.Version));
        Assert.Equal([1, 2, 3], effects.Where(e => e.Aggregate == 2).Select(e => e.Version));
        Assert.Equal([1, 2, 3], effects.Where(e => e.Aggregate == 3).Select(e => e.Version));
        Assert.Equal(6, script.Seen.Count(e => e is { AggregateId: 1, AggregateVersion: 2 })); // twice at the first delivery
        Assert.True(effects.IndexOf((3, 3)) < effects.IndexOf((1, 3)), "Others do not wait for it.");

        var letter = (await world.DeadLettersAsync()).Single();
        Assert.Equal("effects", (string)letter["group"]!);
        Assert.Equal("InvalidOperationException: poison", (string)letter["reason"]!);
        Assert.Equal(5, (int)letter["deliveries"]);
        Assert.Equal("1", (string)letter[EventFields.AggregateId]!);
    }

    [Fact]
    public async Task An_event_that_fails_at_first_keeps_its_place()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var failures = new ConcurrentDictionary<Guid, int>();
        var script = new Script(e => e.AggregateVersion % 3 == 0 && failures.AddOrUpdate(e.EventId, 1, (_, n) => n + 1) < 3
            ? throw new InvalidOperationException("not yet")
            : Task.CompletedTask);
        for (var version = 1; version <= 12; version++)
        {
            for (var aggregate = 1; aggregate <= 5; aggregate++) await world.PublishAsync(world.Envelope(aggregate, version));
        }

        await world.StartConsumerAsync(script);
        await Eventually.EqualAsync(60L, () => world.CountAsync("platform.effects"));
        await world.AllHandledAsync();

        Assert.All(
            (await world.EffectsAsync()).GroupBy(e => e.Aggregate),
            aggregate => Assert.Equal(Enumerable.Range(1, 12).Select(v => (long)v), aggregate.Select(e => e.Version)));
        Assert.Empty(await world.DeadLettersAsync());
    }

    [Fact]
    public async Task An_unreadable_event_becomes_a_dead_letter_at_once()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var script = new Script();
        await world.PublishAsync(world.Envelope(aggregate: 1, typeVersion: 2));
        await world.Redis.StreamAddAsync(EventStreams.Key(0), "event_id", "no guid");
        await world.Redis.StreamAddAsync(EventStreams.Key(0), "nonsense", "1");
        await world.PublishAsync(world.Envelope(aggregate: 2, type: "other.groups_matter"));
        await world.PublishAsync(world.Envelope(aggregate: 3));
        foreach (var (aggregate, group) in ((long, string)[])[(4, "another"), (5, "effects")])
        {
            NameValueEntry[] replayed =
            [
                .. EventEntry.ToFields(world.Envelope(aggregate), null), new(EventFields.OnlyGroup, group),
            ];
            world.Redis.StreamAdd(EventStreams.Key(0), replayed);
        }

        await world.StartConsumerAsync(script);
        await Eventually.EqualAsync(2L, () => world.CountAsync("platform.effects"));
        await world.AllHandledAsync();

        var reasons = (await world.DeadLettersAsync()).Select(letter => (string)letter["reason"]!).ToList();
        Assert.Equal(3, reasons.Count);
        Assert.Contains("unknown version 2 of thing.happened", reasons);
        Assert.Contains("malformed: The field event_id is missing.", reasons);
        Assert.Equal([3, 5], script.Seen.Select(e => e.AggregateId)); // 4 was replayed for another group
    }

    [Fact]
    public async Task Pending_events_of_a_dead_worker_are_taken_over_when_its_lease_ends()
    {
        await using var world = await WorkerWorld.CreateAsync();
        for (var version = 1; version <= 5; version++) await world.PublishAsync(world.Envelope(aggregate: 1, version));
        await world.Redis.StreamCreateConsumerGroupAsync(EventStreams.Key(0), "effects", "0");
        await world.Redis.LockTakeAsync("platform:leases:effects:0", "dead", TimeSpan.FromSeconds(2));
        var taken = await world.Redis.StreamReadGroupAsync(EventStreams.Key(0), "effects", "dead", count: 3);
        Assert.Equal(3, taken.Length);
        var started = Stopwatch.GetTimestamp();

        await world.StartConsumerAsync(new Script());

        await Eventually.EqualAsync(5L, () => world.CountAsync("platform.effects"));
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 1, 20);
        Assert.Equal([(1, 1), (1, 2), (1, 3), (1, 4), (1, 5)], await world.EffectsAsync());
    }

    [Fact]
    public async Task An_event_whose_worker_died_after_its_commit_and_before_the_acknowledgement_has_one_effect()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var e = world.Envelope(aggregate: 1);
        await world.PublishAsync(e);
        await world.PublishAsync(world.Envelope(aggregate: 1, version: 2));
        await world.Redis.StreamCreateConsumerGroupAsync(EventStreams.Key(0), "effects", "0");
        Assert.Single(await world.Redis.StreamReadGroupAsync(EventStreams.Key(0), "effects", "dead", count: 1));
        await world.ExecuteAsync($"""
            insert into platform.inbox (consumer_group, event_id, handled_at) values ('effects', '{e.EventId}', now());
            insert into platform.effects (event_id, aggregate_id, version) values ('{e.EventId}', 1, 1)
            """);

        await world.StartConsumerAsync(new Script());

        await Eventually.EqualAsync(2L, () => world.CountAsync("platform.effects"));
        await world.AllHandledAsync();
        Assert.Equal([(1, 1), (1, 2)], await world.EffectsAsync());
    }

    [Fact]
    public async Task An_event_that_crashes_each_worker_becomes_a_dead_letter_and_its_neighbours_do_not()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var poison = world.Envelope(aggregate: 1);
        var id = await world.PublishAsync(poison);
        await world.PublishAsync(world.Envelope(aggregate: 2));
        await world.Redis.StreamCreateConsumerGroupAsync(EventStreams.Key(0), "effects", "0");
        await world.Redis.StreamReadGroupAsync(EventStreams.Key(0), "effects", "dead");
        for (var death = 2; death <= 5; death++) await world.Redis.StreamClaimAsync(EventStreams.Key(0), "effects", "dead", 0, [id]);

        var script = new Script();
        await world.StartConsumerAsync(script);
        await Eventually.TrueAsync(async () => (await world.DeadLettersAsync()).Length == 1);
        await world.AllHandledAsync();

        Assert.Equal([2], script.Seen.Select(e => e.AggregateId));
        Assert.Equal(poison.EventId.ToString(), (string)(await world.DeadLettersAsync()).Single()[EventFields.EventId]!);
    }

    [Fact]
    public async Task Workers_share_the_partitions_and_inherit_those_of_one_that_leaves()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var first = await world.StartConsumerAsync(new Script());
        await Eventually.TrueAsync(() => Held(first).Count == 4);

        var second = await world.StartConsumerAsync(new Script());
        await Eventually.TrueAsync(() => Held(first).Count == 2 && Held(second).Count == 2);
        var together = Held(first).Concat(Held(second)).Order().ToList();
        await first.StopAsync();
        await Eventually.TrueAsync(() => Held(second).Count == 4);

        Assert.Equal([0, 1, 2, 3], together);
    }

    [Fact]
    public async Task Two_workers_breaking_connections_and_a_restarted_database_keep_order_and_count()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartRelayAsync();
        await world.StartConsumerAsync(new Script());
        await world.StartConsumerAsync(new Script());

        for (var version = 1; version <= 20; version++)
        {
            for (var aggregate = 1; aggregate <= 10; aggregate++) await world.WriteAsync(aggregate, version);
            if (version % 5 == 0) await world.BreakConnectionsAsync();
            if (version == 13) await world.RestartDatabaseAsync();
        }

        await Eventually.EqualAsync(200L, () => world.CountAsync("platform.effects"));
        await world.AllHandledAsync();
        Assert.All(
            (await world.EffectsAsync()).GroupBy(e => e.Aggregate),
            aggregate => Assert.Equal(Enumerable.Range(1, 20).Select(v => (long)v), aggregate.Select(e => e.Version)));
        Assert.Empty(await world.DeadLettersAsync());
    }

    [Fact]
    public async Task The_trace_of_the_request_continues_in_relay_and_handler()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Platform.Worker",
            Sample = (ref ActivityCreationOptions<ActivityContext> o) =>
                o.Parent.TraceFlags == ActivityTraceFlags.Recorded ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var world = await WorkerWorld.CreateAsync();
        var request = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

        await world.StartRelayAsync();
        await world.StartConsumerAsync(new Script());
        await world.WriteAsync(traceparent: $"00-{request.TraceId}-{request.SpanId}-01");
        await world.WriteAsync(); // untraced

        await Eventually.EqualAsync(2L, () => world.CountAsync("platform.effects"));
        await Eventually.TrueAsync(() => spans.Count(span => span.TraceId == request.TraceId) >= 2);
        var publish = spans.Single(span => span.TraceId == request.TraceId && span.Kind == ActivityKind.Producer);
        var handle = spans.Single(span => span.TraceId == request.TraceId && span.Kind == ActivityKind.Consumer);
        Assert.Equal(("outbox publish", request.SpanId), (publish.DisplayName, publish.ParentSpanId));
        Assert.Equal(("effects handle", publish.SpanId), (handle.DisplayName, handle.ParentSpanId));
    }

    [Fact]
    public async Task Only_what_is_old_and_handled_by_every_group_is_trimmed()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var stream = EventStreams.Key(0);
        for (var n = 1; n <= 9; n++) await world.Redis.StreamAddAsync(stream, "n", n, messageId: $"{n}-0"); // from 1970
        foreach (var group in new[] { "fast", "slow" }) await world.Redis.StreamCreateConsumerGroupAsync(stream, group, "0");
        await world.Redis.StreamReadGroupAsync(stream, "fast", "c", noAck: true);
        var pending = await world.Redis.StreamReadGroupAsync(stream, "slow", "c", count: 6);
        await world.Redis.StreamAcknowledgeAsync(stream, "slow", [.. pending.Take(3).Select(entry => entry.Id)]);
        var worker = await world.StartAsync(builder => Platform.Worker.WorkerServices.AddHousekeeping(builder));

        await worker.Services.GetRequiredService<StreamHousekeeping>().TidyAsync(CancellationToken.None);

        Assert.Equal(["4-0", "5-0", "6-0", "7-0", "8-0", "9-0"], (await world.Redis.StreamRangeAsync(stream)).Select(entry => (string)entry.Id!));
    }

    private static IReadOnlyCollection<int> Held(IHost worker) =>
        worker.Services.GetRequiredService<StreamConsumer<WriteEffect>>().Partitions;
}
