using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Contracts.Webhooks;
using Platform.Core.Webhooks;
using Platform.ServiceDefaults.KeyRing;
using Platform.Tests.People;
using Platform.Tests.Support;

namespace Platform.Tests.Webhooks;

public sealed class WebhookApiTests(PlatformFixture platform)
{
    private const string Body = """{ "url": "https://hooks.example/a", "eventTypes": ["booking.*", "client.erased"] }""";

    [Fact]
    public async Task A_secret_is_shown_when_it_is_made_and_never_again()
    {
        var tenant = await platform.NewTenantAsync();

        var made = await tenant.SentAsync<WebhookResponse>("POST", "/webhooks", Body);
        var read = await tenant.SentAsync<WebhookResponse>("GET", $"/webhooks/{made.Id}");
        var rotated = await tenant.SentAsync<WebhookResponse>("POST", $"/webhooks/{made.Id}/rotate-secret");

        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", made.Secret);
        Assert.NotEqual(made.Secret, rotated.Secret);
        Assert.Equal(made with { Secret = null }, read with { EventTypes = made.EventTypes });
        Assert.Equal(PlatformFixture.Monday9am.AddHours(24), rotated.PreviousSecretEndsAt);
        var stored = await tenant.ValueAsync($"select previous_secret from platform.webhook_endpoints where id = {made.Id}");
        var secrets = platform.Api.Services.GetRequiredService<TenantSecrets>();
        Assert.DoesNotContain("whsec_", (string)stored!, StringComparison.Ordinal);
        Assert.Equal(made.Secret, secrets.Unprotect(WebhookEndpoint.SecretPurpose, tenant.Id, (string)stored!));
        Assert.Null(secrets.Unprotect(WebhookEndpoint.SecretPurpose, tenant.Id + 1, (string)stored!));
        Assert.Equal(0L, await tenant.ValueAsync("select count(*) from platform.audit_outbox where after::text like '%whsec%'"));
    }

    [Fact]
    public async Task A_repeated_request_is_answered_without_the_secret()
    {
        var tenant = await platform.NewTenantAsync();

        using var first = await tenant.SendAsync("POST", "/webhooks", Body, key: "once");
        using var second = await tenant.SendAsync("POST", "/webhooks", Body, key: "once");

        var (made, repeated) = (await first.DataAsync<WebhookResponse>(), await second.DataAsync<WebhookResponse>());
        Assert.Equal((made.Id, null), (repeated.Id, repeated.Secret));
        Assert.Equal(0L, await tenant.ValueAsync($"select count(*) from idempotency_keys where body like '%{made.Secret}%'"));
    }

    [Fact]
    public async Task A_webhook_is_changed_as_its_version_was_read_and_disabled_with_all_that_waits()
    {
        var tenant = await platform.NewTenantAsync();
        var made = await tenant.SentAsync<WebhookResponse>("POST", "/webhooks", Body);
        var test = await tenant.SentAsync<WebhookDeliveryResponse>("POST", $"/webhooks/{made.Id}/test");

        using var changed = await tenant.SendAsync("PATCH", $"/webhooks/{made.Id}", """{ "enabled": false }""", made.Version);
        var disabled = await changed.DataAsync<WebhookResponse>();

        Assert.Equal((false, "manual", made.Version + 1), (disabled.Enabled, disabled.DisabledReason, disabled.Version));
        Assert.Equal(
            (412, Codes.VersionMismatch, (string?)null),
            await tenant.RefusedAsync("PATCH", $"/webhooks/{made.Id}", """{ "enabled": true }""", made.Version));
        Assert.Equal("failed", (await tenant.SentAsync<WebhookDeliveryResponse>("GET", $"/webhooks/deliveries/{test.Id}")).Status);
        foreach (var path in (string[])[$"{made.Id}/test", $"deliveries/{test.Id}/resend"])
        {
            Assert.Equal((409, Codes.WebhookDisabled, (string?)null), await tenant.RefusedAsync("POST", $"/webhooks/{path}"));
        }

        await tenant.SentAsync<WebhookResponse>("PATCH", $"/webhooks/{made.Id}", """{ "enabled": true }""");
        var again = await tenant.SentAsync<WebhookDeliveryResponse>("POST", $"/webhooks/deliveries/{test.Id}/resend");
        Assert.Equal(("pending", test.EventId), (again.Status, again.EventId));
        using var deleted = await tenant.SendAsync("DELETE", $"/webhooks/{made.Id}");
        Assert.Equal(404, (await tenant.RefusedAsync("GET", $"/webhooks/deliveries/{test.Id}")).Status);
    }

    [Theory]
    [InlineData("""{ "url": "https://127.0.0.1/" }""", 422, Codes.UrlNotAllowed, "url")]
    [InlineData("""{ "url": "https://hooks.example/", "eventTypes": ["booking.*", "booking.eaten"] }""", 422, Codes.UnknownEventType, "eventTypes[1]")]
    [InlineData("""{ "url": "https://hooks.example/", "eventTypes": ["*"] }""", 422, Codes.UnknownEventType, "eventTypes[0]")]
    [InlineData("""{ "url": "https://hooks.example/", "secret": "whsec_mine" }""", 400, Codes.ValidationFailed, "secret")]
    [InlineData("""{ "eventTypes": [] }""", 400, Codes.ValidationFailed, "url")]
    public async Task An_invalid_webhook_is_refused(string body, int status, string code, string field) =>
        Assert.Equal((status, code, field), await (await platform.UntouchedTenantAsync()).RefusedAsync("POST", "/webhooks", body));

    [Fact]
    public async Task Recovery_redelivers_past_events_once_from_both_databases()
    {
        var tenant = await platform.NewTenantAsync();
        var made = await tenant.SentAsync<WebhookResponse>("POST", "/webhooks", """{ "url": "https://hooks.example/" }""");
        const string logged = """
            insert into platform.event_log (position, event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id,
                aggregate_version, occurred_at, actor, data, stream, entry_id, published_at)
            select {2} + n, gen_random_uuid(), '{0}', 1, {1}, 'thing', 1, n, timestamptz '2026-03-01T12:00Z' + n * interval '1 minute',
                'system', '{{"n": 1}}', 's', 'e', now() from generate_series(1, 3) n
            """;
        await platform.ExecuteTenantAsync(string.Format(null, logged, "booking.created", tenant.Id, tenant.Id * 100));
        await platform.ExecuteTenantAsync(string.Format(null, logged, "nobody.knows", tenant.Id, tenant.Id * 100 + 10));
        await platform.ExecutePlatformAsync(string.Format(null, logged, "grant.created", tenant.Id, tenant.Id * 100));

        const string since = """{ "since": "2026-03-01T12:02:00Z" }""";
        var first = await tenant.SentAsync<RecoverWebhookResponse>("POST", $"/webhooks/{made.Id}/recover", since);
        await platform.ExecuteTenantAsync($"update platform.webhook_deliveries set status = 'failed' where endpoint_id = {made.Id}");
        var second = await tenant.SentAsync<RecoverWebhookResponse>("POST", $"/webhooks/{made.Id}/recover", since);

        Assert.Equal((4, 4), (first.Queued, second.Queued));
        var deliveries = await tenant.SentAsync<List<WebhookDeliveryResponse>>("GET", $"/webhooks/{made.Id}/deliveries?status=pending");
        Assert.Equal(4, deliveries.Count);
        Assert.Equal("""{"n":1}""", JsonSerializer.Serialize(deliveries[0].Body.GetProperty("data")));
        Assert.Equal(
            (422, Codes.InvalidRange, "since"),
            await tenant.RefusedAsync("POST", $"/webhooks/{made.Id}/recover", """{ "since": "2026-01-01T12:00:00Z" }"""));
    }

    [Fact]
    public async Task Webhooks_require_the_permission_to_manage_them()
    {
        var tenant = await platform.NewTenantAsync();
        var (_, manager) = await platform.PersonAsync(tenant, UserTypes.Manager);

        using var response = await manager.GetAsync("/api/v1/webhooks");

        Assert.Equal((403, Codes.Forbidden), await response.ProblemAsync());
    }
}
