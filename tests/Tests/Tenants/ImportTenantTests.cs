using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Tests.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>
/// An invalid archive leaves nothing behind: with separate databases, whose schemas the tests count.
/// </summary>
[Collection(typeof(WithClock))]
public sealed class ImportTenantTests(ClockedPlatform world)
{
    private const string Tenants = "platform/tenants.ndjson";

    private PlatformFixture Platform => world.Platform;

    [Theory]
    [InlineData("tenant/clients.ndjson", "a byte")]
    [InlineData("tenant/clients.ndjson", "a row less")]
    [InlineData("platform/audit_log.ndjson", "a byte")]
    [InlineData("tenant/bookings.ndjson", "missing")]
    [InlineData("tenant/bookings.ndjson", "the end")]
    [InlineData("tenant/extra.ndjson", "unknown")]
    [InlineData(TransferCalls.Manifest, "missing")]
    [InlineData(TransferCalls.Manifest, "the end")]
    public async Task A_modified_archive_is_refused_with_the_name_of_the_file(string file, string flaw)
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
    public async Task Invalid_rows_with_valid_checksums_are_refused(
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
    public async Task An_unsupported_manifest_is_refused(string member, string value, string code)
    {
        var archive = new Dictionary<string, byte[]>(await SmallExportAsync());
        var manifest = JsonNode.Parse(archive[TransferCalls.Manifest])!;
        manifest[member] = JsonNode.Parse(value);
        archive[TransferCalls.Manifest] = Encoding.UTF8.GetBytes(manifest.ToJsonString());

        await AssertIsRefusedAsync(archive, code);
    }

    [Fact]
    public async Task Invalid_import_requests_are_refused()
    {
        var archive = TransferCalls.Pack(await SmallExportAsync());

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
    public async Task Two_concurrent_imports_with_one_slug_create_one_tenant()
    {
        var (archive, slug) = (TransferCalls.Pack(await SmallExportAsync()), TenantCalls.NewSlug());

        var outcomes = await SchedulingAnswers.AtOnceAsync(2, _ => Platform.ImportAsync(archive, slug));

        Assert.Single(outcomes, o => o.Status == 201);
        Assert.Single(outcomes, o => o == (409, Codes.AlreadyExists));
    }

    [Fact]
    public async Task An_import_repeated_with_its_key_replays_the_response()
    {
        var (archive, slug, key) = (TransferCalls.Pack(await SmallExportAsync()), TenantCalls.NewSlug(), $"{Guid.CreateVersion7():n}");

        var atOnce = await SchedulingAnswers.AtOnceAsync(2, _ => Platform.ImportAsync(archive, slug, key: key));
        using var again = await Platform.ImportAsync(archive, slug, key: key);
        using var other = await Platform.ImportAsync(archive, TenantCalls.NewSlug(), key: key);
        using var without = await Platform.ImportAsync(archive, slug);
        using var bad = await Platform.ImportAsync(archive, TenantCalls.NewSlug(), key: "with a blank");

        Assert.Contains((201, null), atOnce);
        Assert.All(atOnce, o => Assert.True(o is (201, null) or (409, Codes.IdempotencyInProgress), $"{o}"));
        var imported = await again.DataAsync<TenantImportResponse>();
        Assert.Equal((201, "true"), ((int)again.StatusCode, again.Headers.GetValues("Idempotency-Replayed").Single()));
        Assert.Equal($"/internal/api/v1/tenants/{imported.Tenant.Id}", again.Headers.Location!.ToString());
        Assert.Equal(slug, imported.Tenant.Slug);
        Assert.Contains(imported.Files, f => f is { Name: "tenant/bookings.ndjson", Imported: >= 3 });
        Assert.Equal((422, Codes.IdempotencyKeyReused), await other.ProblemAsync());
        Assert.Equal((409, Codes.AlreadyExists), await without.ProblemAsync());
        Assert.Equal((400, Codes.ValidationFailed), await bad.ProblemAsync());
    }

    [Fact]
    public async Task A_refused_import_leaves_its_key_unused()
    {
        var (archive, slug, key) = (new Dictionary<string, byte[]>(await SmallExportAsync()), TenantCalls.NewSlug(), $"{Guid.CreateVersion7():n}");
        var lines = Encoding.UTF8.GetString(archive["platform/tenant_applications.ndjson"]);
        archive["platform/tenant_applications.ndjson"] = Encoding.UTF8.GetBytes(
            lines.Replace("\"user_limit\":", "\"user_limit\":-5,\"x\":", StringComparison.Ordinal));
        Sum(archive); // refused by the last rows, when all else is there

        using var refused = await Platform.ImportAsync(TransferCalls.Pack(archive), slug, key: key);
        using var made = await Platform.ImportAsync(TransferCalls.Pack(await SmallExportAsync()), slug, key: key);

        Assert.Equal((422, Codes.ExportCorrupt), await refused.ProblemAsync());
        Assert.Equal(201, (int)made.StatusCode);
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

    private static Dictionary<string, byte[]>? _small;

    /// <summary>An export to break; made once.</summary>
    private async Task<Dictionary<string, byte[]>> SmallExportAsync()
    {
        if (_small is not null) return _small;

        var tenant = await Platform.BusyTenantAsync();
        await Platform.LicenseAsync(tenant);
        return _small = await Platform.ExportAsync(tenant.Id);
    }

    private async Task<(int, string?)> RefusedAsync(byte[] archive, string slug, string type = "application/zip")
    {
        using var response = await Platform.ImportAsync(archive, slug, type);
        return await response.ProblemAsync();
    }

    private async Task AssertIsRefusedAsync(Dictionary<string, byte[]> archive, string code, string? file = null)
    {
        var slug = TenantCalls.NewSlug();
        var schemas = await SchemasAsync();

        using var response = await Platform.ImportAsync(TransferCalls.Pack(archive), slug);

        Assert.Equal((422, code), await response.ProblemAsync());
        if (file is not null) Assert.Equal(file, (await response.DocumentAsync()).GetProperty("file").GetString());
        Assert.Equal(0, await Platform.PlatformValueAsync<long>($"select count(*) from tenants where slug = '{slug}'"));
        Assert.Equal(schemas, await SchemasAsync());
    }

    private Task<long> SchemasAsync() =>
        Platform.TenantValueAsync<long>("select count(*) from pg_namespace where nspname like 'tenant\\_%'");

    /// <summary>Makes the manifest true again.</summary>
    private static void Sum(Dictionary<string, byte[]> archive)
    {
        var manifest = TransferCalls.ManifestOf(archive);
        var files = manifest.Files.Select(f => f with
        {
            Rows = archive[f.Name].Count(b => b == '\n'),
            Bytes = archive[f.Name].Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(archive[f.Name])),
        });
        archive[TransferCalls.Manifest] = JsonSerializer.SerializeToUtf8Bytes(manifest with { Files = [.. files] }, PlatformJson.Options);
    }
}
