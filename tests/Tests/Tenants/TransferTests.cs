using System.Security.Cryptography;
using System.Text;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.Tenants;
using Platform.Tests.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>A tenant that leaves and comes back is the same.</summary>
public sealed class TransferTests(PlatformFixture platform)
{
    [Fact]
    public async Task An_import_contains_every_exported_row()
    {
        var tenant = await platform.BusyTenantAsync();
        await platform.LicenseAsync(tenant, limit: 4);
        await tenant.GrantedAsync(tenant.UserId);
        var stranger = await platform.MemberAsync(tenant, "manager");
        await platform.ExecutePlatformAsync($"""
            insert into roles (id, tenant_id_fk, slug, name, permissions) values ({tenant.Id}, {tenant.Id}, 'porter', 'Porter', '{"{keys}"}');
            insert into membership_roles (membership_id_fk, role_id_fk, tenant_id_fk) values
                ({tenant.UserId}, {tenant.Id}, {tenant.Id}), ({tenant.UserId}, 1, {tenant.Id});
            """);
        await platform.StaffAsync<AddressResponse>(
            "POST", $"/tenants/{tenant.Id}/addresses", """{ "type": "HQ", "line1": "Rua \"A\"\n\\N 1 🏠", "city": "Porto", "country": "PT" }""");
        await platform.StaffAsync<ContactResponse>(
            "POST", $"/tenants/{tenant.Id}/contacts", """{ "type": "TECH", "name": "Tess", "email": "tess@example.com" }""");

        var exported = await platform.ExportAsync(tenant.Id);
        await platform.ExecutePlatformAsync($"update users set email = 'elsewhere-{stranger}@example.com' where id = {stranger}");
        var slug = TenantCalls.NewSlug();
        var imported = await ImportedAsync(exported, slug);
        var again = await platform.ExportAsync(imported.Tenant.Id);

        Assert.All(TransferCalls.ManifestOf(exported).Files, file => AssertIsAsSaid(exported[file.Name], file));
        Assert.Equal(TablesOf(exported), TablesOf(again));
        var rows = TransferCalls.ManifestOf(exported).Files.ToDictionary(f => f.Name, f => f.Rows);
        Assert.True(rows["tenant/bookings.ndjson"] >= 3 && rows["tenant/clients.ndjson"] >= 2 && rows["tenant/blackouts.ndjson"] == 1);
        Assert.True(rows["platform/audit_log.ndjson"] > 0 && rows["platform/user_application_access.ndjson"] == 1);
        Assert.DoesNotContain("tenant/idempotency_keys.ndjson", rows.Keys);
        Assert.All(imported.Files, f => Assert.Equal(
            f.Name switch
            {
                "platform/memberships.ndjson" => 1,
                "platform/membership_roles.ndjson" => 2, // not that of a super admin
                "platform/user_application_access.ndjson" or "platform/audit_log.ndjson" or "platform/audit_heads.ndjson"
                    or "platform/application_access_logs.ndjson" => 0,
                _ => rows[f.Name],
            },
            f.Imported));
        Assert.Equal(rows.Keys.Order(StringComparer.Ordinal), imported.Files.Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Equal([$"m{stranger}@{tenant.Slug}.example"], imported.UnknownUsers);
        Assert.Equal("https://hooks.invalid/ false CfDJ8", await platform.TenantValueAsync<string>($"""
            select url || ' ' || enabled || ' ' || left(secret, 5) from platform.webhook_endpoints
            where tenant_id = {imported.Tenant.Id}
            """));
        Assert.DoesNotContain("whsec_", Encoding.UTF8.GetString(exported["events/webhook_endpoints.ndjson"]), StringComparison.Ordinal);
        Assert.Equal((slug, "active", "Europe/Lisbon", tenant.Id), (imported.Tenant.Slug, imported.Tenant.Status, imported.Tenant.TimeZone, imported.SourceTenantId));
        Assert.Equal("tenant.registered,tenant.imported,tenant.exported", await platform.ActionsAsync(imported.Tenant.Id));
        var license = Assert.Single(await platform.StaffAsync<List<LicenseResponse>>("GET", $"/tenants/{imported.Tenant.Id}/licenses"));
        Assert.Equal(("suspended", 4, 0), (license.Status, license.UserLimit, license.SeatsUsed));
        var address = Assert.Single(await platform.StaffAsync<List<AddressResponse>>("GET", $"/tenants/{imported.Tenant.Id}/addresses"));
        Assert.Equal(("Rua \"A\"\n\\N 1 🏠", true), (address.Line1, address.Primary));
        Assert.Equal("porter,tenant_admin", await platform.PlatformValueAsync<string>($"""
            select string_agg(r.slug, ',' order by r.slug) from membership_roles mr join roles r on r.id = mr.role_id_fk
            where mr.tenant_id_fk = {imported.Tenant.Id}
            """));
        await AssertIsUsableAsync(imported.Tenant.Id, tenant);
    }

    private async Task<TenantImportResponse> ImportedAsync(Dictionary<string, byte[]> archive, string slug)
    {
        using var response = await platform.ImportAsync(TransferCalls.Pack(archive), slug);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal((201, Codes.TenantImported), ((int)response.StatusCode, await response.SuccessAsync()));
        return await response.DataAsync<TenantImportResponse>();
    }

    private static void AssertIsAsSaid(byte[] content, ExportedFile said) => Assert.Equal(
        said with { Rows = content.Count(b => b == '\n'), Bytes = content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)) },
        said);

    private static List<ExportedFile> TablesOf(Dictionary<string, byte[]> archive) =>
        [.. TransferCalls.ManifestOf(archive).Files.Where(f => f.Name.StartsWith("tenant/", StringComparison.Ordinal))];

    /// <summary>New rows go behind those that came, versions rise again, references hold.</summary>
    private async Task AssertIsUsableAsync(long id, TestTenant origin)
    {
        using var staff = platform.ClientWith(1, staff: true, Scopes.Scheduling);
        staff.DefaultRequestHeaders.Add(Headers.TenantId, $"{id}");
        using var made = await staff.PostAsync("/api/v1/clients", new StringContent(
            """{ "name": "New" }""", Encoding.UTF8, "application/json"));
        var client = (await made.DocumentAsync()).GetProperty("data").GetProperty("id").GetInt64();
        using var slots = await staff.GetAsync($"/api/v1/slots?serviceId={origin.ServiceId}&{SchedulingAnswers.Monday}");

        Assert.True(client > 90001, $"{client}");
        Assert.Equal(200, (int)slots.StatusCode);
        var references = await platform.TenantValueAsync<string>($"""
            select string_agg(n.nspname || ':' || k, ',') from (
                select connamespace, count(*) as k from pg_constraint where contype = 'f' group by 1) c
            join pg_namespace n on n.oid = c.connamespace where n.nspname in ('tenant_{id}', '{origin.Schema}')
            """);
        Assert.Equal(2, references.Split(',').Length);
        Assert.Single(references.Split(',').Select(r => r.Split(':')[1]).Distinct());
        Assert.Equal(0, await platform.TenantValueAsync<long>($"""
            select count(*) from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'tenant_{id}' and t.tgenabled <> 'O'
            """));
        Assert.Equal(
            await platform.TenantValueAsync<long>($"select count(*) from platform.due_jobs where tenant_id = {origin.Id}"),
            await platform.TenantValueAsync<long>($"select count(*) from platform.due_jobs where tenant_id = {id}"));
        Assert.True(await platform.TenantValueAsync<bool>($"""
            select count(*) > 0 and count(*) = (select count(*) from platform.booking_facts where tenant_id = {id})
            from tenant_{id}.bookings where version > 0
            """));
    }
}
