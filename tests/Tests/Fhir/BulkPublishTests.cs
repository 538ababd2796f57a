using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Platform.Tests.Support;

namespace Platform.Tests.Fhir;

/// <summary>
/// SMART Scheduling Links: a manifest and the files that it names, for anonymous and authenticated callers.
/// </summary>
public sealed class BulkPublishTests(PlatformFixture platform)
{
    private const string Slots = "bulk/Slot.ndjson";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_manifest_links_to_locations_schedules_and_slots_that_reference_each_other(bool isPublic)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        using var client = isPublic ? platform.Client() : null;

        var manifest = await JsonAsync(client ?? tenant.Client, $"{Area(tenant, isPublic)}/$bulk-publish");
        var files = new Dictionary<string, List<JsonElement>>();
        foreach (var output in manifest.GetProperty("output").EnumerateArray())
        {
            files[output.GetProperty("type").GetString()!] =
                await LinesAsync(client ?? tenant.Client, new Uri(output.GetProperty("url").GetString()!).PathAndQuery);
        }

        Assert.Equal("2026-03-02T09:00:00Z", manifest.GetProperty("transactionTime").GetString());
        Assert.EndsWith($"{Area(tenant, isPublic)}/$bulk-publish", manifest.GetProperty("request").GetString(), StringComparison.Ordinal);
        Assert.Equal(!isPublic, manifest.GetProperty("requiresAccessToken").GetBoolean());
        Assert.Equal(["Location", "Schedule", "Slot"], files.Keys);
        Assert.All(files, file => Assert.All(file.Value, line => Assert.Equal(file.Key, line.GetProperty("resourceType").GetString())));
        var (location, schedule) = (Assert.Single(files["Location"]), Assert.Single(files["Schedule"]));
        Assert.Equal($"Tenant {tenant.Id}", location.GetProperty("name").GetString());
        Assert.Equal($"Location/{Id(location)}", Assert.Single(schedule.GetProperty("actor").EnumerateArray()).GetProperty("reference").GetString());
        Assert.All(files["Slot"], slot => Assert.Equal($"Schedule/{Id(schedule)}", slot.GetProperty("schedule").GetProperty("reference").GetString()));
        Assert.Equal(files["Slot"].Count, files["Slot"].Select(Id).Distinct().Count());
        Assert.All(files.Values.SelectMany(lines => lines), line => Assert.Matches("^[A-Za-z0-9_.]{1,64}$", Id(line)));
    }

    [Fact]
    public async Task The_manifest_and_each_line_match_the_specification()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        await platform.ExecutePlatformAsync($"""
            insert into tenant_addresses (tenant_id_fk, type, line1, city, region, postal_code, country, is_primary)
            values ({tenant.Id}, 'HQ', 'Rua A, 1', 'São Paulo', 'SP', '01310-100', 'BR', true);
            insert into tenant_contacts (tenant_id_fk, type, name, email, phone, is_primary)
            values ({tenant.Id}, 'ADMIN', 'Ana', 'ana@x.test', '+5511987654321', true);
            """);
        using var anybody = platform.Client();
        List<string> faults = [];

        var manifest = await JsonAsync(anybody, $"{Area(tenant, true)}/$bulk-publish");
        faults.Add(SchedulingLinksSchemas.Manifest.FaultsOf(manifest));
        var count = 0;
        foreach (var output in manifest.GetProperty("output").EnumerateArray())
        {
            var lines = await LinesAsync(anybody, new Uri(output.GetProperty("url").GetString()!).PathAndQuery);
            count += lines.Count;
            faults.AddRange(lines.Select(SchedulingLinksSchemas.Lines[output.GetProperty("type").GetString()!].FaultsOf));
        }

        Assert.All(faults, fault => Assert.Equal("", fault));
        Assert.Equal(2 + 79, count); // weekdays from 9 to 17, but for what is booked
        using var empty = JsonDocument.Parse("{}");
        Assert.All(
            SchedulingLinksSchemas.Lines.Values.Append(SchedulingLinksSchemas.Manifest),
            schema => Assert.NotEqual("", schema.FaultsOf(empty.RootElement)));
    }

    [Fact]
    public async Task A_location_contains_its_address_and_phone()
    {
        var tenant = await platform.NewTenantAsync();
        var bare = await LinesAsync(tenant.Client, "/fhir/r4/bulk/Location.ndjson");
        await platform.ExecutePlatformAsync($"""
            insert into tenant_addresses (tenant_id_fk, type, line1, line2, city, region, postal_code, country, is_primary) values
                ({tenant.Id}, 'HQ', 'Old street 1', null, 'Lisboa', null, null, 'PT', false),
                ({tenant.Id}, 'HQ', 'Rua A, 1', null, 'São Paulo', 'SP', '01310-100', 'BR', true);
            insert into tenant_contacts (tenant_id_fk, type, name, email, phone, is_primary) values
                ({tenant.Id}, 'BILLING', 'Bo', 'bo@x.test', '+5511111111111', true),
                ({tenant.Id}, 'ADMIN', 'Ana', 'ana@x.test', '+5511987654321', true);
            """);

        var whole = Assert.Single(await LinesAsync(tenant.Client, "/fhir/r4/bulk/Location.ndjson"));

        Assert.Equal(["resourceType", "id", "status", "name"], Assert.Single(bare).EnumerateObject().Select(m => m.Name));
        Assert.Equal(
            [("line", "Rua A, 1"), ("city", "São Paulo"), ("state", "SP"), ("postalCode", "01310-100"), ("country", "BR")],
            whole.GetProperty("address").EnumerateObject().Select(m => (
                m.Name, m.Value.ValueKind is JsonValueKind.Array ? Assert.Single(m.Value.EnumerateArray()).GetString() : m.Value.GetString())));
        Assert.Equal("+5511987654321", Assert.Single(whole.GetProperty("telecom").EnumerateArray()).GetProperty("value").GetString());
        Assert.DoesNotContain("ana", whole.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Slots_are_free_slots_of_two_weeks_with_capacity_and_a_booking_link()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 3");
        await tenant.BookedAsync(tenant.AtNoon());

        var slots = await LinesAsync(tenant.Client, $"/fhir/r4/{Slots}");

        Assert.Equal(10 * 8, slots.Count); // weekdays from 9 to 17
        var noon = slots.Single(s => s.GetProperty("start").GetString() == "2026-03-02T12:00:00Z");
        Assert.Equal(("free", "2026-03-02T13:00:00Z", "Visit"), (
            noon.GetProperty("status").GetString(), noon.GetProperty("end").GetString(),
            noon.GetProperty("serviceType")[0].GetProperty("text").GetString()));
        var extensions = noon.GetProperty("extension").EnumerateArray()
            .ToDictionary(e => e.GetProperty("url").GetString()!.Split('/')[^1]);
        Assert.Equal(2, extensions["slot-capacity"].GetProperty("valueInteger").GetInt32());
        Assert.Equal(
            $"https://book.test/{tenant.Slug}/{tenant.ServiceId}?slot=2026-03-02T12%3A00%3A00Z",
            extensions["booking-deep-link"].GetProperty("valueUrl").GetString());
    }

    [Fact]
    public async Task Anonymous_callers_see_only_public_data_of_the_tenant()
    {
        var (tenant, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        await tenant.ExecuteAsync($"""
            insert into services (id, name, durations_minutes, slot_interval_minutes, booking_window_days)
            values (7, 'Inside', array[60], 60, 60), (8, 'Gone', array[60], 60, 60);
            insert into service_resources (service_id, resource_id) values (7, {tenant.DoctorId}), (8, {tenant.DoctorId});
            update services set active = false where id = 8;
            """);
        using var anybody = platform.Client();

        var open = await LinesAsync(anybody, $"{Area(tenant, true)}/bulk/Schedule.ndjson");
        var all = await LinesAsync(tenant.Client, "/fhir/r4/bulk/Schedule.ndjson");
        var slots = await LinesAsync(anybody, $"{Area(tenant, true)}/{Slots}");
        using var nowhere = await anybody.GetAsync("/public/api/v1/nobody/fhir/r4/$bulk-publish");
        using var closed = await anybody.GetAsync("/fhir/r4/$bulk-publish");

        Assert.Equal([$"service.{tenant.ServiceId}"], open.Select(Id));
        Assert.Equal(["service.7", $"service.{tenant.ServiceId}"], all.Select(Id));
        Assert.DoesNotContain(slots, s => Id(s).StartsWith("service.7", StringComparison.Ordinal));
        Assert.DoesNotContain(slots, s => Id(s).Contains($"{other.ServiceId}", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), (nowhere.StatusCode, closed.StatusCode));
    }

    [Theory]
    [InlineData("$bulk-publish")]
    [InlineData("bulk/Location.ndjson")]
    [InlineData("bulk/Schedule.ndjson")]
    [InlineData(Slots)]
    public async Task A_conditional_request_for_an_unchanged_file_returns_304(string file)
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();
        var path = $"{Area(tenant, true)}/{file}";

        using var first = await anybody.GetAsync(path);
        using var byTag = await SendAsync(anybody, path, h => h.IfNoneMatch.Add(first.Headers.ETag!));
        using var byTime = await SendAsync(anybody, path, h => h.IfModifiedSince = first.Content.Headers.LastModified);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal((true, TimeSpan.FromMinutes(1)), (first.Headers.CacheControl!.Public, first.Headers.CacheControl.MaxAge));
        Assert.Equal(file.StartsWith('$') ? "application/json" : "application/fhir+ndjson", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.NotModified), (byTag.StatusCode, byTime.StatusCode));
    }

    [Fact]
    public async Task A_booking_changes_the_tag_of_the_slots()
    {
        var tenant = await platform.NewTenantAsync();
        using var before = await tenant.Client.GetAsync($"/fhir/r4/{Slots}");
        await tenant.BookedAsync(tenant.AtNoon());

        using var after = await SendAsync(tenant.Client, $"/fhir/r4/{Slots}", h => h.IfNoneMatch.Add(before.Headers.ETag!));

        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.True(before.Headers.CacheControl!.Private);
        Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
    }

    [Fact]
    public async Task Slots_of_all_services_are_read_in_two_round_trips()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"""
            insert into services (id, name, durations_minutes, slot_interval_minutes, booking_window_days)
            select n, 'S' || n, array[30], 30, 60 from generate_series(1, 5) n;
            insert into resources (id, category_id, name) select n, {tenant.CategoryId}, 'R' || n from generate_series(1, 20) n;
            insert into service_resources (service_id, resource_id) select s, r from generate_series(1, 5) s, generate_series(1, 20) r;
            update schedules set resource_id = null;
            """);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/fhir/r4/{Slots}");
        var trace = platform.Api.Statements.Watch(request);

        using var response = await tenant.Client.SendAsync(request);

        Assert.True((await response.Content.ReadAsStringAsync()).Split('\n').Length > 800);
        var trips = platform.Api.Statements.RoundTripsOf(trace).Where(t => t.Any(s => s.Contains("search_path"))).ToList();
        Assert.Equal([1 + 1, 1 + (2 * 6)], trips.Select(trip => trip.Count)); // the path, and one or two each
    }

    private static string Area(TestTenant tenant, bool isPublic) =>
        isPublic ? $"/public/api/v1/{tenant.Slug}/fhir/r4" : "/fhir/r4";

    private static string Id(JsonElement resource) => resource.GetProperty("id").GetString()!;

    private static async Task<JsonElement> JsonAsync(HttpClient client, string path) =>
        JsonDocument.Parse(await client.GetStringAsync(path)).RootElement;

    private static async Task<List<JsonElement>> LinesAsync(HttpClient client, string path) =>
        [.. (await client.GetStringAsync(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, Action<HttpRequestHeaders> with)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        with(request.Headers);
        return await client.SendAsync(request);
    }
}
