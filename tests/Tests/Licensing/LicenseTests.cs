using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Tests.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

public sealed class LicenseTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_license_starts_now_and_shows_its_seats()
    {
        var tenant = await platform.NewCustomerAsync();

        var license = await platform.LicenseAsync(tenant, limit: 3);
        await tenant.GrantedAsync(tenant.UserId);
        var licenses = await platform.StaffAsync<List<LicenseResponse>>("GET", $"/tenants/{tenant.Id}/licenses");

        Assert.Equal(("active", PlatformFixture.Monday9am, 0, 3), (license.Status, license.ActivatedAt, license.SeatsUsed, license.Available));
        var now = Assert.Single(licenses);
        Assert.Equal(("tq", 3, 1, 2), (now.Application, now.UserLimit, now.SeatsUsed, now.Available));
        Assert.Equal(license.Version, now.Version);
    }

    [Theory]
    [InlineData("""{ "application": "tq" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "application": "tq", "userLimit": -1 }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "application": "tq", "userLimit": 1.5 }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "application": "tq", "userLimit": 3000000000 }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "application": "tq", "userLimit": 1, "seatsUsed": 0 }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "application": "tq", "userLimit": 1, "tenantId": 1 }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "application": "none", "userLimit": 1 }""", 422, Codes.UnknownApplication)]
    [InlineData("""{ "application": "tq", "userLimit": 1, "expiresAt": "2026-03-02T09:00:00Z" }""", 422, Codes.InvalidRange)]
    [InlineData("""{ "application": "tq", "userLimit": 1, "trialEndsAt": "2026-01-01T00:00:00Z" }""", 422, Codes.InvalidRange)]
    [InlineData("""{ "application": "tq", "userLimit": 1, "expiresAt": "9999-12-31T23:59:59.9999999Z" }""", 422, Codes.InvalidDate)]
    public async Task An_invalid_license_is_refused(string json, int status, string code)
    {
        var tenant = await platform.NewCustomerAsync();

        Assert.Equal((status, code), await platform.StaffRefusedAsync("POST", $"/tenants/{tenant.Id}/licenses", json));
    }

    [Fact]
    public async Task Concurrent_licenses_of_one_application_create_one()
    {
        var tenant = await platform.NewCustomerAsync();

        var outcomes = await SchedulingAnswers.AtOnceAsync(6, _ => platform.StaffAsync(
            "POST", $"/tenants/{tenant.Id}/licenses", """{ "application": "tq", "userLimit": 1 }"""));

        Assert.Single(outcomes, o => o.Status == 201);
        Assert.Equal(5, outcomes.Count(o => o == (409, Codes.AlreadyExists)));
    }

    [Fact]
    public async Task The_limit_may_not_fall_below_the_seats_that_are_taken()
    {
        var tenant = await platform.NewCustomerAsync();
        var license = await platform.LicenseAsync(tenant, limit: 3);
        foreach (var member in await platform.MembersAsync(tenant, 2)) await tenant.GrantedAsync(member);
        var path = $"/tenants/{tenant.Id}/licenses/{license.Id}";

        using var below = await platform.StaffAsync("PATCH", path, """{ "userLimit": 1 }""");
        var exact = await platform.StaffAsync<LicenseResponse>("PATCH", path, """{ "userLimit": 2 }""");
        var stale = await platform.StaffRefusedAsync("PATCH", path, """{ "userLimit": 9 }""", license.Version);
        var open = await platform.StaffAsync<LicenseResponse>("PATCH", path, """{ "userLimit": null }""");

        Assert.Equal((409, Codes.LimitBelowUsage), await below.ProblemAsync());
        Assert.Equal(2, (await below.DocumentAsync()).GetProperty("seatsUsed").GetInt32());
        Assert.Equal((2, 0), (exact.UserLimit, exact.Available));
        Assert.Equal((412, Codes.VersionMismatch), stale);
        Assert.Equal(((int?)null, (int?)null, 2), (open.UserLimit, open.Available, open.SeatsUsed));
    }

    [Fact]
    public async Task Suspending_resuming_and_cancelling_keep_grants_and_seats()
    {
        var tenant = await platform.NewCustomerAsync();
        var license = await platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        var member = await platform.MemberAsync(tenant);
        var path = $"/tenants/{tenant.Id}/licenses/{license.Id}";

        var suspended = await platform.StaffAsync<LicenseResponse>("POST", $"{path}/suspend");
        var again = await platform.StaffAsync<LicenseResponse>("POST", $"{path}/suspend");
        using var whileSuspended = await tenant.GrantAsync(member);
        var resumed = await platform.StaffAsync<LicenseResponse>("POST", $"{path}/resume");
        var cancelled = await platform.StaffAsync<LicenseResponse>("POST", $"{path}/cancel");
        using var whileCancelled = await tenant.GrantAsync(member);

        Assert.Equal(("suspended", PlatformFixture.Monday9am), (suspended.Status, suspended.SuspendedAt!.Value));
        Assert.Equal(suspended.Version, again.Version);
        Assert.Equal((409, Codes.LicenseSuspended), await whileSuspended.ProblemAsync());
        Assert.Equal(("active", (DateTimeOffset?)null, 1), (resumed.Status, resumed.SuspendedAt, resumed.SeatsUsed));
        Assert.Equal(("cancelled", 1), (cancelled.Status, cancelled.SeatsUsed));
        Assert.Equal((409, Codes.LicenseCancelled), await whileCancelled.ProblemAsync());
        Assert.Equal((409, Codes.LicenseCancelled), await platform.StaffRefusedAsync("POST", $"{path}/resume"));
        Assert.Equal((409, Codes.LicenseCancelled), await platform.StaffRefusedAsync("PATCH", path, """{ "userLimit": 9 }"""));
        Assert.Equal((1, 1), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task A_new_license_can_follow_a_cancelled_one()
    {
        var tenant = await platform.NewCustomerAsync();
        var license = await platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        await platform.StaffAsync<LicenseResponse>("POST", $"/tenants/{tenant.Id}/licenses/{license.Id}/cancel");

        var tooSmall = await platform.StaffRefusedAsync(
            "POST", $"/tenants/{tenant.Id}/licenses", """{ "application": "tq", "userLimit": 0 }""");
        var renewed = await platform.LicenseAsync(tenant, limit: 2);

        Assert.Equal((409, Codes.LimitBelowUsage), tooSmall);
        Assert.Equal((license.Id, "active", 1), (renewed.Id, renewed.Status, renewed.SeatsUsed));
    }

    [Fact]
    public async Task A_license_of_another_tenant_returns_404()
    {
        var (mine, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        var license = await platform.LicenseAsync(other);

        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("GET", $"/tenants/{mine.Id}/licenses/{license.Id}"));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("POST", $"/tenants/{mine.Id}/licenses/{license.Id}/cancel"));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("GET", "/tenants/999999999/licenses"));
    }

    [Fact]
    public async Task Every_change_leaves_an_audit_row_and_an_event()
    {
        var tenant = await platform.NewCustomerAsync();
        var license = await platform.LicenseAsync(tenant);
        var path = $"/tenants/{tenant.Id}/licenses/{license.Id}";

        await platform.StaffAsync<LicenseResponse>("PATCH", path, """{ "userLimit": 9 }""");
        await platform.StaffAsync<LicenseResponse>("PATCH", path, """{ "userLimit": 9 }""");
        await platform.StaffAsync<LicenseResponse>("POST", $"{path}/suspend");
        await platform.StaffAsync<LicenseResponse>("POST", $"{path}/resume");
        await platform.StaffAsync<LicenseResponse>("POST", $"{path}/cancel");

        const string expected = "license.created,license.changed,license.suspended,license.resumed,license.cancelled";
        Assert.Equal(expected, await platform.PlatformValueAsync<string>(
            $"select string_agg(action, ',' order by sequence) from audit_log where tenant_id_fk = {tenant.Id}"));
        Assert.Equal(expected, await platform.PlatformValueAsync<string>($"""
            select string_agg(event_type, ',' order by position) from platform.outbox_messages
            where tenant_id = {tenant.Id} and aggregate_type = 'license' and aggregate_id = {license.Id}
            """));
        Assert.Equal("1,2,3,4,5", await platform.PlatformValueAsync<string>(
            $"select string_agg(aggregate_version::text, ',' order by position) from platform.outbox_messages where tenant_id = {tenant.Id}"));
    }

    [Fact]
    public async Task Members_see_the_entitlements_of_their_tenant_and_admins_also_see_the_users()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: null);
        await platform.LicenseAsync(tenant, limit: 2, application: "pm");
        var member = await platform.MemberAsync(tenant);
        await tenant.GrantedAsync(member, json: """{ "role": "manager" }""");
        using var client = platform.ClientOf(tenant, member);

        var forAdmin = await tenant.SentAsync<List<EntitlementResponse>>("GET", "/entitlements");
        using var forMember = await client.GetAsync("/api/v1/entitlements");
        using var apps = await client.GetAsync("/api/v1/me/apps");
        var forStaff = await platform.StaffAsync<List<EntitlementResponse>>("GET", $"/entitlements?tenantId={tenant.Id}");

        Assert.Equal([("pm", 0, 2, 2), ("tq", 1, null, (int?)null)], forAdmin.Select(e => (e.Application, e.SeatsUsed, e.UserLimit, e.Available)));
        Assert.Equal((member, "manager", true), (forAdmin[1].Users![0].UserId, forAdmin[1].Users![0].Role, forAdmin[1].Users![0].Active));
        Assert.Equal(forAdmin[1].Users, forStaff[1].Users);
        Assert.All(await forMember.DataAsync<List<EntitlementResponse>>(), e => Assert.Null(e.Users));
        Assert.Equal(new MyApplication("tq", "Transcription Quote", "manager", null), Assert.Single(await apps.DataAsync<List<MyApplication>>()));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("GET", "/entitlements?tenantId=999999999"));
    }

    [Fact]
    public async Task Entitlements_name_the_first_thousand_users_of_each_application_in_one_round_trip()
    {
        var (tenant, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        await platform.LicenseAsync(tenant, limit: null);
        await platform.LicenseAsync(tenant, limit: null, application: "pm");
        await platform.LicenseAsync(other, limit: null);
        await tenant.GrantedAsync(tenant.UserId, "pm");
        await other.GrantedAsync(other.UserId);
        var first = tenant.Id * 100_000;
        await platform.ExecutePlatformAsync($"""
            insert into users (id, name, email, locale)
            select {first} + n, 'Member ' || 2000 - n / 2, n || '@{tenant.Slug}.example', 'en' from generate_series(1, 1100) n;
            insert into memberships (id, tenant_id_fk, user_id_fk, user_type_id_fk)
            select {first} + n, {tenant.Id}, {first} + n, 1 from generate_series(1, 1100) n;
            insert into user_application_access (tenant_id_fk, user_id_fk, application_id_fk, granted_at)
            select {tenant.Id}, {first} + n, 1, now() from generate_series(1, 1100) n;
            update tenant_applications set seats_used = 1100 where tenant_id_fk = {tenant.Id} and application_id_fk = 1;
            """);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/entitlements");
        var trace = platform.Api.Statements.Watch(request);

        using var response = await tenant.Client.SendAsync(request);
        var forStaff = await platform.StaffAsync<List<EntitlementResponse>>("GET", $"/entitlements?tenantId={tenant.Id}");

        var forAdmin = await response.DataAsync<List<EntitlementResponse>>();
        Assert.Equal([("pm", 1, 1), ("tq", 1100, 1000)], forAdmin.Select(e => (e.Application, e.SeatsUsed, e.Users!.Count)));
        Assert.Equal(
            Enumerable.Range(1, 1100).OrderBy(n => 2000 - n / 2).ThenBy(n => n).Take(1000).Select(n => first + n),
            forAdmin[1].Users!.Select(u => u.UserId));
        Assert.Equal(forAdmin[1].Users, forStaff[1].Users);
        Assert.Single(platform.Api.Statements.RoundTripsOf(trace), t => t.Any(sql => sql.StartsWith("select a.slug", StringComparison.Ordinal)));
    }
}
