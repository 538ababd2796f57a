using Platform.Contracts;
using Platform.Contracts.Billing;
using Platform.Contracts.Licensing;
using Platform.Contracts.Operations;
using Platform.Core.Storage;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>Figures of the whole platform for staff: weeks, months, seats by price, processes and migrations.</summary>
public sealed class StaffFiguresTests(PlatformFixture platform)
{
    [Fact]
    public async Task Trends_count_what_was_new_in_each_of_the_last_twelve_weeks()
    {
        var tenant = await platform.NewTenantAsync();
        var before = await FreshAsync<MetricsTrends>("/metrics/trends");
        await platform.ExecuteTenantAsync($"""
            insert into platform.booking_facts
                (tenant_id, booking_id, version, service_id, resource_ids, booked_at, start_at, end_at, status)
            select {tenant.Id}, n, 1, 1, '{"{}"}', day, day, day, 'confirmed'
            from unnest(array[timestamptz '2026-03-02 08:00Z', '2026-02-22 23:59Z', '2025-12-01Z']) with ordinality as b (day, n)
            """);
        await platform.ExecutePlatformAsync($"update tenants set created_at = '2026-02-16 00:00Z' where id = {tenant.Id}");

        var after = await FreshAsync<MetricsTrends>("/metrics/trends");

        Assert.Equal((12, new DateOnly(2025, 12, 15), new DateOnly(2026, 3, 2)), (after.Weeks.Count, after.Weeks[0].Monday, after.Weeks[^1].Monday));
        Assert.True(after.Weeks[^1].Bookings > before.Weeks[^1].Bookings);
        Assert.True(after.Weeks[^3].Bookings > before.Weeks[^3].Bookings);
        Assert.True(after.Weeks[^3].Tenants > before.Weeks[^3].Tenants);
        Assert.True(after.BookingsThisMonth > before.BookingsThisMonth);
    }

    [Fact]
    public async Task Months_have_totals_for_each_currency_and_how_many_tenants_are_closed()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);

        var months = await FreshAsync<List<BillingMonthResponse>>("/billing/months?months=2");

        Assert.Equal(["2026-03", "2026-02"], months.Select(month => month.Month));
        Assert.True(months[0].Totals.Single(total => total.Currency == "BRL").Amount >= 80);
        Assert.True(months[0] is { Closed: 0, IsClosed: false, Tenants: > 0 });
        Assert.Equal((400, Codes.ValidationFailed), await platform.StaffRefusedAsync("GET", "/billing/months?months=25"));
    }

    [Fact]
    public async Task Grants_are_found_by_type_and_currency_and_given_to_several_people_of_any_tenant()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: 2);
        var (one, two) = (await platform.MemberAsync(tenant), await platform.MemberAsync(tenant, "manager"));

        var granted = await platform.StaffAsync<List<BulkGrantItem>>(
            "POST", $"/tenants/{tenant.Id}/apps/tq/grants",
            $$"""{ "userIds": [{{one}}, {{two}}, {{tenant.UserId}}], "partial": true }""");
        var found = await platform.StaffAsync<List<GrantResponse>>("GET", $"/grants?tenantId={tenant.Id}&userType=manager&currency=BRL");

        Assert.Equal(["granted", "granted", "refused"], granted.Select(item => item.Outcome));
        Assert.Equal((two, 55m), (Assert.Single(found).UserId, found[0].Price));
        Assert.Empty(await platform.StaffAsync<List<GrantResponse>>("GET", $"/grants?tenantId={tenant.Id}&currency=USD"));
        Assert.Equal(
            (404, Codes.NotFound),
            await platform.StaffRefusedAsync("POST", "/tenants/999999999/apps/tq/grants", $$"""{ "userIds": [{{one}}] }"""));
    }

    [Fact]
    public async Task The_system_reports_processes_health_and_migrations()
    {
        var (tenant, customer) = (await platform.NewTenantAsync(), await platform.NewCustomerAsync());
        var behind = await platform.NewTenantAsync();
        await platform.ExecuteTenantAsync($"""
            delete from {behind.Schema}.migrations
            where "MigrationId" = (select max("MigrationId") from {behind.Schema}.migrations)
            """);

        var system = await platform.StaffAsync<SystemResponse>("GET", "/system");

        Assert.Contains(system.Processes, process => process.IsResponding && process.ProcessId == Environment.ProcessId);
        Assert.Equal("healthy", Assert.Single(system.Checks, check => check.Name == "postgres").Status);
        Assert.Equal(
            [(Databases.Platform, 0), (Databases.Tenant, 0)], system.Databases.Select(database => (database.Name, database.Pending)));
        Assert.All(system.Databases, database => Assert.Equal(database.Latest, database.Applied));
        Assert.Contains(system.Tenants, version => version is { Pending: 0, Tenants: > 0, Applied: not null });
        Assert.Contains(system.Tenants, version => version.Pending == 1 && version.Applied is not null);
        Assert.Contains(system.Tenants, version => version is { Pending: 0, Applied: null, Tenants: > 0 });
        Assert.True(tenant.Id != customer.Id);
    }

    private async Task<T> FreshAsync<T>(string path)
    {
        using var staff = platform.Staff();
        staff.DefaultRequestHeaders.CacheControl = new() { NoCache = true };
        using var response = await staff.GetAsync($"/internal/api/v1{path}");
        return await response.DataAsync<T>();
    }
}
