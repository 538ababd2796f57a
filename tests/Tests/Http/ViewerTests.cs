using System.Text;
using System.Text.RegularExpressions;
using Platform.Contracts;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>Staff with a read-only platform role: they read what staff read, and cannot write on any route.</summary>
public sealed partial class ViewerTests(PlatformFixture platform)
{
    [Fact]
    public async Task Every_route_that_writes_refuses_a_viewer_and_changes_nothing()
    {
        var tenant = await platform.NewTenantAsync();
        using var viewer = ViewerOf(tenant);
        var routes = platform.Endpoints()
            .SelectMany(e => e.Methods, (e, method) => (Path: WithNumbers(e.Path, tenant), Method: method))
            .Where(route => route.Method is not ("GET" or "HEAD"))
            .Distinct().ToList();
        Assert.True(routes.Count > 100);
        var before = await RowsAsync(tenant);

        foreach (var (path, method) in routes)
        {
            using var request = new HttpRequestMessage(new(method), path)
            {
                Content = new StringContent("{}", Encoding.UTF8, path.StartsWith("/scim", StringComparison.Ordinal) ? "application/scim+json" : "application/json"),
            };
            using var response = await viewer.SendAsync(request);

            Assert.True((int)response.StatusCode == 403, $"{method} {path}: {(int)response.StatusCode}");
            Assert.Contains(Codes.Forbidden, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(before, await RowsAsync(tenant));
    }

    [Theory]
    [InlineData("/internal/api/v1/tenants")]
    [InlineData("/internal/api/v1/applications/1/pricing")]
    [InlineData("/internal/api/v1/users")]
    [InlineData("/internal/api/v1/audit/changes")]
    [InlineData("/internal/api/v1/billing/summary?month=2026-02")]
    [InlineData("/api/v1/users")]
    [InlineData("/api/v1/bookings")]
    [InlineData("/api/v1/entitlements")]
    public async Task A_viewer_reads_what_staff_read(string path)
    {
        var tenant = await platform.UntouchedTenantAsync();
        using var viewer = ViewerOf(tenant);

        using var response = await viewer.GetAsync(path);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_viewer_who_is_a_member_of_a_tenant_cannot_write_there()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        using var viewer = platform.Client(TestTokens.OfViewer(tenant.UserId, tenant.Id));
        viewer.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");

        using var response = await viewer.PostAsync($"/api/v1/users/{tenant.UserId}/apps/tq/grant", null);

        Assert.Equal((403, Codes.Forbidden), await response.ProblemAsync());
        Assert.Equal((0, 0), await platform.SeatsAsync(tenant));
    }

    private HttpClient ViewerOf(TestTenant tenant)
    {
        var viewer = platform.Client(TestTokens.OfViewer(2));
        viewer.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        return viewer;
    }

    /// <summary>
    /// All rows of the tenant in platformdb, and what is in the audit of the platform by this person.
    /// </summary>
    private Task<string> RowsAsync(TestTenant tenant) => platform.PlatformValueAsync<string>($"""
        select concat_ws(' ',
            (select count(*) from audit_log
                where (tenant_id_fk = {tenant.Id} or actor = 'user:2') and action <> 'request.refused'),
            (select count(*) from memberships where tenant_id_fk = {tenant.Id}),
            (select count(*) from tenant_applications where tenant_id_fk = {tenant.Id}),
            (select version from tenants where id = {tenant.Id}),
            (select count(*) from platform.idempotency_keys where caller like '%user:2'))
        """);

    private static string WithNumbers(string path, TestTenant tenant) => Parameter().Replace(
        path.Replace("{slug}", tenant.Slug, StringComparison.Ordinal).Replace("{id:guid}", $"{Guid.Empty}", StringComparison.Ordinal),
        match => match.Groups[1].Value is "tenantId:long" ? $"{tenant.Id}" : "1");

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Parameter();
}
