using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.Tenants;
using Platform.Tests.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>With databases of their own, whose clock they move.</summary>
public sealed class OffboardingTests(ClockedPlatform world) : IClassFixture<ClockedPlatform>
{
    private const string Manifest = "manifest.json";
    private const string Tenants = "platform/tenants.ndjson";

    private PlatformFixture Platform => world.Platform;

    [Fact]
    public async Task What_was_exported_is_imported_to_the_last_row()
    {
        var tenant = await BusyTenantAsync();
        await Platform.LicenseAsync(tenant, limit: 4);
        await tenant.GrantedAsync(tenant.UserId);
        var stranger = await Platform.MemberAsync(tenant, "manager");
        await Platform.ExecutePlatformAsync($"""
            insert into roles (id, tenant_id_fk, slug, name, permissions) values ({tenant.Id}, {tenant.Id}, 'porter', 'Porter', '{"{keys}"}');
            insert into membership_roles (membership_id_fk, role_id_fk, tenant_id_fk) values
                ({tenant.UserId}, {tenant.Id}, {tenant.Id}), ({tenant.UserId}, 1, {tenant.Id});
            """);
        await Platform.StaffAsync<AddressResponse>(
            "POST", $"/tenants/{tenant.Id}/addresses", """{ "type": "HQ", "line1": "Rua \"A\"\n\\N 1 🏠", "city": "Porto", "country": "PT" }""");
        await Platform.StaffAsync<ContactResponse>(
            "POST", $"/tenants/{tenant.Id}/contacts", """{ "type": "TECH", "name": "Tess", "email": "tess@example.com" }""");

        var exported = await ExportAsync(tenant.Id);
        await Platform.ExecutePlatformAsync($"update users set email = 'elsewhere-{stranger}@example.com' where id = {stranger}");
        var slug = TenantCalls.NewSlug();
        var imported = await ImportedAsync(exported, slug);
        var again = await ExportAsync(imported.Tenant.Id);

        Assert.All(ManifestOf(exported).Files, file => AssertIsAsSaid(exported[file.Name], file));
        Assert.Equal(TablesOf(exported), TablesOf(again));
        var rows = ManifestOf(exported).Files.ToDictionary(f => f.Name, f => f.Rows);
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
        Assert.Equal((slug, "active", "Europe/Lisbon", tenant.Id), (imported.Tenant.Slug, imported.Tenant.Status, imported.Tenant.TimeZone, imported.SourceTenantId));
        Assert.Equal("tenant.registered,tenant.imported,tenant.exported", await Platform.ActionsAsync(imported.Tenant.Id));
        var license = Assert.Single(await Platform.StaffAsync<List<LicenseResponse>>("GET", $"/tenants/{imported.Tenant.Id}/licenses"));
        Assert.Equal(("suspended", 4, 0), (license.Status, license.UserLimit, license.SeatsUsed));
        var address = Assert.Single(await Platform.StaffAsync<List<AddressResponse>>("GET", $"/tenants/{imported.Tenant.Id}/addresses"));
        Assert.Equal(("Rua \"A\"\n\\N 1 🏠", true), (address.Line1, address.Primary));
        Assert.Equal("porter,tenant_admin", await Platform.PlatformValueAsync<string>($"""
            select string_agg(r.slug, ',' order by r.slug) from membership_roles mr join roles r on r.id = mr.role_id_fk
            where mr.tenant_id_fk = {imported.Tenant.Id}
            """));
        await AssertIsUsableAsync(imported.Tenant.Id, tenant);
    }

    [Theory]
    [InlineData("tenant/clients.ndjson", "a byte")]
    [InlineData("tenant/clients.ndjson", "a row less")]
    [InlineData("platform/audit_log.ndjson", "a byte")]
    [InlineData("tenant/bookings.ndjson", "missing")]
    [InlineData("tenant/bookings.ndjson", "the end")]
    [InlineData("tenant/extra.ndjson", "unknown")]
    [InlineData(Manifest, "missing")]
    [InlineData(Manifest, "the end")]
    public async Task What_is_not_as_it_was_exported_is_refused_by_name(string file, string flaw)
    {
        var archive = new Dictionary<string, byte[]>(await SmallExportAsync());
        switch (flaw)
        {
            case "a byte": archive[file] = [.. archive[file][..^2], (byte)' ', (byte)'\n']; break;
            case "a row less": archive[file] = archive[file][..(archive[file].AsSpan(0, archive[file].Length - 1).LastIndexOf((byte)'\n') + 1)]; break;
            case "the end": archive[file] = archive[file][..^5]; break;
            case "missing": archive.Remove(file); break;
            default: archive[file] = "{}\n"u8.ToArray(); break;
        }

        await AssertIsRefusedAsync(archive, Codes.ExportCorrupt, file);
    }

    [Theory]
    [InlineData("tenant/bookings.ndjson", "service_id", "424242", "tenant/bookings.ndjson")] // a reference to nothing
    [InlineData("tenant/bookings.ndjson", "party_size", "-1", "tenant/bookings.ndjson")]
    [InlineData("tenant/bookings.ndjson", "start_at", "\"soon\"", "tenant/bookings.ndjson")]
    [InlineData("tenant/clients.ndjson", "id", "null", "tenant/clients.ndjson")]
    [InlineData("tenant/clients.ndjson", "name", "\"\\u0000\"", "tenant/clients.ndjson")]
    [InlineData("platform/memberships.ndjson", "active", "\"perhaps\"", "platform/memberships.ndjson")]
    [InlineData("platform/tenant_applications.ndjson", "user_limit", "-5", "platform/tenant_applications.ndjson")]
    [InlineData(Tenants, "name", "\"\"", Tenants)]
    [InlineData(Tenants, "name", "null", Tenants)]
    [InlineData(Tenants, "currency", "\"JPY\"", Tenants)]
    [InlineData(Tenants, "time_zone", "\"Mars/Olympus\"", Tenants)]
    [InlineData(Tenants, "branding", """{ "primaryColor": "red;" }""", Tenants)]
    public async Task Rows_that_cannot_be_are_refused_although_their_sums_are_right(
        string file, string member, string value, string blamed)
    {
        var archive = new Dictionary<string, byte[]>(await SmallExportAsync());
        var lines = Encoding.UTF8.GetString(archive[file]).Split('\n');
        var row = JsonNode.Parse(lines[0])!;
        row[member] = JsonNode.Parse(value);
        lines[0] = row.ToJsonString();
        archive[file] = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        Sum(archive);

        await AssertIsRefusedAsync(archive, Codes.ExportCorrupt, blamed);
    }

    [Theory]
    [InlineData("formatVersion", "2", Codes.ExportUnsupported)]
    [InlineData("format", "\"other\"", Codes.ExportUnsupported)]
    [InlineData("migrations", "[\"0001_CatalogueAndBookings\"]", Codes.ExportUnsupported)]
    [InlineData("files", "null", Codes.ExportCorrupt)]
    [InlineData("files", "[null]", Codes.ExportCorrupt)]
    [InlineData("files", "[]", Codes.ExportCorrupt)]
    [InlineData("timeZone", "\"Etc/UTC\"", Codes.ExportCorrupt)]
    public async Task A_manifest_that_we_do_not_understand_is_refused(string member, string value, string code)
    {
        var archive = new Dictionary<string, byte[]>(await SmallExportAsync());
        var manifest = JsonNode.Parse(archive[Manifest])!;
        manifest[member] = JsonNode.Parse(value);
        archive[Manifest] = Encoding.UTF8.GetBytes(manifest.ToJsonString());

        await AssertIsRefusedAsync(archive, code);
    }

    [Fact]
    public async Task A_request_to_import_says_what_it_brings_and_for_whom()
    {
        var archive = Pack(await SmallExportAsync());

        Assert.Equal((409, Codes.AlreadyExists), await RefusedAsync(archive, "porto-cowork"));
        Assert.Equal((422, Codes.ReservedSlug), await RefusedAsync(archive, "www"));
        Assert.Equal((400, Codes.ValidationFailed), await RefusedAsync(archive, "No"));
        Assert.Equal((400, Codes.ValidationFailed), await RefusedAsync(archive, ""));
        Assert.Equal((415, Codes.UnsupportedMediaType), await RefusedAsync(archive, "ok-2", "application/json"));
        Assert.Equal((422, Codes.InvalidFile), await RefusedAsync("no archive at all"u8.ToArray(), "ok-2"));
        Assert.Equal((422, Codes.InvalidFile), await RefusedAsync([], "ok-2"));
        Assert.Equal((422, Codes.InvalidFile), await RefusedAsync(archive[..(archive.Length / 2)], "ok-2"));
        Assert.Equal((404, Codes.NotFound), await Platform.StaffRefusedAsync("POST", "/tenants/999999999/export"));
    }

    [Fact]
    public async Task Of_two_imports_under_one_slug_at_once_one_is_made()
    {
        var (archive, slug) = (Pack(await SmallExportAsync()), TenantCalls.NewSlug());

        var outcomes = await SchedulingAnswers.AtOnceAsync(2, _ => SendAsync(archive, slug));

        Assert.Single(outcomes, o => o.Status == 201);
        Assert.Single(outcomes, o => o == (409, Codes.AlreadyExists));
    }

    [Fact]
    public async Task An_import_that_broke_off_is_not_taken_for_a_new_tenant()
    {
        var tenant = await Platform.MadeTenantAsync();
        await Platform.ExecutePlatformAsync(
            $"update tenants set status = 'provisioning', provisioning_error = 'IMPORT_FAILED' where id = {tenant.Id}");

        var path = $"/tenants/{tenant.Id}/offboard";
        var tooEarly = await Platform.StaffRefusedAsync("POST", path, """{ "reason": "Somebody may be at it" }""");
        using var retried = await Platform.StaffAsync("POST", $"/tenants/{tenant.Id}/retry-provisioning");
        var gone = await Platform.StaffAsync<TenantResponse>("POST", path, """{ "reason": "Broken" }""");
        var kept = await Platform.StaffAsync<TenantResponse>("POST", $"{path}/cancel");

        Assert.Equal((409, Codes.InvalidTenantStatus), tooEarly);
        Assert.Equal((503, Codes.ProvisioningFailed), await retried.ProblemAsync());
        Assert.Equal(ProvisioningErrors.ImportFailed, (await retried.DocumentAsync()).GetProperty("reason").GetString());
        Assert.Equal(("offboarding", "provisioning_failed"), (gone.Status, kept.Status));
    }

    [Fact]
    public async Task Whoever_is_let_go_may_come_back_until_the_cooling_period_is_over()
    {
        var tenant = await world.NewTenantAsync();
        var path = $"/tenants/{tenant.Id}";

        var off = await Platform.StaffAsync<TenantResponse>(
            "POST", $"{path}/offboard", """{ "reason": "They close", "purgeAfterDays": 7 }""");
        using var route = await tenant.Client.GetAsync("/api/v1/services");
        var again = await Platform.StaffRefusedAsync("POST", $"{path}/offboard", """{ "reason": "x" }""");
        var activated = await Platform.StaffRefusedAsync("POST", $"{path}/activate");
        world.Clock.Time = off.PurgeAt!.Value.AddMicroseconds(-1);
        using var early = await Platform.StaffAsync("POST", $"{path}/purge");
        var kept = await Platform.StaffAsync<TenantResponse>("POST", $"{path}/offboard/cancel");
        var purged = await Platform.StaffRefusedAsync("POST", $"{path}/purge");
        await Platform.StaffAsync<TenantResponse>("POST", $"{path}/activate");
        using var back = await tenant.Client.GetAsync("/api/v1/services");
        world.Clock.Time = PlatformFixture.Monday9am;

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
    public async Task An_offboarding_that_cannot_be_is_refused(string json) =>
        Assert.Equal((400, Codes.ValidationFailed), await Platform.StaffRefusedAsync("POST", "/tenants/2/offboard", json));

    [Fact]
    public async Task What_is_purged_leaves_its_audit_and_its_number()
    {
        var tenant = await BusyTenantAsync();
        await Platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        Assert.True((await tenant.CheckAsync(tenant.UserId)).Allowed);
        var path = $"/tenants/{tenant.Id}";
        await Platform.StaffAsync<ContactResponse>("POST", $"{path}/contacts", """{ "type": "TECH", "name": "Tess", "email": "tess@example.com" }""");
        await Platform.StaffAsync<TenantResponse>("PATCH", path, """{ "customDomain": "gone.example.org" }""");
        await Platform.StaffAsync<TenantResponse>("POST", $"{path}/offboard", """{ "reason": "They close" }""");
        world.Clock.Time = PlatformFixture.Monday9am.AddDays(30);

        var outcomes = await SchedulingAnswers.AtOnceAsync(3, _ => Platform.StaffAsync("POST", $"{path}/purge"));
        await Platform.ExecuteTenantAsync($"create schema if not exists {tenant.Schema}"); // as if one had died half-way
        var purged = await Platform.StaffAsync<TenantResponse>("POST", $"{path}/purge");
        world.Clock.Time = PlatformFixture.Monday9am;

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

    /// <summary>Every change of a tombstone, and whoever comes with its number.</summary>
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

    /// <summary>With rows in circles, ranges, JSON, arrays, digests.</summary>
    private async Task<TestTenant> BusyTenantAsync()
    {
        world.Clock.Time = PlatformFixture.Monday9am;
        var tenant = await Platform.NewTenantAsync("Europe/Lisbon");
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.HeldAsync(PlatformFixture.Monday9am.AddHours(6));
        await tenant.BookedAsync(tenant.AtNoon("grace@example.com") with { Start = PlatformFixture.Monday9am.AddDays(1) });
        await tenant.ExecuteAsync($$"""
            insert into blackouts (during, reason) values ('[2026-12-24,2026-12-25)', E'tab\t "quote" \\ back\nline 🎄');
            insert into custom_fields (applies_to, key, label, type, choices) values ('client', 'k', 'K', 'choice', '{a,"b c"}');
            insert into schedule_overrides (resource_id, date, start_minutes, end_minutes)
            values ({{tenant.DoctorId}}, '2026-04-01', '{540,800}', '{600,900}');
            insert into clients (id, name, locale, metadata, merged_into_id, created_at)
            select 90001, 'Ñandú', 'en', '{"n": 1.10, "big": 12345678901234567890}', id, '2026-03-02 09:00:00.123456+00' from clients limit 1;
            insert into waitlist_entries (id, service_id, client_id, wanted, time_zone, status, booking_id, version)
            select 5, {{tenant.ServiceId}}, client_id, '[2026-03-03 09:00+00,2026-03-03 18:00+00)', 'Etc/UTC', 'booked', id, 7
            from bookings where client_id is not null limit 1;
            update bookings set waitlist_id = 5 where id = (select booking_id from waitlist_entries);
            insert into calendar_feeds (resource_id, token_hash) values ({{tenant.DoctorId}}, '\xdeadbeef');
            """);
        return tenant;
    }

    private static Dictionary<string, byte[]>? _small;

    /// <summary>An export to break; made once.</summary>
    private async Task<Dictionary<string, byte[]>> SmallExportAsync()
    {
        if (_small is not null) return _small;

        var tenant = await BusyTenantAsync();
        await Platform.LicenseAsync(tenant);
        return _small = await ExportAsync(tenant.Id);
    }

    private async Task<Dictionary<string, byte[]>> ExportAsync(long id)
    {
        using var response = await Platform.StaffAsync("POST", $"/tenants/{id}/export");
        Assert.Equal((200, "application/zip"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        using var zip = new ZipArchive(new MemoryStream(await response.Content.ReadAsByteArrayAsync()));
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var stream = entry.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        });
    }

    private static byte[] Pack(Dictionary<string, byte[]> archive)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in archive)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(content);
            }
        }

        return packed.ToArray();
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] archive, string slug, string type = "application/zip")
    {
        using var staff = Platform.Staff();
        using var content = new ByteArrayContent(archive) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        return await staff.PostAsync($"/internal/api/v1/tenants/import?slug={slug}", content);
    }

    private async Task<TenantImportResponse> ImportedAsync(Dictionary<string, byte[]> archive, string slug)
    {
        using var response = await SendAsync(Pack(archive), slug);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal((201, Codes.TenantImported), ((int)response.StatusCode, await response.SuccessAsync()));
        return await response.DataAsync<TenantImportResponse>();
    }

    private async Task<(int, string?)> RefusedAsync(byte[] archive, string slug, string type = "application/zip")
    {
        using var response = await SendAsync(archive, slug, type);
        return await response.ProblemAsync();
    }

    private async Task AssertIsRefusedAsync(Dictionary<string, byte[]> archive, string code, string? file = null)
    {
        var slug = TenantCalls.NewSlug();
        var schemas = await SchemasAsync();

        using var response = await SendAsync(Pack(archive), slug);

        Assert.Equal((422, code), await response.ProblemAsync());
        if (file is not null) Assert.Equal(file, (await response.DocumentAsync()).GetProperty("file").GetString());
        Assert.Equal(0, await Platform.PlatformValueAsync<long>($"select count(*) from tenants where slug = '{slug}'"));
        Assert.Equal(schemas, await SchemasAsync());
    }

    private Task<long> SchemasAsync() =>
        Platform.TenantValueAsync<long>("select count(*) from pg_namespace where nspname like 'tenant\\_%'");

    private static ExportManifest ManifestOf(Dictionary<string, byte[]> archive) =>
        JsonSerializer.Deserialize<ExportManifest>(archive[Manifest], PlatformJson.Options)!;

    private static void AssertIsAsSaid(byte[] content, ExportedFile said) => Assert.Equal(
        said with { Rows = content.Count(b => b == '\n'), Bytes = content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)) },
        said);

    private static List<ExportedFile> TablesOf(Dictionary<string, byte[]> archive) =>
        [.. ManifestOf(archive).Files.Where(f => f.Name.StartsWith("tenant/", StringComparison.Ordinal))];

    /// <summary>Makes the manifest true again.</summary>
    private static void Sum(Dictionary<string, byte[]> archive)
    {
        var manifest = ManifestOf(archive);
        var files = manifest.Files.Select(f => f with
        {
            Rows = archive[f.Name].Count(b => b == '\n'),
            Bytes = archive[f.Name].Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(archive[f.Name])),
        });
        archive[Manifest] = JsonSerializer.SerializeToUtf8Bytes(manifest with { Files = [.. files] }, PlatformJson.Options);
    }

    /// <summary>New rows go behind those that came, versions rise again, references hold.</summary>
    private async Task AssertIsUsableAsync(long id, TestTenant origin)
    {
        using var staff = Platform.ClientWith(1, staff: true, Scopes.Scheduling);
        staff.DefaultRequestHeaders.Add(Headers.TenantId, $"{id}");
        using var made = await staff.PostAsync("/api/v1/clients", new StringContent(
            """{ "name": "New" }""", Encoding.UTF8, "application/json"));
        var client = (await made.DocumentAsync()).GetProperty("data").GetProperty("id").GetInt64();
        using var slots = await staff.GetAsync($"/api/v1/slots?serviceId={origin.ServiceId}&{SchedulingAnswers.Monday}");

        Assert.True(client > 90001, $"{client}");
        Assert.Equal(200, (int)slots.StatusCode);
        var references = await Platform.TenantValueAsync<string>($"""
            select string_agg(n.nspname || ':' || k, ',') from (
                select connamespace, count(*) as k from pg_constraint where contype = 'f' group by 1) c
            join pg_namespace n on n.oid = c.connamespace where n.nspname in ('tenant_{id}', '{origin.Schema}')
            """);
        Assert.Equal(2, references.Split(',').Length);
        Assert.Single(references.Split(',').Select(r => r.Split(':')[1]).Distinct());
        Assert.Equal(0, await Platform.TenantValueAsync<long>($"""
            select count(*) from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'tenant_{id}' and t.tgenabled <> 'O'
            """));
        Assert.Equal(
            await Platform.TenantValueAsync<long>($"select count(*) from platform.due_jobs where tenant_id = {origin.Id}"),
            await Platform.TenantValueAsync<long>($"select count(*) from platform.due_jobs where tenant_id = {id}"));
    }

    /// <summary>Of all tables of platformdb that have a tenant in them.</summary>
    private Task<string> TablesWithRowsAsync(long id) => Platform.PlatformValueAsync<string>($"""
        select string_agg(c.relname, ',' order by c.relname) from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id_fk'
        where c.relkind = 'r' and (xpath('/row/n/text()', query_to_xml(
            format('select count(*) as n from %I where tenant_id_fk = {id}', c.relname), false, true, '')))[1]::text <> '0'
        """);
}
