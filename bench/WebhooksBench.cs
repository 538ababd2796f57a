using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Platform.Bench;

/// <summary>
/// How soon a committed event reaches its handler, and how fast webhooks are sent while one receiver hangs.
/// </summary>
internal static class WebhooksBench
{
    private const int EventsPerSecond = 100, Seconds = 20;
    private const int Endpoints = 1_000, DeliveriesEach = 10;

    public static async IAsyncEnumerable<Figure> RunAsync(BenchStack stack)
    {
        await using var database = NpgsqlDataSource.Create(await stack.ConnectionStringAsync("tenantdb"));
        await using var receiver = await StartReceiverAsync();
        var url = receiver.Urls.Single();

        Console.Error.WriteLine("  webhooks: commit to handler");
        using var api = await stack.ApiAsync();
        using var made = await api.PostAsJsonAsync("/api/v1/webhooks", new { url = $"{url}/" });
        made.EnsureSuccessStatusCode();
        await WriteAsync(database, 5 * EventsPerSecond); // warms up
        await UntilAsync(database, "select count(*) = 0 from platform.webhook_deliveries where status = 'pending'");
        await ExecuteAsync(database, "truncate platform.webhook_deliveries cascade");
        await WriteAsync(database, Seconds * EventsPerSecond);
        await UntilAsync(database, $"select count(*) = {Seconds * EventsPerSecond} from platform.webhook_deliveries");
        foreach (var (name, share, most) in ((string, string, double)[])[("p50", "0.5", 60), ("p99", "0.99", 100)])
        {
            yield return Figure.AtMost($"webhooks.commit_to_handler.{name}", await LatencyAsync(database, share), "ms", most);
        }

        Console.Error.WriteLine("  webhooks: dispatch");
        await UntilAsync(database, "select count(*) = 0 from platform.webhook_deliveries where status = 'pending'");
        var rate = await DispatchedPerSecondAsync(database);
        yield return new("webhooks.dispatch.one_of_1000_hangs", Math.Round(rate), "per second", 500, Math.Round(rate / 500, 3), 1);
        await ExecuteAsync(database, "delete from platform.webhook_endpoints");
    }

    /// <summary>One by one, as requests commit them.</summary>
    private static async Task WriteAsync(NpgsqlDataSource database, int events)
    {
        await using var command = database.CreateCommand($$"""
            insert into platform.outbox_messages
                (event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id, aggregate_version, occurred_at, actor, data)
            values (gen_random_uuid(), 'booking.updated', 1, {{BenchStack.Tenant.Id}}, 'bench', $1, 1, clock_timestamp(), 'system',
                jsonb_build_object('padding', repeat('x', 400)))
            """);
        command.Parameters.Add(new NpgsqlParameter<long>());
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / EventsPerSecond));
        for (var i = 0; i < events; i++)
        {
            ((NpgsqlParameter<long>)command.Parameters[0]).TypedValue = i;
            await command.ExecuteNonQueryAsync();
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>From the commit, all but, to the transaction that handles it.</summary>
    private static async Task<double> LatencyAsync(NpgsqlDataSource database, string share)
    {
        await using var command = database.CreateCommand($"""
            select percentile_cont({share}) within group (order by extract(epoch from created_at - occurred_at))::float8 * 1000
            from platform.webhook_deliveries
            """);
        return (double)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<double> DispatchedPerSecondAsync(NpgsqlDataSource database)
    {
        await ExecuteAsync(database, $"""
            insert into platform.webhook_endpoints (tenant_id, url, secret)
            select tenant_id, url || case n when 500 then 'hangs' else '' end, secret
            from platform.webhook_endpoints, generate_series(1, {Endpoints}) n
            """);
        var watch = Stopwatch.StartNew();
        await ExecuteAsync(database, $$"""
            insert into platform.webhook_deliveries
                (tenant_id, endpoint_id, event_id, event_type, aggregate_type, aggregate_id, occurred_at, data)
            select tenant_id, id, gen_random_uuid(), 'booking.updated', 'dispatch', n, now(), '{"padding": "{{new string('x', 400)}}"}'
            from platform.webhook_endpoints, generate_series(1, {{DeliveriesEach}}) n
            """);
        await UntilAsync(database, """
            select not exists (
                select from platform.webhook_deliveries d join platform.webhook_endpoints e on e.id = d.endpoint_id
                where d.status = 'pending' and e.url not like '%hangs')
            """);
        return Endpoints * DeliveriesEach / watch.Elapsed.TotalSeconds;
    }

    private static async Task UntilAsync(NpgsqlDataSource database, string condition)
    {
        var watch = Stopwatch.StartNew();
        await using var command = database.CreateCommand(condition);
        while (await command.ExecuteScalarAsync() is not true)
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(2)) throw new TimeoutException(condition);
            await Task.Delay(20);
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<WebApplication> StartReceiverAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = builder.Build();
        receiver.Run(context => context.Request.Path == "/hangs"
            ? Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default)
            : Task.CompletedTask);
        await receiver.StartAsync();
        return receiver;
    }
}
