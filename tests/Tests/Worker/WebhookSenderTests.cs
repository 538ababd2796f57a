using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Platform.Core.Webhooks;
using Platform.Tests.Support;
using Platform.Worker;
using Platform.Worker.Webhooks;

namespace Platform.Tests.Worker;

public sealed class WebhookSenderTests
{
    private static readonly string OldSecret = WebhookMessage.NewSecret(), NewSecret = WebhookMessage.NewSecret();

    [Fact]
    public async Task Events_reach_subscribed_webhooks_once_and_the_official_library_verifies_them()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await EndpointAsync(world, receiver, 1, "/all");
        await EndpointAsync(world, receiver, 2, "/bookings", "{booking.*}");
        await EndpointAsync(world, receiver, 3, "/other-tenant", tenant: 8);
        await EndpointAsync(world, receiver, 4, "/disabled");
        await EndpointAsync(world, receiver, 5, "/others", "{client.erased}");
        var oldSecret = world.Protect(WebhookEndpoint.SecretPurpose, 7, OldSecret);
        await world.ExecuteAsync($"""
            update platform.webhook_endpoints set enabled = false where id = 4;
            update platform.webhook_endpoints set previous_secret = '{oldSecret}', previous_secret_ends_at = now() + interval '1 hour'
            where id = 1;
            update platform.webhook_endpoints set previous_secret = '{oldSecret}', previous_secret_ends_at = now() where id = 2
            """);
        var e = world.Envelope(1, type: "booking.created", data: new { booking = new { clientName = "Ação" } });

        await StartAsync(world);
        await world.PublishAsync(e, partition: 0);
        await world.PublishAsync(e, partition: 3); // again
        await world.PublishAsync(world.Envelope(2, type: "client.merged"), partition: 1);

        await Eventually.EqualAsync(3L, () => world.CountAsync("platform.webhook_deliveries where status = 'delivered'"));
        Assert.Equal(["/all", "/all", "/bookings"], receiver.Received.Select(r => r.Path).Order());
        var booking = receiver.At("/bookings").Single();
        Assert.Equal(e.EventId.ToString(), booking.Headers["webhook-id"]);
        Assert.Equal(
            """{"type":"booking.created","timestamp":"2026-11-22T10:00:00.000000Z","data":{"booking": {"clientName": "Ação"}}}""",
            booking.Body);
        Assert.Single(booking.Headers["webhook-signature"].Split(' ')); // the old secret has ended
        Assert.All(receiver.At("/all"), r => Assert.Equal(2, r.Headers["webhook-signature"].Split(' ').Length));
        Assert.False(booking.Headers.ContainsKey("traceparent"));
        await VerifyAsync(
        [
            .. receiver.Received.Select(r => (NewSecret, r)), .. receiver.At("/all").Select(r => (OldSecret, r)),
        ]);
    }

    [Fact]
    public async Task Every_outcome_of_a_receiver_is_recorded_and_leads_to_its_status()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        string[] paths = ["/hangs", "/500", "/410", "/429", "/redirects", "/breaks-off", "/endless", "/hangs-within"];
        for (var i = 0; i < paths.Length; i++) await EndpointAsync(world, receiver, i + 1, paths[i]);
        await world.ExecuteAsync("update platform.webhook_endpoints set failing_since = now() - interval '121 hours' where id = 2");
        receiver.Answer = MisbehaveAsync;
        foreach (var aggregate in (long[])[1, 1, 2]) await DeliveriesAsync(world, aggregate);

        await StartAsync(world);

        await Eventually.EqualAsync(8L, () => world.CountAsync("(select distinct delivery_id % 10 from platform.webhook_attempts) x"));
        await Eventually.EqualAsync(3L, () => world.CountAsync("platform.webhook_deliveries where status = 'delivered'"));
        Assert.Equal(
            [
                "/410 failed 410 gone", "/429 pending 429", "/500 failed 500 failing",
                "/breaks-off pending error", "/endless delivered 200", "/hangs pending error",
                "/hangs-within pending error", "/redirects pending 302",
            ],
            await OutcomesAsync(world));
        Assert.Empty(receiver.At("/elsewhere"));
        Assert.InRange(receiver.At("/410").Count(), 1, 2);
        Assert.Equal(3, await world.CountAsync("platform.webhook_deliveries where endpoint_id = 3 and status = 'failed'"));
        Assert.Equal(1, await world.CountAsync("""
            platform.webhook_endpoints where url like '%/429' and paused_until between now() + interval '110 s' and now() + interval '120 s'
            """));
        Assert.Equal(2, await world.CountAsync("platform.audit_outbox where action = 'webhook.disabled' and actor = 'system'"));
        Assert.Equal(2, await world.CountAsync("platform.outbox_messages where event_type = 'webhook.disabled' and aggregate_version = 2"));
        Assert.Equal(3, await world.CountAsync("platform.webhook_attempts where length(response_body) = 4096"));
        Assert.Equal(1, await world.CountAsync("""
            platform.webhook_deliveries d where endpoint_id = 5 and aggregate_id = 2
                and next_attempt_at between now() + interval '1 s' and now() + interval '6 s'
            """));
    }

    [Fact]
    public async Task Order_holds_within_an_aggregate_and_a_hanging_receiver_does_not_block_others()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await EndpointAsync(world, receiver, 1, "/hangs");
        await EndpointAsync(world, receiver, 2, "/works");
        var fails = true;
        receiver.Answer = (context, received) =>
        {
            if (received.Path == "/hangs") return Task.Delay(Timeout.Infinite, context.RequestAborted);
            if (fails && received.Body.Contains("\"aggregate\": 1}", StringComparison.Ordinal)) context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        for (var version = 1; version <= 10; version++)
        {
            for (long aggregate = 1; aggregate <= 5; aggregate++) await DeliveriesAsync(world, aggregate, version);
        }

        await StartAsync(world);
        await StartAsync(world); // side by side

        await Eventually.EqualAsync(40L, () => world.CountAsync("platform.webhook_deliveries where endpoint_id = 2 and status = 'delivered'"));
        Assert.Single(receiver.At("/works"), r => r.Body.Contains("\"aggregate\": 1}", StringComparison.Ordinal));
        fails = false;
        await world.ExecuteAsync("update platform.webhook_deliveries set next_attempt_at = now() where endpoint_id = 2");
        await Eventually.EqualAsync(50L, () => world.CountAsync("platform.webhook_deliveries where endpoint_id = 2 and status = 'delivered'"));

        var works = receiver.At("/works").Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("data"))
            .GroupBy(data => data.GetProperty("aggregate").GetInt64(), data => data.GetProperty("version").GetInt32());
        Assert.All(works, versions => Assert.Equal(Enumerable.Range(1, 10), versions.Distinct()));
        Assert.InRange(receiver.At("/hangs").Count(), 1, 20); // of 50 that are due, few at once
    }

    private static Task<IHost> StartAsync(WorkerWorld world) => world.StartAsync(
        builder => builder.AddConsumer<QueueWebhooks>().AddWebhooks(),
        ("Outbound:PrivateNetworks:0", "127.0.0.0/8"), ("Webhooks:Timeout", "00:00:00.500"));

    private static async Task MisbehaveAsync(HttpContext context, ReceivedWebhook received)
    {
        switch (received.Path)
        {
            case "/hangs":
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case "/429":
                context.Response.Headers.RetryAfter = "120";
                context.Response.StatusCode = 429;
                break;
            case "/redirects":
                context.Response.Redirect("/elsewhere");
                break;
            case "/breaks-off":
                context.Response.ContentLength = 1000;
                await context.Response.WriteAsync("the beginning");
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
            case "/endless":
                while (!context.RequestAborted.IsCancellationRequested) await context.Response.WriteAsync(new string('x', 10_000));
                break;
            case "/hangs-within":
                await context.Response.WriteAsync("the beginning");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            default:
                context.Response.StatusCode = int.Parse(received.Path[1..], System.Globalization.CultureInfo.InvariantCulture);
                break;
        }
    }

    private static Task EndpointAsync(
        WorkerWorld world, WebhookReceiver receiver, long id, string path, string types = "{}", long tenant = 7) =>
        world.ExecuteAsync($"""
            insert into platform.webhook_endpoints (id, tenant_id, url, event_types, secret)
            values ({id}, {tenant}, '{receiver.Url}{path}', '{types}', '{world.Protect(WebhookEndpoint.SecretPurpose, tenant, NewSecret)}')
            """);

    /// <summary>The same event for every endpoint; the id of a delivery ends with that of its endpoint.</summary>
    private static Task DeliveriesAsync(WorkerWorld world, long aggregate, int version = 1) => world.ExecuteAsync($$"""
        insert into platform.webhook_deliveries
            (id, tenant_id, endpoint_id, event_id, event_type, aggregate_type, aggregate_id, occurred_at, data)
        select (select coalesce(max(id) / 10, 0) * 10 + 10 from platform.webhook_deliveries) + id, tenant_id, id, gen_random_uuid(),
            'booking.updated', 'booking', {{aggregate}}, now(), '{"aggregate": {{aggregate}}, "version": {{version}}}'
        from platform.webhook_endpoints
        """);

    /// <summary>Of the first delivery to each endpoint.</summary>
    private static async Task<List<string>> OutcomesAsync(WorkerWorld world)
    {
        await using var command = world.Sql.CreateCommand("""
            select distinct on (e.id) concat_ws(' ', substring(e.url from '/[^/]*$'), d.status,
                case when a.error is null then a.status_code::text else 'error' end, e.disabled_reason)
            from platform.webhook_endpoints e join platform.webhook_deliveries d on d.endpoint_id = e.id
            join platform.webhook_attempts a on a.delivery_id = d.id order by e.id, d.id, a.id
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var outcomes = new List<string>();
        while (await reader.ReadAsync()) outcomes.Add(reader.GetString(0));
        return [.. outcomes.Order(StringComparer.Ordinal)];
    }

    /// <summary>With <c>standardwebhooks</c> from npm.</summary>
    private static async Task VerifyAsync(IEnumerable<(string Secret, ReceivedWebhook Received)> messages)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(
            messages.Select(m => new { secret = m.Secret, headers = m.Received.Headers, body = m.Received.Body })));
        using var node = Process.Start(new ProcessStartInfo("node", ["verify.mjs", file])
        {
            WorkingDirectory = Repository.PathOf("tests/Tests/Webhooks/receiver"),
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var errors = await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        File.Delete(file);
        Assert.True(node.ExitCode == 0, errors);
    }
}
