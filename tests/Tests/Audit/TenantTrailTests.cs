using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Clients;
using Platform.Core.Audit;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Audit;

/// <summary>The trail of what a tenant's own people change, read and try.</summary>
public sealed partial class TenantTrailTests(PlatformFixture platform)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_is_in_the_trail_at_once_with_before_and_after()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.SentAsync<SettingsResponse>("PATCH", "/settings", """{ "holdMinutes": 9 }""");
        await tenant.SentAsync<ResourceResponse>("PATCH", $"/resources/{tenant.DoctorId}", """{ "name": "Dr When" }""");

        var rows = await tenant.SentAsync<List<AuditEntryResponse>>("GET", "/audit");

        Assert.Equal([AuditActions.ResourceChanged, AuditActions.SettingsChanged], rows.Select(r => r.Action));
        Assert.Equal(("""{"name":"Dr Who"}""", """{"name":"Dr When"}"""), (rows[0].Before.ToString(), rows[0].After.ToString()));
        Assert.Equal(("""{"holdMinutes":5}""", """{"holdMinutes":9}"""), (rows[1].Before.ToString(), rows[1].After.ToString()));
        Assert.Equal(
            ("resource", tenant.DoctorId, $"user:{tenant.UserId}", AuditOutcomes.Done),
            (rows[0].TargetType, rows[0].TargetId, rows[0].Actor, rows[0].Outcome));
        Assert.Empty(await platform.BrokenTrailsAsync(tenant.Id));
    }

    [Fact]
    public async Task A_change_that_is_refused_leaves_no_row_of_the_change()
    {
        var tenant = await platform.NewTenantAsync();

        Assert.Equal(409, (await tenant.RefusedAsync("DELETE", $"/categories/{tenant.CategoryId}")).Status);
        Assert.Equal(412, (await tenant.RefusedAsync("PATCH", $"/categories/{tenant.CategoryId}", """{ "name": "x" }""", 99)).Status);

        var row = Assert.Single(await tenant.SentAsync<List<AuditEntryResponse>>("GET", "/audit"));
        Assert.Equal(
            (AuditActions.RequestRefused, AuditOutcomes.Refused, tenant.CategoryId), (row.Action, row.Outcome, row.TargetId));
        var after = row.After!.Value;
        Assert.Equal(
            ("DELETE", "/api/v1/categories/{id:long}", 409, Codes.InUse),
            (after.GetProperty("method").GetString(), after.GetProperty("route").GetString(),
                after.GetProperty("status").GetInt32(), after.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_refusal_for_a_missing_permission_is_recorded_and_a_slot_conflict_is_not()
    {
        var tenant = await platform.NewTenantAsync();
        var member = await platform.MemberAsync(tenant);
        using var client = platform.Client(TestTokens.For(member, tenant.Id, false, Scopes.Scheduling));
        client.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        await tenant.BookedAsync(tenant.AtNoon());

        using var lost = await tenant.BookAsync(tenant.AtNoon("b@example.com"));
        using var refused = await client.DeleteAsync($"/api/v1/resources/{tenant.DoctorId}", Ct);
        using var unscoped = await client.DeleteAsync($"/api/v1/roles/{tenant.RoleId}", Ct);

        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (lost.StatusCode, refused.StatusCode, unscoped.StatusCode));
        var rows = await tenant.SentAsync<List<AuditEntryResponse>>("GET", "/audit?outcome=refused");
        Assert.Equal(
            [(tenant.RoleId, $"user:{member}"), (tenant.DoctorId, $"user:{member}")], rows.Select(r => (r.TargetId, r.Actor)));
    }

    [Fact]
    public async Task Refusals_by_staff_routes_are_in_the_platform_trail()
    {
        var tenant = await platform.NewCustomerAsync();

        using var refused = await tenant.Client.PostAsync("/internal/api/v1/reconcile/seats", null, Ct);

        Assert.Equal(403, (int)refused.StatusCode);
        var row = Assert.Single(await platform.StaffAsync<List<AuditEntryResponse>>(
            "GET", $"/audit/changes?actor=user:{tenant.UserId}&action=request.refused"));
        Assert.Null(row.TenantId);
    }

    [Fact]
    public async Task The_trail_contains_no_personal_data_of_a_client()
    {
        var tenant = await platform.NewTenantAsync();
        var client = await tenant.SentAsync<ClientResponse>("POST", "/clients", """
            { "name": "Verysecret", "email": "verysecret@example.com", "metadata": { "insurance": "verysecret" } }
            """);
        await tenant.SentAsync<ClientResponse>(
            "PATCH", $"/clients/{client.Id}", """{ "phone": "+5511987650000", "timeZone": "Europe/Lisbon" }""");
        await tenant.SentAsync<ClientResponse>("POST", $"/clients/{client.Id}/erase");

        var rows = await tenant.SentAsync<List<AuditEntryResponse>>("GET", "/audit?action=client.");

        Assert.Equal(
            [AuditActions.ClientErased, AuditActions.ClientChanged, AuditActions.ClientCreated], rows.Select(r => r.Action));
        Assert.Equal("""{"personal":["phone"],"timeZone":"Europe/Lisbon"}""", rows[1].After.ToString());
        Assert.Equal("""["name","email","metadata"]""", rows[2].After!.Value.GetProperty("personal").ToString());
        var all = await platform.PlatformValueAsync<string>($"select string_agg(l::text, '') from audit_log l where tenant_id_fk = {tenant.Id}");
        Assert.DoesNotContain("verysecret", all, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("98765", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_or_exporting_a_trail_is_recorded_in_it()
    {
        var tenant = await platform.NewCustomerAsync();
        await tenant.SentAsync<List<AuditEntryResponse>>("GET", "/audit?action=grant.&limit=5");
        await tenant.SentAsync<List<AccessLogResponse>>("GET", "/audit/access?userId=17");
        await platform.StaffAsync<List<AuditEntryResponse>>("GET", $"/audit/changes?tenantId={tenant.Id}");
        using var csv = new HttpRequestMessage(HttpMethod.Get, "/api/v1/audit");
        csv.Headers.Accept.ParseAdd("text/csv");
        using var exported = await tenant.Client.SendAsync(csv, Ct);

        var rows = await tenant.SentAsync<List<AuditEntryResponse>>("GET", "/audit?action=audit.");

        Assert.Equal(
            [
                (AuditActions.AuditExported, $"user:{tenant.UserId}", """{"trail":"changes","format":"csv","userId":null,"filters":[]}"""),
                (AuditActions.AuditRead, "user:1", """{"trail":"changes","format":"page","userId":null,"filters":["tenantId"]}"""),
                (AuditActions.AuditRead, $"user:{tenant.UserId}", """{"trail":"access","format":"page","userId":17,"filters":["userId"]}"""),
                (AuditActions.AuditRead, $"user:{tenant.UserId}", """{"trail":"changes","format":"page","userId":null,"filters":["action"]}"""),
            ],
            rows.Select(r => (r.Action, r.Actor, r.After.ToString()!)));
    }

    [Fact]
    public async Task A_person_report_is_also_available_as_CSV_and_is_recorded()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        await tenant.CheckAsync(tenant.UserId);
        using var staff = platform.Staff();
        staff.DefaultRequestHeaders.Accept.ParseAdd("text/csv");

        using var response = await staff.GetAsync($"/internal/api/v1/audit/persons/{tenant.UserId}", Ct);

        var lines = (await response.Content.ReadAsStringAsync(Ct)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("section,id,tenantId,tenant,application,", lines[0].TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.Equal(
            ["person", "membership", "grant", "use", "decision", "change"], lines[1..].Select(line => line.Split(',')[0]));
        Assert.Contains($",{tenant.Id},{tenant.Slug},,admin", lines[2], StringComparison.Ordinal);
        Assert.Equal(1, await platform.PlatformValueAsync<long>($"""
            select count(*) from audit_log
            where action = '{AuditActions.PersonReportRead}' and target_id = {tenant.UserId} and tenant_id_fk is null
            """));
    }

    [Fact]
    public async Task Rows_are_carried_once_and_in_order_by_concurrent_carriers()
    {
        var tenant = await platform.NewTenantAsync();
        for (var i = 1; i <= 12; i++)
        {
            await tenant.SentAsync<SettingsResponse>("PATCH", "/settings", $$"""{ "holdMinutes": {{i + 5}} }""");
        }

        var carry = platform.Api.Services.GetRequiredService<CarryAudit>();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => carry.RunAsync(tenant.Id, Ct)));

        Assert.Equal("6,7,8,9,10,11,12,13,14,15,16,17", await HoldMinutesAsync(tenant));
    }

    [Fact]
    public async Task A_row_that_was_carried_before_the_process_died_is_not_carried_again()
    {
        var tenant = await platform.NewTenantAsync();
        var carry = platform.Api.Services.GetRequiredService<CarryAudit>();
        await tenant.SentAsync<SettingsResponse>("PATCH", "/settings", """{ "holdMinutes": 6 }""");
        await platform.ExecuteTenantAsync($"create table kept_{tenant.Id} as select * from platform.audit_outbox where tenant_id = {tenant.Id}");
        await carry.RunAsync(tenant.Id, Ct);

        await platform.ExecuteTenantAsync($"""
            insert into platform.audit_outbox overriding system value select * from kept_{tenant.Id}; drop table kept_{tenant.Id}
            """);
        await tenant.SentAsync<SettingsResponse>("PATCH", "/settings", """{ "holdMinutes": 7 }""");
        await carry.RunAsync(tenant.Id, Ct);

        Assert.Equal("6,7", await HoldMinutesAsync(tenant));
        Assert.DoesNotContain(tenant.Id, await carry.WaitingAsync(Ct));
    }

    [Fact]
    public void The_documentation_lists_every_audit_action()
    {
        var documented = Action().Matches(File.ReadAllText(Repository.PathOf("docs/audit.md"))).Select(m => m.Groups[1].Value);

        Assert.Equal(AuditActions.All.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private Task<string> HoldMinutesAsync(TestTenant tenant) => platform.PlatformValueAsync<string>($"""
        select string_agg(after ->> 'holdMinutes', ',' order by sequence) from audit_log where tenant_id_fk = {tenant.Id}
        """);

    /// <summary>The first cell of a row of the table of actions.</summary>
    [GeneratedRegex(@"^\| `([a-z_]+\.[a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Action();
}
