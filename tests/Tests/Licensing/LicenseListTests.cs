using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

/// <summary>The lists of all tenants for staff, and the members that name who created and changed an entity.</summary>
public sealed class LicenseListTests(PlatformFixture platform)
{
    [Fact]
    public async Task Licences_of_all_tenants_are_found_by_status_end_and_free_seats()
    {
        var application = await PricedAsync();
        var (one, two, three) = (
            await platform.NewCustomerAsync(), await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        var full = await platform.LicenseAsync(one, limit: 1, application: application);
        var ending = await platform.LicenseAsync(
            two, limit: null, application: application, more: """, "expiresAt": "2026-03-20T00:00:00Z" """);
        var trial = await platform.LicenseAsync(
            three, application: application, more: """, "trialEndsAt": "2026-03-10T00:00:00Z", "expiresAt": "2027-01-01T00:00:00Z" """);
        await one.GrantedAsync(one.UserId, application);
        await platform.StaffAsync<LicenseResponse>("POST", $"/tenants/{one.Id}/licenses/{full.Id}/suspend");

        Assert.Equal([full.Id, ending.Id, trial.Id], await FoundAsync(""));
        Assert.Equal([ending.Id], await FoundAsync("&status=active"));
        Assert.Equal([trial.Id], await FoundAsync("&status=trial"));
        Assert.Equal([full.Id], await FoundAsync("&status=suspended"));
        Assert.Empty(await FoundAsync("&status=expired"));
        Assert.Equal([ending.Id, trial.Id], await FoundAsync("&endsBefore=2026-04-01"));
        Assert.Equal([trial.Id], await FoundAsync("&endsBefore=2026-03-15T00:00:00Z"));
        Assert.Equal([full.Id], await FoundAsync("&full=true"));
        Assert.Equal([ending.Id, trial.Id], await FoundAsync("&full=false"));
        Assert.Equal([two.Id], (await platform.StaffAsync<List<TenantLicenseResponse>>(
            "GET", $"/licenses?tenantId={two.Id}")).Select(l => l.TenantId));
        Assert.Equal((400, Codes.ValidationFailed), await platform.StaffRefusedAsync("GET", "/licenses?status=soon"));

        await platform.ExecutePlatformAsync($"update tenant_applications set expires_at = '2026-03-02T09:00Z' where id = {ending.Id}");
        Assert.Equal([ending.Id], await FoundAsync("&status=expired"));
        Assert.Empty(await FoundAsync("&status=active"));

        async Task<List<long>> FoundAsync(string more) => [.. (await platform.StaffAsync<List<TenantLicenseResponse>>(
            "GET", $"/licenses?application={application}{more}")).Select(license => license.Id)];
    }

    [Fact]
    public async Task Grants_of_all_tenants_are_found_by_tenant_application_and_user()
    {
        var application = await PricedAsync();
        var (one, two) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        foreach (var tenant in (TestTenant[])[one, two])
        {
            await platform.LicenseAsync(tenant, application: application);
            await tenant.GrantedAsync(tenant.UserId, application);
        }

        await two.RevokedAsync(two.UserId, application);

        Assert.Equal([one.UserId], await FoundAsync(""));
        Assert.Equal([one.UserId, two.UserId], await FoundAsync("&active=all"));
        Assert.Equal([two.UserId], await FoundAsync($"&active=false&tenantId={two.Id}"));
        Assert.Empty(await FoundAsync($"&userId={two.UserId}"));

        async Task<List<long>> FoundAsync(string more) => [.. (await platform.StaffAsync<List<GrantResponse>>(
            "GET", $"/grants?application={application}{more}")).Select(grant => grant.UserId)];
    }

    [Fact]
    public async Task Seats_by_type_are_a_report_with_names()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        foreach (var member in await platform.MembersAsync(tenant, 2)) await tenant.GrantedAsync(member);
        await tenant.GrantedAsync(tenant.UserId);

        var own = await tenant.SentAsync<List<SeatsByTypeRow>>("GET", "/reports/seats");
        var ofStaff = await platform.StaffAsync<List<SeatsByTypeRow>>("GET", $"/reports/seats?tenantId={tenant.Id}&application=tq");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/reports/seats") { Headers = { { "Accept", "text/csv" } } };
        using var csv = await tenant.Client.SendAsync(request);

        Assert.Equal(
        [
            new SeatsByTypeRow(tenant.Id, tenant.Slug, $"Tenant {tenant.Id}", "tq", "Transcription Quote", "operations", "Operations", 2, new(70m, "BRL")),
            new SeatsByTypeRow(tenant.Id, tenant.Slug, $"Tenant {tenant.Id}", "tq", "Transcription Quote", "admin", "Admin", 1, new(80m, "BRL")),
        ], own);
        Assert.Equal(own, ofStaff);
        Assert.Contains($"Tenant {tenant.Id}", await csv.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crm")]
    [InlineData("automation")]
    public async Task An_application_in_the_catalogue_that_is_not_licensable_returns_409(string slug)
    {
        var tenant = await platform.UntouchedTenantAsync();

        var refused = await platform.StaffRefusedAsync(
            "POST", $"/tenants/{tenant.Id}/licenses", $$"""{ "application": "{{slug}}", "userLimit": 5 }""");
        var all = await platform.StaffAsync<List<ApplicationResponse>>("GET", "/applications?active=all&limit=200");

        Assert.Equal((409, Codes.ApplicationNotLicensable), refused);
        Assert.Equal((true, false), all.Single(a => a.Slug == slug) is var a ? (a.Active, a.Licensable) : default);
    }

    [Fact]
    public async Task Responses_name_the_user_who_created_and_changed_an_entity()
    {
        var tenant = await platform.NewCustomerAsync();
        var application = await platform.NewApplicationAsync();
        await platform.StaffAsync<ApplicationResponse>("PATCH", $"/applications/{application.Id}", """{ "name": "New" }""");
        var price = await platform.StaffAsync<PriceResponse>(
            "POST", $"/applications/{application.Id}/pricing", """{ "userType": "admin", "price": 1, "validFrom": "2026-01-01T00:00:00Z" }""");
        var license = await platform.LicenseAsync(tenant, application: application.Slug);
        var grant = await tenant.GrantedAsync(tenant.UserId, application.Slug);
        var role = await tenant.SentAsync<RoleResponse>("POST", "/roles", """{ "name": "Made", "permissions": [] }""");
        var changed = await tenant.SentAsync<RoleResponse>("PATCH", $"/roles/{role.Id}", """{ "name": "Changed" }""");
        var user = await platform.MemberAsync(tenant);
        var member = await tenant.SentAsync<UserResponse>("PATCH", $"/users/{user}", """{ "userType": "manager" }""");
        var read = await platform.StaffAsync<ApplicationResponse>("GET", $"/applications/{application.Id}");
        var grants = await tenant.SentAsync<List<GrantResponse>>("GET", $"/apps/{application.Slug}/grants");

        var me = $"user:{tenant.UserId}";
        Assert.Equal(("user:1", "user:1"), (read.CreatedBy, read.UpdatedBy));
        Assert.True(read.UpdatedAt >= read.CreatedAt && read.CreatedAt != default);
        Assert.Equal(("user:1", "user:1"), (price.CreatedBy, license.CreatedBy));
        Assert.Equal((me, me, grant.GrantedAt), (grant.CreatedBy, grant.UpdatedBy, grant.UpdatedAt));
        Assert.Equal([grant], grants);
        Assert.Equal((me, me), (changed.CreatedBy, changed.UpdatedBy));
        Assert.True(changed.UpdatedAt > changed.CreatedAt);
        Assert.Equal((null, me), (member.CreatedBy, member.UpdatedBy));
    }

    private async Task<string> PricedAsync()
    {
        var application = await platform.NewApplicationAsync();
        await platform.StaffAsync<PriceResponse>(
            "POST", $"/applications/{application.Id}/pricing", """{ "userType": "admin", "price": 1, "validFrom": "2026-01-01T00:00:00Z" }""");
        return application.Slug;
    }
}
