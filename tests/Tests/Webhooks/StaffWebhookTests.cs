using Platform.Contracts;
using Platform.Contracts.Webhooks;
using Platform.Tests.Licensing;
using Platform.Tests.Support;
using Platform.Tests.Tenants;

namespace Platform.Tests.Webhooks;

/// <summary>Webhooks of all tenants, as staff see them.</summary>
public sealed class StaffWebhookTests(PlatformFixture platform)
{
    [Fact]
    public async Task Staff_find_failing_webhooks_and_failed_deliveries_and_send_one_again()
    {
        var (tenant, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        await platform.ExecuteTenantAsync($"""
            update platform.webhook_endpoints set failing_since = now() where id = {tenant.WebhookId};
            update platform.webhook_deliveries set status = 'failed', attempts = 10 where id = {tenant.WebhookId};
            insert into platform.webhook_attempts (delivery_id, attempted_at, url, status_code, latency_milliseconds)
            values ({tenant.WebhookId}, now(), 'https://hooks.invalid/', 500, 12);
            update platform.webhook_endpoints set enabled = false, disabled_reason = 'gone' where id = {other.WebhookId};
            """);

        var failing = Assert.Single(await ListAsync<StaffWebhookResponse>($"webhooks?tenantId={tenant.Id}&state=failing"));
        Assert.Equal(($"Tenant {tenant.Id}", 0, 1), (failing.TenantName, failing.Pending, failing.Failed));
        Assert.Empty(await ListAsync<StaffWebhookResponse>($"webhooks?tenantId={other.Id}&state=enabled"));
        Assert.Single(await ListAsync<StaffWebhookResponse>($"webhooks?tenantId={other.Id}&state=disabled"));

        var failed = Assert.Single(await ListAsync<StaffDeliveryResponse>($"webhooks/deliveries?tenantId={tenant.Id}&status=failed"));
        Assert.Equal((500, null), (Assert.Single(failed.Attempts).StatusCode, failed.Body?.ToString()));
        var detail = await platform.StaffAsync<StaffDeliveryResponse>("GET", $"/webhooks/deliveries/{failed.Id}");
        Assert.Equal("webhook.test", detail.Body!.Value.GetProperty("type").GetString());

        var queued = await platform.StaffAsync<StaffDeliveryResponse>("POST", $"/webhooks/deliveries/{failed.Id}/resend");
        Assert.Equal(WebhookDeliveryStatuses.Pending, queued.Status);
        Assert.Equal(1, await platform.TenantValueAsync<long>(
            $"select count(*) from platform.audit_outbox where tenant_id = {tenant.Id} and action = 'webhook.resent'"));
        Assert.Equal(
            (409, Codes.WebhookDisabled), await platform.StaffRefusedAsync("POST", $"/webhooks/deliveries/{other.WebhookId}/resend"));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("GET", "/webhooks/deliveries/999999999"));
    }

    private Task<List<T>> ListAsync<T>(string path) => platform.StaffAsync<List<T>>("GET", $"/{path}");
}
