using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

public sealed class GrantTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_grant_takes_a_seat_and_keeps_the_price_of_its_day()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var member = await platform.MemberAsync(tenant, "manager");

        using var response = await tenant.GrantAsync(member);

        Assert.Equal(201, (int)response.StatusCode);
        var grant = await response.DataAsync<GrantResponse>();
        Assert.Equal((member, "tq", null, true), (grant.UserId, grant.Application, grant.Role, grant.Active));
        Assert.Equal((55m, "BRL", "manager", "monthly"), (grant.Price!.Value, grant.Currency, grant.UserType, grant.BillingCycle));
        Assert.Equal(PlatformFixture.Monday9am, grant.GrantedAt);
        Assert.Equal((1, 1), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task A_repeated_grant_returns_the_existing_one()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: 1);
        var first = await tenant.GrantedAsync(tenant.UserId);

        using var second = await tenant.GrantAsync(tenant.UserId);
        using var otherRole = await tenant.GrantAsync(tenant.UserId, json: """{ "role": "manager" }""");

        Assert.Equal(200, (int)second.StatusCode);
        Assert.Equal(first, await second.DataAsync<GrantResponse>());
        Assert.Equal((409, Codes.AlreadyExists), await otherRole.ProblemAsync());
        Assert.Equal((1, 1), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task The_reasons_that_refuse_a_grant_are_returned_in_order()
    {
        var tenant = await platform.NewCustomerAsync();
        var application = await platform.NewApplicationAsync();
        var member = await platform.MemberAsync(tenant);
        async Task<(int, string?)> TryAsync()
        {
            using var response = await tenant.GrantAsync(member, application.Slug);
            return await response.ProblemAsync();
        }

        var unlicensed = await TryAsync();
        await platform.LicenseAsync(tenant, limit: 0, application: application.Slug);
        await platform.ExecutePlatformAsync($"update memberships set active = false where user_id_fk = {member}");
        var inactive = await TryAsync();
        await platform.ExecutePlatformAsync($"update memberships set active = true where user_id_fk = {member}");
        var unpriced = await TryAsync();
        await platform.StaffAsync<PriceResponse>(
            "POST", $"/applications/{application.Id}/pricing",
            """{ "userType": "operations", "price": 0, "validFrom": "2026-03-02T09:00:00Z" }""");
        var full = await TryAsync();

        Assert.Equal((409, Codes.LicenseNotFound), unlicensed);
        Assert.Equal((409, Codes.UserInactive), inactive);
        Assert.Equal((422, Codes.PricingNotConfigured), unpriced);
        Assert.Equal((409, Codes.SeatLimitReached), full);
    }

    [Theory]
    [InlineData("nobody", "tq", "{}", 404, Codes.NotFound)]
    [InlineData("member", "none", "{}", 404, Codes.NotFound)]
    [InlineData("stranger", "tq", "{}", 404, Codes.NotFound)]
    [InlineData("member", "tq", """{ "role": "boss" }""", 422, Codes.UnknownUserType)]
    [InlineData("member", "tq", """{ "price": 0 }""", 400, Codes.ValidationFailed)]
    public async Task A_grant_with_unknown_or_invalid_values_is_refused(
        string who, string application, string json, int status, string code)
    {
        var (tenant, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        await platform.LicenseAsync(tenant);
        var user = who switch { "member" => tenant.UserId, "stranger" => other.UserId, _ => 999_999_999 };

        using var response = await tenant.GrantAsync(user, application, json);

        Assert.Equal((status, code), await response.ProblemAsync());
    }

    [Fact]
    public async Task Revoking_frees_the_seat_once_and_granting_again_is_a_new_row_at_todays_price()
    {
        var tenant = await platform.NewCustomerAsync();
        var application = await platform.NewApplicationAsync();
        await PriceAsync(application, 10, "2026-01-01T00:00:00Z");
        await platform.LicenseAsync(tenant, limit: 1, application: application.Slug);
        var first = await tenant.GrantedAsync(tenant.UserId, application.Slug, """{ "role": "manager" }""");
        var revoked = await tenant.RevokedAsync(tenant.UserId, application.Slug);
        var again = await tenant.RevokedAsync(tenant.UserId, application.Slug);
        var freed = await platform.SeatsAsync(tenant, application.Slug);
        await platform.ExecutePlatformAsync($"update application_pricing set price = 12 where application_id_fk = {application.Id}");

        var reactivated = await tenant.SentAsync<GrantResponse>("POST", $"/users/{tenant.UserId}/apps/{application.Slug}/reactivate");
        var history = await tenant.SentAsync<List<GrantResponse>>("GET", $"/users/{tenant.UserId}/apps?history=true");

        Assert.Equal((first.Id, false, PlatformFixture.Monday9am), (revoked.Id, revoked.Active, revoked.RevokedAt!.Value));
        Assert.Equal(revoked, again);
        Assert.Equal((0, 0), freed);
        Assert.Equal((12m, "manager"), (reactivated.Price!.Value, reactivated.Role));
        Assert.NotEqual(first.Id, reactivated.Id);
        Assert.Equal([revoked, reactivated], history);
        Assert.Equal((1, 1), await platform.SeatsAsync(tenant, application.Slug));
    }

    [Fact]
    public async Task Revoke_and_reactivate_without_a_grant_return_404()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);

        Assert.Equal((404, Codes.NotFound, null), await tenant.RefusedAsync("POST", $"/users/{tenant.UserId}/apps/tq/revoke"));
        Assert.Equal((404, Codes.NotFound, null), await tenant.RefusedAsync("POST", $"/users/{tenant.UserId}/apps/tq/reactivate"));
    }

    [Fact]
    public async Task A_change_of_type_does_not_change_what_was_granted()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var member = await platform.MemberAsync(tenant);
        await tenant.GrantedAsync(member);
        await platform.ExecutePlatformAsync($"update memberships set user_type_id_fk = 3 where user_id_fk = {member}");

        var kept = await tenant.GrantedAsync(member);
        await tenant.RevokedAsync(member);
        var renewed = await tenant.GrantedAsync(member);

        Assert.Equal((35m, "operations"), (kept.Price!.Value, kept.UserType));
        Assert.Equal((80m, "admin"), (renewed.Price!.Value, renewed.UserType));
    }

    [Fact]
    public async Task The_price_is_in_the_currency_of_the_tenant_if_the_application_has_one()
    {
        var tenant = await platform.NewCustomerAsync(); // in EUR
        var application = await platform.NewApplicationAsync();
        await PriceAsync(application, 50, "2026-01-01T00:00:00Z");
        await PriceAsync(application, 9, "2026-01-01T00:00:00Z", "EUR");
        await platform.LicenseAsync(tenant, application: application.Slug);

        var preview = await tenant.SentAsync<GrantPreviewResponse>("GET", $"/users/{tenant.UserId}/apps/{application.Slug}/preview");
        var grant = await tenant.GrantedAsync(tenant.UserId, application.Slug);

        Assert.Equal(
            new(tenant.UserId, application.Slug, "admin", 9, "EUR", "monthly", 5, HasGrant: false, Obstacle: null), preview);
        Assert.Equal((9m, "EUR"), (grant.Price!.Value, grant.Currency));
    }

    [Fact]
    public async Task A_role_in_the_application_is_changed_in_place()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var grant = await tenant.GrantedAsync(tenant.UserId);
        var path = $"/users/{tenant.UserId}/apps/tq";

        var changed = await tenant.SentAsync<GrantResponse>("PATCH", path, """{ "role": "manager" }""");
        var stale = await tenant.RefusedAsync("PATCH", path, """{ "role": null }""", grant.Version);
        var unknown = await tenant.RefusedAsync("PATCH", path, """{ "role": "boss" }""");

        Assert.Equal((grant.Id, "manager", grant.Version + 1), (changed.Id, changed.Role, changed.Version));
        Assert.Equal((412, Codes.VersionMismatch, null), stale);
        Assert.Equal((422, Codes.UnknownUserType, "role"), unknown);
    }

    [Fact]
    public async Task Only_tenant_admins_grant_seats()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var manager = await platform.MemberAsync(tenant, "manager");
        using var client = platform.ClientOf(tenant, manager);

        using var response = await client.PostAsJsonAsync($"/api/v1/users/{manager}/apps/tq/grant", new { });

        Assert.Equal((403, Codes.Forbidden), await response.ProblemAsync());
        Assert.Equal((0, 0), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task Staff_grant_and_revoke_in_any_tenant()
    {
        var (tenant, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        await platform.LicenseAsync(tenant);
        var path = $"/users/{tenant.UserId}/apps";
        string Body(long tenantId) => $$"""{ "tenantId": {{tenantId}}, "application": "tq" }""";

        using var granted = await platform.StaffAsync("POST", $"{path}/grant", Body(tenant.Id));
        var revoked = await platform.StaffAsync<GrantResponse>("POST", $"{path}/revoke", Body(tenant.Id));
        var reactivated = await platform.StaffAsync<GrantResponse>("POST", $"{path}/reactivate", Body(tenant.Id));
        var list = await platform.StaffAsync<List<GrantResponse>>("GET", $"{path}?tenantId={tenant.Id}");

        Assert.Equal(201, (int)granted.StatusCode);
        Assert.False(revoked.Active);
        Assert.Equal(reactivated, Assert.Single(list));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("POST", $"{path}/grant", Body(other.Id)));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("POST", $"{path}/grant", Body(999_999_999)));
    }

    [Fact]
    public async Task The_grants_of_an_application_come_in_pages()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: null);
        foreach (var member in await platform.MembersAsync(tenant, 3)) await tenant.GrantedAsync(member);

        using var first = await tenant.SendAsync("GET", "/apps/tq/grants?limit=2");
        var next = (await first.DocumentAsync()).GetProperty("meta").GetProperty("page").GetProperty("next").GetString();
        var second = await tenant.SentAsync<List<GrantResponse>>("GET", $"/apps/tq/grants?limit=2&cursor={next}");

        Assert.Equal(2, (await first.DataAsync<List<GrantResponse>>()).Count);
        Assert.Single(second);
    }

    [Fact]
    public async Task A_page_of_grants_and_its_total_take_one_round_trip()
    {
        var (tenant, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        foreach (var owner in (TestTenant[])[tenant, other])
        {
            await platform.LicenseAsync(owner, limit: null);
            foreach (var member in await platform.MembersAsync(owner, 3)) await owner.GrantedAsync(member);
        }

        await tenant.RevokedAsync((await tenant.SentAsync<List<GrantResponse>>("GET", "/apps/tq/grants"))[0].UserId);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/apps/tq/grants?page=2&size=1");
        var trace = platform.Api.Statements.Watch(request);

        using var second = await tenant.Client.SendAsync(request);
        using var all = await tenant.SendAsync("GET", "/apps/tq/grants?history=true&page=1");

        Assert.Equal((1, 2), await CountsAsync(second));
        Assert.Equal((3, 3), await CountsAsync(all));
        var trip = Assert.Single(platform.Api.Statements.RoundTripsOf(trace), t => t.Any(sql => sql.Contains("count(*)")));
        Assert.Contains(trip, sql => sql.Contains("order by g.id"));

        static async Task<(int Rows, long? Total)> CountsAsync(HttpResponseMessage response)
        {
            var answer = await response.Content.ReadFromJsonAsync<Envelope<List<GrantResponse>>>(PlatformJson.Options);
            return (answer!.Data.Count, answer.Meta.Page!.Total);
        }
    }

    private async Task PriceAsync(ApplicationResponse application, int price, string from, string currency = "BRL") =>
        await platform.StaffAsync<PriceResponse>(
            "POST", $"/applications/{application.Id}/pricing",
            $$"""{ "userType": "admin", "price": {{price}}, "currency": "{{currency}}", "validFrom": "{{from}}" }""");
}
