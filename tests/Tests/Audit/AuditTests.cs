using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Core.Audit;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Audit;

/// <summary>Audit trails: found, exported, checked.</summary>
public sealed class AuditTests(PlatformFixture platform)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AuditChains Chains => platform.Api.Services.GetRequiredService<AuditChains>();

    [Fact]
    public async Task Decisions_are_found_page_by_page_newest_first()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        await tenant.CheckAsync(tenant.UserId);
        await tenant.GrantedAsync(tenant.UserId);
        for (var i = 0; i < 4; i++) await tenant.CheckAsync(tenant.UserId);

        var found = new List<AccessLogResponse>();
        var path = $"/audit/access?tenantId={tenant.Id}&limit=2";
        for (string? cursor = ""; cursor is not null;)
        {
            using var response = await platform.StaffAsync("GET", cursor == "" ? path : $"{path}&cursor={cursor}");
            found.AddRange(await response.DataAsync<List<AccessLogResponse>>());
            cursor = (await response.DocumentAsync()).GetProperty("meta").GetProperty("page").GetProperty("next").GetString();
        }

        Assert.Equal([5L, 4, 3, 2, 1], found.Select(row => row.Sequence));
        Assert.Equal([true, true, true, true, false], found.Select(row => row.Allowed));
        Assert.All(found, row => Assert.Equal(
            (tenant.Id, "tq", $"user:{tenant.UserId}", tenant.UserId), (row.TenantId, row.Application, row.Actor, row.UserId)));
        Assert.Equal((Codes.NoAccess, 3), (found[^1].Reason, found[^1].Layer));
    }

    [Theory]
    [InlineData("allowed=false", 1)]
    [InlineData("allowed=true", 1)]
    [InlineData("reason=NO_ACCESS", 1)]
    [InlineData("reason=ROLE_TOO_LOW", 0)]
    [InlineData("application=tq", 2)]
    [InlineData("application=pm", 0)]
    [InlineData("from=2026-03-02T09:00:00Z&to=2026-03-02T09:00:00.000001Z", 2)]
    [InlineData("to=2026-03-02T09:00:00Z", 0)]
    [InlineData("from=2026-03-02T09:00:00.000001Z", 0)]
    [InlineData("from=2026-03-02", 2)]
    public async Task Decisions_are_found_by_what_they_say(string question, int count)
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        await tenant.CheckAsync(tenant.UserId);
        await tenant.GrantedAsync(tenant.UserId);
        await tenant.CheckAsync(tenant.UserId);

        var found = await platform.StaffAsync<List<AccessLogResponse>>("GET", $"/audit/access?userId={tenant.UserId}&{question}");

        Assert.Equal(count, found.Count);
    }

    [Theory]
    [InlineData("action=grant", "action")]
    [InlineData("action=nothing.", "action")]
    [InlineData("outcome=perhaps", "outcome")]
    public async Task A_filter_value_that_no_trail_can_contain_returns_400(string filter, string field)
    {
        using var staff = platform.Staff();
        using var response = await staff.GetAsync($"/internal/api/v1/audit/changes?{filter}");

        Assert.Equal((400, Codes.ValidationFailed), await response.ProblemAsync());
        Assert.Contains($"\"field\":\"{field}\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_are_found_by_action_target_and_actor()
    {
        var tenant = await platform.NewCustomerAsync();
        var license = await platform.LicenseAsync(tenant);
        var grant = await tenant.GrantedAsync(tenant.UserId);
        await tenant.RevokedAsync(tenant.UserId);

        Assert.Equal("grant.revoked,grant.created,license.created", await ActionsAsync($"tenantId={tenant.Id}"));
        Assert.Equal("grant.created", await ActionsAsync($"tenantId={tenant.Id}&action=grant.created"));
        Assert.Equal("grant.revoked,grant.created", await ActionsAsync($"targetType=grant&targetId={grant.Id}"));
        Assert.Equal("license.created", await ActionsAsync($"tenantId={tenant.Id}&targetType=license&targetId={license.Id}"));
        Assert.Equal("grant.revoked,grant.created", await ActionsAsync($"actor=user:{tenant.UserId}&outcome=done"));
        Assert.Equal("", await ActionsAsync($"tenantId={tenant.Id}&outcome=refused"));

        async Task<string> ActionsAsync(string question) => string.Join(
            ',', (await platform.StaffAsync<List<AuditEntryResponse>>("GET", $"/audit/changes?{question}")).Select(e => e.Action));
    }

    [Theory]
    [InlineData("/audit/access?cursor=nonsense", 400, Codes.ValidationFailed)]
    [InlineData("/audit/access?from=2026-03-03&to=2026-03-02", 422, Codes.InvalidRange)]
    [InlineData("/audit/changes?from=0001-01-01", 422, Codes.InvalidDate)]
    [InlineData("/audit/changes?from=yesterday", 400, Codes.ValidationFailed)]
    [InlineData("/audit/changes?limit=0", 400, Codes.ValidationFailed)]
    [InlineData("/audit/changes?targetId=x", 400, Codes.ValidationFailed)]
    [InlineData("/audit/persons/999999999", 404, Codes.NotFound)]
    public async Task Invalid_audit_requests_are_refused(string path, int status, string code) =>
        Assert.Equal((status, code), await platform.StaffRefusedAsync("GET", path));

    [Theory]
    [InlineData("""{ "tenantId": -1 }""", 400)]
    [InlineData("""{ "chain": "blocks" }""", 400)]
    [InlineData("""{ "tenant": 1 }""", 400)]
    public async Task Verifying_an_unknown_chain_returns_400(string json, int status) =>
        Assert.Equal(status, (await platform.StaffRefusedAsync("POST", "/audit/verify", json)).Status);

    [Fact]
    public async Task Admins_see_only_the_trails_of_their_own_tenant()
    {
        var (tenant, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        foreach (var one in (TestTenant[])[tenant, other])
        {
            await platform.LicenseAsync(one);
            await one.GrantedAsync(one.UserId);
            await one.CheckAsync(one.UserId);
        }

        var changes = await tenant.SentAsync<List<AuditEntryResponse>>("GET", "/audit");
        var foreign = await tenant.SentAsync<List<AuditEntryResponse>>("GET", $"/audit?actor=user:{other.UserId}");
        var named = await tenant.RefusedAsync("GET", $"/audit?tenantId={other.Id}");
        var decisions = await tenant.SentAsync<List<AccessLogResponse>>("GET", "/audit/access");
        var ofStranger = await tenant.SentAsync<List<AccessLogResponse>>("GET", $"/audit/access?userId={other.UserId}");
        var target = (await other.SentAsync<List<AuditEntryResponse>>("GET", "/audit"))[0].TargetId;
        var ofTarget = await tenant.SentAsync<List<AuditEntryResponse>>("GET", $"/audit?targetType=grant&targetId={target}");
        var member = await platform.MemberAsync(tenant, "manager");
        using var client = platform.ClientOf(tenant, member);
        using var refused = await client.GetAsync("/api/v1/audit");

        Assert.Equal(["grant.created", "license.created"], changes.Select(e => e.Action));
        Assert.All(changes, e => Assert.Equal(tenant.Id, e.TenantId));
        Assert.Empty(foreign);
        Assert.Equal((400, Codes.ValidationFailed, "tenantId"), named);
        Assert.Empty(ofStranger);
        Assert.Empty(ofTarget);
        Assert.Equal(tenant.UserId, Assert.Single(decisions).UserId);
        Assert.Equal((403, Codes.Forbidden), await refused.ProblemAsync());
    }

    [Fact]
    public async Task Trails_leave_as_csv_and_as_lines_of_json_without_formulas()
    {
        var tenant = await platform.NewCustomerAsync();
        await tenant.CheckAsync(tenant.UserId, "=cmd|' /c calc'!a0");
        await tenant.CheckAsync(tenant.UserId);

        var csv = (await AsAsync("text/csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var lines = (await AsAsync("application/x-ndjson")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.StartsWith("id,tenantId,sequence,occurredAt,actor,userId,application", csv[0], StringComparison.Ordinal);
        Assert.Equal(3, csv.Length);
        Assert.Contains(",'=cmd|' /c calc'!a0,", csv[2], StringComparison.Ordinal);
        Assert.Equal(["tq", "=cmd|' /c calc'!a0"], lines.Select(line =>
            JsonDocument.Parse(line).RootElement.GetProperty("application").GetString()));

        async Task<string> AsAsync(string type)
        {
            using var staff = platform.Staff();
            staff.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
            using var response = await staff.GetAsync($"/internal/api/v1/audit/access?tenantId={tenant.Id}");
            Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task A_person_report_lists_their_permissions_and_acts_in_every_tenant()
    {
        var (tenant, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        await platform.ExecutePlatformAsync($"""
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk) values ({other.Id}, {tenant.UserId}, 1)
            """);
        await platform.LicenseAsync(tenant);
        await platform.LicenseAsync(other);
        await tenant.GrantedAsync(tenant.UserId, json: """{ "role": "manager" }""");
        await tenant.RevokedAsync(tenant.UserId);
        await other.GrantedAsync(tenant.UserId);
        await tenant.CheckAsync(tenant.UserId);
        await other.CheckAsync(tenant.UserId);

        var report = await platform.StaffAsync<PersonReport>("GET", $"/audit/persons/{tenant.UserId}");

        Assert.Equal([(tenant.Id, "admin"), (other.Id, "operations")], report.Memberships.Select(m => (m.TenantId, m.UserType)));
        Assert.Equal(["tenant_admin"], report.Memberships[0].Roles);
        Assert.Equal([(tenant.Id, "manager", true), (other.Id, null, false)],
            report.Grants.Select(g => (g.TenantId, g.Role, g.RevokedAt is not null)));
        Assert.Equal([(tenant.Id, 0L, 1L), (other.Id, 1L, 0L)], report.Uses.Select(u => (u.TenantId, u.Allowed, u.Refused)));
        Assert.Equal(2, report.Decisions.Count);
        Assert.Equal(["grant.revoked", "grant.created"], report.Changes.Select(c => c.Action));
    }

    [Fact]
    public async Task Verification_detects_a_changed_record()
    {
        var tenant = await platform.NewCustomerAsync();
        for (var i = 0; i < 4; i++) await tenant.CheckAsync(tenant.UserId);

        var whole = await platform.BrokenTrailsAsync(tenant.Id);
        await ExecuteAsync("update application_access_logs set ip_address = null, user_agent = null, salt = null", "sequence = 1");
        var erased = await platform.BrokenTrailsAsync(tenant.Id);
        await ExecuteAsync("delete from application_access_logs", "sequence = 4");
        var cut = await platform.BrokenTrailsAsync(tenant.Id);
        await ExecuteAsync("update application_access_logs set allowed = true", "sequence = 2");
        var changed = await platform.BrokenTrailsAsync(tenant.Id);

        Assert.Empty(whole);
        Assert.Empty(erased);
        Assert.Equal((4, AuditFaults.TailChanged), cut[AuditChainNames.Access]);
        Assert.Equal((2, AuditFaults.RowChanged), changed[AuditChainNames.Access]);

        Task ExecuteAsync(string statement, string where) =>
            platform.ExecutePlatformAsync($"{statement} where tenant_id_fk = {tenant.Id} and {where}");
    }

    [Fact]
    public async Task Verification_detects_a_row_appended_after_the_end()
    {
        var tenant = await platform.NewCustomerAsync();
        await tenant.CheckAsync(tenant.UserId);
        await platform.ExecutePlatformAsync($"""
            insert into application_access_logs (tenant_id_fk, sequence, occurred_at, actor, application, allowed, path,
                personal_digest, hash)
            values ({tenant.Id}, 2, now(), 'user:1', 'tq', true, 'GET /', '', '')
            """);

        Assert.Equal((2, AuditFaults.TailChanged), (await platform.BrokenTrailsAsync(tenant.Id))[AuditChainNames.Access]);
    }

    [Theory]
    [InlineData("delete from application_access_logs")]
    [InlineData("update audit_log set actor = 'x'")]
    [InlineData("delete from audit_checkpoints")]
    [InlineData("update audit_checkpoints set pruned_at = now()")]
    [InlineData("update audit_heads set sequence = 0")]
    [InlineData("select prune_audit('access', 1, 1, now())")]
    [InlineData("select erase_purged_tenant(1)")]
    public async Task The_database_role_of_the_processes_cannot_delete_audit_rows(string statement)
    {
        var login = platform.Databases.PlatformDb.As(Logins.Api);
        await using var source = Npgsql.NpgsqlDataSource.Create($"{login};Pooling=false");
        await using var command = source.CreateCommand(statement);

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(Ct));

        Assert.Contains(refused.SqlState, (string[])["42501", "23000"]);
    }
}
