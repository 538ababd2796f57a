using System.Diagnostics;
using Npgsql;
using StackExchange.Redis;

namespace Platform.Bench;

/// <summary>
/// How fast committed events reach the stream, compared to bare XADDs of that size, and how fast mails reach a server.
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

    public static async IAsyncEnumerable<Figure> RunAsync(BenchStack stack)
    {
        await using var database = NpgsqlDataSource.Create(await stack.ConnectionStringAsync("tenantdb"));
        using var redis = await ConnectionMultiplexer.ConnectAsync(await stack.ConnectionStringAsync("redis"));

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

        Console.Error.WriteLine("  events.mails");
        await MailedPerSecondAsync(database, Mails / 10); // warms up
        var mailed = await MailedPerSecondAsync(database, Mails);
        yield return new("events.mails", Math.Round(mailed), "per second", MailGoal, Math.Round(mailed / MailGoal, 3), Goal: 1);
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
