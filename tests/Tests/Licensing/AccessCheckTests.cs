using System.Globalization;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

public sealed class AccessCheckTests(PlatformFixture platform)
{
    [Fact]
    public async Task The_first_layer_that_denies_access_decides()
    {
        var tenant = await platform.NewCustomerAsync();
        var member = await platform.MemberAsync(tenant);
        async Task<string> AskAsync(string application = "tq", string more = "")
        {
            var answer = await tenant.CheckAsync(member, application, more);
            return answer.Allowed ? "yes" : $"{answer.Layer} {answer.Reason}";
        }

        var unknown = await AskAsync("none");
        var unlicensed = await AskAsync();
        var license = await platform.LicenseAsync(tenant, limit: 1);
        var ungranted = await AskAsync();
        await tenant.GrantedAsync(member);
        var granted = await AskAsync();
        var tooLow = await AskAsync(more: """, "minRole": "manager" """);
        await tenant.SentAsync<GrantResponse>("PATCH", $"/users/{member}/apps/tq", """{ "role": "manager" }""");
        var highEnough = await AskAsync(more: """, "minRole": "manager" """);
        await platform.StaffAsync<LicenseResponse>("POST", $"/tenants/{tenant.Id}/licenses/{license.Id}/suspend");
        var suspended = await AskAsync();
        await platform.StaffAsync<LicenseResponse>("POST", $"/tenants/{tenant.Id}/licenses/{license.Id}/cancel");
        var cancelled = await AskAsync();

        Assert.Equal(
            [
                "1 APPLICATION_INACTIVE", "1 LICENSE_NOT_FOUND", "3 NO_ACCESS", "yes", "4 ROLE_TOO_LOW", "yes",
                "1 LICENSE_SUSPENDED", "1 LICENSE_CANCELLED",
            ],
            [unknown, unlicensed, ungranted, granted, tooLow, highEnough, suspended, cancelled]);
    }

    [Fact]
    public async Task A_license_with_more_used_seats_than_its_limit_denies_access()
    {
        var tenant = await platform.NewCustomerAsync();
        var license = await platform.LicenseAsync(tenant, limit: 2);
        await tenant.GrantedAsync(tenant.UserId);
        await platform.ExecutePlatformAsync($"update tenant_applications set seats_used = 3 where id = {license.Id}");

        var answer = await tenant.CheckAsync(tenant.UserId);

        Assert.Equal((false, 2, Codes.OverSeatLimit), (answer.Allowed, answer.Layer, answer.Reason));
    }

    [Fact]
    public async Task An_inactive_tenant_and_an_inactive_user_deny_access()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var member = await platform.MemberAsync(tenant);
        await tenant.GrantedAsync(member);
        using var client = platform.ClientOf(tenant, member);
        await platform.ExecutePlatformAsync($"update users set active = false where id = {member}");

        var inactiveUser = await tenant.CheckAsync(member);
        using var door = await client.GetAsync("/internal/api/v1/tq/dashboard");
        await platform.ExecutePlatformAsync($"update tenants set status = 'inactive' where id = {tenant.Id}");
        var inactiveTenant = await tenant.SentAsync<AccessCheckResponse>("POST", "/access/check", """{ "application": "tq" }""");

        Assert.Equal((3, Codes.UserInactive), (inactiveUser.Layer, inactiveUser.Reason));
        Assert.Equal((403, Codes.UserInactive), await door.ProblemAsync());
        Assert.Equal((1, Codes.TenantInactive), (inactiveTenant.Layer, inactiveTenant.Reason));
    }

    [Fact]
    public async Task Only_tenant_admins_may_check_the_access_of_others()
    {
        var (tenant, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        var member = await platform.MemberAsync(tenant);
        using var client = platform.ClientOf(tenant, member);
        static StringContent Body(long user) =>
            new($$"""{ "application": "tq", "userId": {{user}} }""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));

        using var aboutOther = await client.PostAsync("/api/v1/access/check", Body(tenant.UserId));
        using var aboutSelf = await client.PostAsync("/api/v1/access/check", Body(member));
        var foreign = await tenant.RefusedAsync("POST", "/access/check", $$"""{ "application": "tq", "userId": {{other.UserId}} }""");
        var noRole = await tenant.RefusedAsync("POST", "/access/check", """{ "application": "tq", "minRole": "boss" }""");

        Assert.Equal((403, Codes.Forbidden), await aboutOther.ProblemAsync());
        Assert.False((await aboutSelf.DataAsync<AccessCheckResponse>()).Allowed);
        Assert.Equal((404, Codes.NotFound, "userId"), foreign);
        Assert.Equal((422, Codes.UnknownUserType, "minRole"), noRole);
    }

    [Fact]
    public async Task A_batch_returns_decisions_in_order_and_records_each()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);

        var answers = await tenant.SentAsync<List<AccessCheckResponse>>(
            "POST", "/access/check/batch",
            """{ "checks": [{ "application": "pm" }, { "application": "tq" }, { "application": "tq", "minRole": "admin" }, { "application": "pm" }] }""");
        var tooMany = await tenant.RefusedAsync(
            "POST", "/access/check/batch", $$"""{ "checks": [{{string.Join(',', Enumerable.Repeat("""{ "application": "tq" }""", 101))}}] }""");

        Assert.Equal([false, true, true, false], answers.Select(a => a.Allowed));
        Assert.Equal((400, Codes.ValidationFailed, "checks"), tooMany);
        Assert.Equal("pm LICENSE_NOT_FOUND 1,tq,tq admin,pm LICENSE_NOT_FOUND 1", await LogAsync(tenant));
    }

    [Fact]
    public async Task A_product_returns_the_identity_of_users_with_access()
    {
        var tenant = await platform.NewCustomerAsync();
        var license = await platform.LicenseAsync(tenant, limit: 3, more: """, "expiresAt": "2027-01-01T00:00:00Z" """);
        await tenant.GrantedAsync(tenant.UserId);
        var member = await platform.MemberAsync(tenant);
        await tenant.GrantedAsync(member);
        using var client = platform.ClientOf(tenant, member);

        using var dashboard = await client.GetAsync("/internal/api/v1/tq/dashboard");
        using var admin = await client.GetAsync("/internal/api/v1/tq/admin");
        using var asAdmin = await tenant.Client.GetAsync("/internal/api/v1/tq/admin");
        using var otherProduct = await client.GetAsync("/internal/api/v1/pm/dashboard");

        Assert.Equal(
            new(
                member, tenant.Id, "tq", "operations",
                new(license.Id, "active", DateTimeOffset.Parse("2027-01-01T00:00:00Z", CultureInfo.InvariantCulture)), new(2, 3, 1)),
            await dashboard.DataAsync<AccessContextResponse>());
        Assert.Equal((403, Codes.RoleTooLow), await admin.ProblemAsync());
        Assert.Equal(4, (await admin.DocumentAsync()).GetProperty("layer").GetInt32());
        Assert.Equal(200, (int)asAdmin.StatusCode);
        Assert.Equal((403, Codes.LicenseNotFound), await otherProduct.ProblemAsync());
    }

    [Fact]
    public async Task A_token_with_claims_that_are_not_in_the_database_has_no_access()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        using var client = platform.Client(TestTokens.Sign(new Dictionary<string, object>
        {
            ["sub"] = $"{tenant.UserId}",
            ["scope"] = Scopes.Licensing,
            [ClaimNames.TenantId] = $"{tenant.Id}",
            [ClaimNames.UserType] = UserTypes.Admin,
            [ClaimNames.AllowedApps] = new[] { "tq" },
        }));
        client.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");

        using var response = await client.GetAsync("/internal/api/v1/tq/dashboard");

        Assert.Equal((403, Codes.NoAccess), await response.ProblemAsync());
    }

    [Fact]
    public async Task A_revocation_counts_for_the_next_request()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);

        for (var round = 0; round < 5; round++)
        {
            Assert.True((await tenant.CheckAsync(tenant.UserId)).Allowed);
            await tenant.RevokedAsync(tenant.UserId);
            Assert.False((await tenant.CheckAsync(tenant.UserId)).Allowed);
            await tenant.GrantedAsync(tenant.UserId);
        }
    }

    [Fact]
    public async Task An_allowed_decision_is_read_from_the_database_once()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        async Task<int> RoundTripsAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/internal/api/v1/tq/dashboard");
            var trace = platform.Api.Statements.Watch(request);
            using var response = await tenant.Client.SendAsync(request);
            Assert.Equal(200, (int)response.StatusCode);
            return platform.Api.Statements.RoundTripsOf(trace)
                .Count(trip => trip.Any(statement => statement.Contains("unnest", StringComparison.Ordinal)));
        }

        // A process without a heartbeat drops its cache; on a busy machine that can happen between requests.
        List<int> trips = [];
        for (var i = 0; i < 10; i++) trips.Add(await RoundTripsAsync());

        Assert.Equal(1, trips[0]);
        Assert.Contains(0, trips);
        Assert.All(trips, trip => Assert.InRange(trip, 0, 1));
        Assert.Equal(string.Join(',', Enumerable.Repeat("tq", 10)), await LogAsync(tenant));
    }

    private Task<string> LogAsync(TestTenant tenant) => platform.PlatformValueAsync<string>($"""
        select coalesce(string_agg(concat_ws(' ', application, minimum_role, reason, layer), ',' order by sequence), '')
        from application_access_logs where tenant_id_fk = {tenant.Id}
        """);
}
