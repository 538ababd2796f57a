using System.Net.Http.Json;
using Platform.Contracts.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

/// <summary>The records that a grant writes, and its number of round trips.</summary>
public sealed class SeatRecordTests(PlatformFixture platform)
{
    [Fact]
    public async Task Seat_audit_row_and_event_are_written_together()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);

        var grant = await tenant.GrantedAsync(tenant.UserId);
        await tenant.RevokedAsync(tenant.UserId);

        Assert.Equal("license.created,grant.created,grant.revoked", await platform.PlatformValueAsync<string>(
            $"select string_agg(action, ',' order by sequence) from audit_log where tenant_id_fk = {tenant.Id}"));
        Assert.Equal($"grant.created {grant.Id} 1,grant.revoked {grant.Id} 2", await platform.PlatformValueAsync<string>($"""
            select string_agg(concat_ws(' ', event_type, aggregate_id, aggregate_version), ',' order by position)
            from platform.outbox_messages where tenant_id = {tenant.Id} and aggregate_type = 'grant'
            """));
        Assert.Equal($"user:{tenant.UserId}", await platform.PlatformValueAsync<string>(
            $"select actor from audit_log where tenant_id_fk = {tenant.Id} and action = 'grant.created'"));
        Assert.Empty(await platform.BrokenTrailsAsync(tenant.Id));
    }

    [Fact]
    public async Task Wrong_counters_are_repaired_and_reported()
    {
        var (tenant, right) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        var license = await platform.LicenseAsync(tenant);
        await platform.LicenseAsync(right);
        await tenant.GrantedAsync(tenant.UserId);
        await right.GrantedAsync(right.UserId);
        await platform.ExecutePlatformAsync($"update tenant_applications set seats_used = 4 where id = {license.Id}");

        var repaired = await platform.StaffAsync<List<ReconciledSeats>>("POST", "/reconcile/seats", $$"""{ "tenantId": {{tenant.Id}} }""");
        var again = await platform.StaffAsync<List<ReconciledSeats>>("POST", "/reconcile/seats", $$"""{ "tenantId": {{tenant.Id}} }""");

        Assert.Equal(new ReconciledSeats(tenant.Id, license.Id, "tq", 4, 1), Assert.Single(repaired));
        Assert.Empty(again);
        Assert.Equal((1, 1), await platform.SeatsAsync(tenant));
        Assert.Equal(1, await platform.PlatformValueAsync<long>(
            $"select count(*) from audit_log where tenant_id_fk = {tenant.Id} and action = 'license.seats_reconciled'"));
    }

    [Fact]
    public async Task A_grant_by_staff_is_two_round_trips()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        using var staff = platform.Staff();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/internal/api/v1/users/{tenant.UserId}/apps/grant")
        {
            Content = JsonContent.Create(new { tenantId = tenant.Id, application = "tq" }),
        };
        var trace = platform.Api.Statements.Watch(request);

        using var response = await staff.SendAsync(request);

        Assert.Equal(201, (int)response.StatusCode);
        Assert.Equal([4, 5], platform.Api.Statements.RoundTripsOf(trace).Select(trip => trip.Count));
    }

    [Fact]
    public async Task The_view_of_the_source_sums_seats_by_application_and_type()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        foreach (var member in await platform.MembersAsync(tenant, 2)) await tenant.GrantedAsync(member);
        await tenant.GrantedAsync(tenant.UserId);

        var seats = await platform.PlatformValueAsync<string>($"""
            select string_agg(concat_ws(' ', user_type_id_fk, seats_count, total_price, currency), ',' order by user_type_id_fk)
            from v_tenant_app_seats_by_type where tenant_id_fk = {tenant.Id}
            """);

        Assert.Equal("1 2 70.00 BRL,3 1 80.00 BRL", seats);
    }
}
