using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Tests.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>
/// Tenants that are offboarded, restored or purged: with separate databases and a clock that the tests move.
/// </summary>
[Collection(typeof(WithClock))]
public sealed class OffboardingTests(ClockedPlatform world)
{
    private PlatformFixture Platform => world.Platform;

    [Fact]
    public async Task An_offboarded_tenant_can_return_until_the_cooling_period_ends()
    {
        var tenant = await world.NewTenantAsync();
        var path = $"/tenants/{tenant.Id}";

        var off = await Platform.StaffAsync<TenantResponse>(
            "POST", $"{path}/offboard", """{ "reason": "They close", "purgeAfterDays": 7 }""");
        using var route = await tenant.Client.GetAsync("/api/v1/services");
        var again = await Platform.StaffRefusedAsync("POST", $"{path}/offboard", """{ "reason": "x" }""");
        var activated = await Platform.StaffRefusedAsync("POST", $"{path}/activate");
        world.Clock.AdjustTime(off.PurgeAt!.Value.AddMicroseconds(-1));
        using var early = await Platform.StaffAsync("POST", $"{path}/purge");
        var kept = await Platform.StaffAsync<TenantResponse>("POST", $"{path}/offboard/cancel");
        var purged = await Platform.StaffRefusedAsync("POST", $"{path}/purge");
        await Platform.StaffAsync<TenantResponse>("POST", $"{path}/activate");
        using var back = await tenant.Client.GetAsync("/api/v1/services");
        world.Clock.AdjustTime(PlatformFixture.Monday9am);

        Assert.Equal(("offboarding", PlatformFixture.Monday9am.AddDays(7)), (off.Status, off.PurgeAt));
        Assert.Equal((403, Codes.TenantInactive), await route.ProblemAsync());
        Assert.Equal(((409, Codes.InvalidTenantStatus), (409, Codes.InvalidTenantStatus)), (again, activated));
        Assert.Equal((409, Codes.CoolingPeriod), await early.ProblemAsync());
        Assert.Equal(off.PurgeAt, (await early.DocumentAsync()).GetProperty("purgeAt").GetDateTimeOffset());
        Assert.Equal(("inactive", null), (kept.Status, kept.PurgeAt));
        Assert.Equal((409, Codes.InvalidTenantStatus), purged);
        Assert.Equal(200, (int)back.StatusCode);
        Assert.Equal(
            "tenant.offboarded 2,tenant.kept 3,tenant.activated 4",
            (await Platform.EventsAsync(tenant.Id)).Replace($" {off.Version}", " 2").Replace($" {kept.Version}", " 3").Replace($" {kept.Version + 1}", " 4"));
        Assert.DoesNotContain("They close", await Platform.PlatformValueAsync<string>(
            $"select string_agg(concat(before, after), '') from audit_log where tenant_id_fk = {tenant.Id}"));
    }

    [Theory]
    [InlineData("""{ "reason": "x", "purgeAfterDays": 6 }""")]
    [InlineData("""{ "reason": "x", "purgeAfterDays": 366 }""")]
    [InlineData("""{ "purgeAfterDays": 30 }""")]
    [InlineData("""{ "reason": " " }""")]
    [InlineData("""{ "reason": "x", "purgeAt": "2026-01-01T00:00:00Z" }""")]
    public async Task An_invalid_offboarding_is_refused(string json) =>
        Assert.Equal((400, Codes.ValidationFailed), await Platform.StaffRefusedAsync("POST", "/tenants/2/offboard", json));

    [Fact]
    public async Task A_purged_tenant_keeps_its_audit_and_its_id()
    {
        var tenant = await Platform.BusyTenantAsync();
        await Platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        Assert.True((await tenant.CheckAsync(tenant.UserId)).Allowed);
        var path = $"/tenants/{tenant.Id}";
        await Platform.StaffAsync<ContactResponse>("POST", $"{path}/contacts", """{ "type": "TECH", "name": "Tess", "email": "tess@example.com" }""");
        await Platform.StaffAsync<TenantResponse>("PATCH", path, """{ "customDomain": "gone.example.org" }""");
        await Platform.StaffAsync<TenantResponse>("POST", $"{path}/offboard", """{ "reason": "They close" }""");
        world.Clock.AdjustTime(PlatformFixture.Monday9am.AddDays(30));

        var outcomes = await SchedulingAnswers.AtOnceAsync(3, _ => Platform.StaffAsync("POST", $"{path}/purge"));
        await OwnerSql.ExecuteAsync(
            Platform.Databases.TenantDb.As(Logins.TenantOwner),
            $"create schema if not exists {tenant.Schema}"); // as if one had died half-way
        var purged = await Platform.StaffAsync<TenantResponse>("POST", $"{path}/purge");
        world.Clock.AdjustTime(PlatformFixture.Monday9am);

        Assert.Contains(outcomes, o => o.Status == 200);
        Assert.All(outcomes, o => Assert.True(o.Status == 200 || o == (409, Codes.ProvisioningInProgress), $"{o}"));
        Assert.Equal(
            ("purged", $"purged-{tenant.Id}", "Purged", null, null),
            (purged.Status, purged.Slug, purged.Name, purged.CustomDomain, purged.PurgeAt));
        Assert.Equal(0, await Platform.TenantValueAsync<long>($"select count(*) from pg_namespace where nspname = '{tenant.Schema}'"));
        Assert.Equal("application_access_logs,audit_heads,audit_log", await TablesWithRowsAsync(tenant.Id));
        foreach (var table in (string[])["outbox_messages", "event_log", "notifications", "due_jobs"])
        {
            Assert.Equal(0, await Platform.TenantValueAsync<long>($"select count(*) from platform.{table} where tenant_id = {tenant.Id}"));
        }

        Assert.EndsWith("tenant.offboarded,tenant.purged", await Platform.ActionsAsync(tenant.Id));
        Assert.Equal(1, await Platform.PlatformValueAsync<long>($"""
            select count(*) from tenants where id = {tenant.Id} and offboarding_reason is null
            """));
        Assert.Empty(await Platform.BrokenTrailsAsync(tenant.Id));
        Assert.Equal(0, await Platform.PlatformValueAsync<long>($"""
            select count(*) from application_access_logs where tenant_id_fk = {tenant.Id} and num_nonnulls(ip_address, user_agent) > 0
            """));
        using var staff = Platform.Staff();
        using var list = await staff.GetAsync($"/internal/api/v1/tenants?q=purged-{tenant.Id}");
        Assert.Empty(await list.DataAsync<List<TenantResponse>>());
        Assert.Single(await Platform.StaffAsync<List<TenantResponse>>("GET", $"/tenants?status=purged&q=purged-{tenant.Id}"));
        Assert.Equal(tenant.Slug, (await Platform.MadeTenantAsync(tenant.Slug, """, "customDomain": "gone.example.org" """)).Slug);
        await AssertNothingWorksAsync(tenant);
    }

    /// <summary>Every change of a tombstone, and every request with its id, is refused.</summary>
    private async Task AssertNothingWorksAsync(TestTenant tenant)
    {
        var path = $"/tenants/{tenant.Id}";
        foreach (var (method, route, json) in ((string, string, string?)[])
            [
                ("PATCH", path, """{ "name": "Back" }"""), ("POST", $"{path}/activate", null), ("POST", $"{path}/export", null),
                ("POST", $"{path}/retry-provisioning", null), ("POST", $"{path}/offboard", """{ "reason": "x" }"""),
                ("POST", $"{path}/contacts", """{ "type": "TECH", "name": "N", "email": "a@b" }"""),
            ])
        {
            Assert.Equal((409, Codes.InvalidTenantStatus), await Platform.StaffRefusedAsync(method, route, json));
        }

        Assert.Equal((404, Codes.NotFound), await Platform.StaffRefusedAsync("POST", $"{path}/licenses", """{ "application": "tq", "userLimit": 1 }"""));
        using var staff = Platform.ClientWith(1, staff: true, Scopes.Scheduling);
        staff.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        using var response = await staff.GetAsync("/api/v1/services");
        Assert.Equal((403, Codes.TenantInactive), await response.ProblemAsync());
    }

    /// <summary>Of all tables of platformdb that have a tenant in them.</summary>
    private Task<string> TablesWithRowsAsync(long id) => Platform.PlatformValueAsync<string>($"""
        select string_agg(c.relname, ',' order by c.relname) from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id_fk'
        where c.relkind = 'r' and (xpath('/row/n/text()', query_to_xml(
            format('select count(*) as n from %I where tenant_id_fk = {id}', c.relname), false, true, '')))[1]::text <> '0'
        """);
}
