using System.Diagnostics;
using Npgsql;
using Platform.Contracts.Events;
using StackExchange.Redis;

namespace Platform.Bench;

/// <summary>
/// How fast committed events reach the stream and their handlers, compared to the same commands and inserts without the
/// product; whether that takes a constant amount of memory; how fast mails reach a server.
/// </summary>
internal static class EventsBench
{
    private const int Events = 20_000;
    private const int Rounds = 3;
    private const int Mails = 2_000;

    /// <summary>The minimum of mails a second.</summary>
    private const double MailGoal = 100;

    /// <summary>One without tables: its bookings cannot be looked up.</summary>
    private const long NoTenant = 0;

    private const int Handled = 10_000;
    private const int HandledRounds = 3;

    /// <summary>How much more memory the Worker may have at the end than after a tenth of the events.</summary>
    private const double MemoryTolerance = 1.25;

    /// <param name="events">Of the figure on memory.</param>
    public static async IAsyncEnumerable<Figure> RunAsync(BenchStack stack, int events)
    {
        await using var database = NpgsqlDataSource.Create(await stack.ConnectionStringAsync("tenantdb"));
        using var redis = await ConnectionMultiplexer.ConnectAsync(await stack.ConnectionStringAsync("redis"));

        yield return await FeedBench.RunAsync(stack);

        var rounds = new List<(double Product, double Limit)>();
        for (var i = 0; i <= Rounds; i++)
        {
            Console.Error.WriteLine($"  events.relay: round {i} of {Rounds}");
            var round = (await RelayedPerSecondAsync(database), await AddedPerSecondAsync(redis.GetDatabase()));
            if (i > 0) rounds.Add(round); // the first one warms up
        }

        yield return new(
            "events.relay",
            Math.Round(Load.Median(rounds.Select(round => round.Product))),
            "per second",
            Math.Round(Load.Median(rounds.Select(round => round.Limit))),
            Math.Round(Load.Median(rounds.Select(round => round.Product / round.Limit)), 3),
            Goal: 0.1);

        // Without any, the group of webhooks has nothing to do for a tenant.
        await ExecuteAsync(database, $"""
            insert into platform.webhook_endpoints (tenant_id, url, event_types, secret)
            values ({BenchStack.Tenant.Id}, 'https://hooks.example/', array['{BookingCreated.EventType}'], 'none')
            """);
        yield return await HandledAsync(database, redis.GetDatabase());

        Console.Error.WriteLine("  events.mails");
        await MailedPerSecondAsync(database, Mails / 10); // warms up
        var mailed = await MailedPerSecondAsync(database, Mails);
        yield return new("events.mails", Math.Round(mailed), "per second", MailGoal, Math.Round(mailed / MailGoal, 3), Goal: 1);

        yield return await MemoryAsync(stack, database, events);
    }

    private static async Task<Figure> HandledAsync(NpgsqlDataSource database, IDatabase redis)
    {
        var raw = new RawEvents(database, redis);
        var entry = EntryOf(await GrantAsync(database));
        List<(double Product, double Limit)> rounds = [];
        for (var i = 0; i <= HandledRounds; i++)
        {
            Console.Error.WriteLine($"  events.relay_and_consume: round {i} of {HandledRounds}");
            var round = (await HandledPerSecondAsync(database, Handled), await raw.RateAsync(Handled, entry));
            if (i > 0) rounds.Add(round); // the first one warms up
        }

        return new(
            "events.relay_and_consume",
            Math.Round(Load.Median(rounds.Select(round => round.Product))),
            "per second",
            Math.Round(Load.Median(rounds.Select(round => round.Limit))),
            Math.Round(Load.Median(rounds.Select(round => round.Product / round.Limit)), 3),
            Goal: 0.5);
    }

    /// <summary>
    /// Commits changes of grants at once, and waits until the two groups that handle each of them have done so.
    /// </summary>
    private static async Task<double> HandledPerSecondAsync(NpgsqlDataSource database, int events)
    {
        await ExecuteAsync(database, "truncate platform.usage_events, platform.inbox");
        await ExecuteAsync(database, $$"""
            insert into platform.outbox_messages
                (event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id, aggregate_version, occurred_at, actor, data)
            select gen_random_uuid(), 'grant.changed', 1, {{BenchStack.Tenant.Id}}, 'grant', n % 1000, n, now(), 'system', {{Grant}}
            from generate_series(1, {{events}}) n
            """);

        var watch = Stopwatch.StartNew();
        await using var handled = database.CreateCommand(
            $"select count(*) = {2 * events} from platform.inbox where consumer_group in ('billing', 'webhooks')");
        while (await handled.ExecuteScalarAsync() is not true) await Task.Delay(50);
        return events / watch.Elapsed.TotalSeconds;
    }

    private const string Grant = """
        jsonb_build_object('grant', jsonb_build_object('grantId', 1, 'userId', 1, 'application', 'tq', 'price', 35.00, 'currency', 'BRL',
            'userType', 'admin', 'billingCycle', 'monthly', 'grantedAt', '2026-01-01T09:00:00Z', 'padding', repeat('x', 300)))
        """;

    private static async Task<string> GrantAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand($"select ({Grant})::text");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>With the fields of an entry of the product.</summary>
    private static NameValueEntry[] EntryOf(string data) =>
    [
        new(EventFields.EventId, $"{Guid.CreateVersion7()}"), new(EventFields.EventType, GrantChanged.EventType),
        new(EventFields.EventVersion, 1), new(EventFields.TenantId, BenchStack.Tenant.Id),
        new(EventFields.AggregateType, GrantChanged.AggregateType), new(EventFields.AggregateId, 1),
        new(EventFields.AggregateVersion, 1), new(EventFields.OccurredAt, "2026-01-01T09:00:00.0000000+00:00"),
        new(EventFields.Actor, "system"), new(EventFields.Data, data),
    ];

    /// <summary>The Worker relays and handles all of them; its memory after a tenth is what the end is compared with.</summary>
    private static async Task<Figure> MemoryAsync(BenchStack stack, NpgsqlDataSource database, int events)
    {
        const int Parts = 10;
        var worker = await stack.ProcessIdAsync("worker");
        var before = 0.0;
        for (var part = 1; part <= Parts; part++)
        {
            Console.Error.WriteLine($"  events.memory: {(long)events * part / Parts:N0} of {events:N0} events");
            await HandledPerSecondAsync(database, events / Parts);
            if (part == 1) before = MemoryOf.Tree(worker);
        }

        return Figure.AtMost($"events.memory.{events}_events", MemoryOf.Tree(worker), "MB", before * MemoryTolerance);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Owes mails of as many bookings at once, and waits until the server of the stack has the last one.
    /// </summary>
    private static async Task<double> MailedPerSecondAsync(NpgsqlDataSource database, int count)
    {
        await using var backlog = database.CreateCommand($$"""
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, topic, version, data, status)
            select {{NoTenant}}, gen_random_uuid(), 'booking.created', 'client' || n || '@example.org', 'en',
                gen_random_uuid()::text, 1, jsonb_build_object('template', 'booking.confirmed', 'booking', jsonb_build_object(
                    'bookingId', n, 'uid', 'bench-' || n, 'serviceId', 1, 'serviceName', 'Checkup', 'start', '2030-01-07T09:00:00Z',
                    'end', '2030-01-07T10:00:00Z', 'timeZone', 'Europe/Lisbon', 'status', 'confirmed',
                    'resourceIds', '[1]'::jsonb, 'resourceNames', '["Room 1"]'::jsonb, 'clientId', n, 'clientName', 'Client ' || n,
                    'clientEmail', 'client' || n || '@example.org', 'locale', 'en')), 'pending'
            from generate_series(1, {{count}}) n
            """);
        await backlog.ExecuteNonQueryAsync();

        var watch = Stopwatch.StartNew();
        await using var left = database.CreateCommand(
            "select exists (select from platform.notifications where status in ('pending', 'sending'))");
        while (await left.ExecuteScalarAsync() is true) await Task.Delay(5);
        return count / watch.Elapsed.TotalSeconds;
    }

    /// <summary>
    /// Commits a backlog of events at once and waits until the running worker has published the last one.
    /// </summary>
    private static async Task<double> RelayedPerSecondAsync(NpgsqlDataSource database)
    {
        await using var backlog = database.CreateCommand($$"""
            insert into platform.outbox_messages
                (event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id, aggregate_version,
                 occurred_at, actor, data)
            select gen_random_uuid(), 'bench.measured', 1, {{BenchStack.Tenant.Id}}, 'bench', n % 100, n,
                   now(), 'system', jsonb_build_object('padding', repeat('x', 400))
            from generate_series(1, {{Events}}) n
            """);
        await backlog.ExecuteNonQueryAsync();

        var watch = Stopwatch.StartNew();
        await using var left = database.CreateCommand("select exists (select from platform.outbox_messages)");
        while (await left.ExecuteScalarAsync() is true) await Task.Delay(5);
        return Events / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> AddedPerSecondAsync(IDatabase redis)
    {
        NameValueEntry[] entry = [new("data", new string('x', 800))];
        var watch = Stopwatch.StartNew();
        foreach (var batch in Enumerable.Range(0, Events).Chunk(500))
            await Task.WhenAll(batch.Select(_ => redis.StreamAddAsync("bench:limit", entry)));

        var rate = Events / watch.Elapsed.TotalSeconds;
        await redis.KeyDeleteAsync("bench:limit");
        return rate;
    }
}
