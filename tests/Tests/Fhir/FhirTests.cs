using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Api.Access;
using Platform.Contracts;
using Platform.Tests.Bookings;
using Platform.Tests.Http;
using Platform.Tests.Support;

namespace Platform.Tests.Fhir;

public sealed partial class FhirTests(PlatformFixture platform)
{
    private const string Fhir = "/fhir/r4";

    [Fact]
    public async Task The_capability_statement_names_what_can_be_read()
    {
        var tenant = await platform.NewTenantAsync();

        var statement = await GetAsync(tenant, "metadata");

        Assert.Equal("4.0.1", statement.GetProperty("fhirVersion").GetString());
        Assert.Equal(
            ["Schedule", "Slot", "Appointment"],
            statement.GetProperty("rest")[0].GetProperty("resource").EnumerateArray().Select(r => r.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_resource_is_a_schedule_with_the_actor_type_of_its_category()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($$"""
            update categories set attribute_schema = '{ "x-fhir-type": "Practitioner" }';
            insert into categories (id, name) values (501, 'Rooms');
            insert into resources (id, category_id, name, active) values (501, 501, 'Room 1', true), (502, 501, 'Room 2', false);
            """);

        var doctor = await GetAsync(tenant, $"Schedule/{tenant.DoctorId}");
        var active = Ids(await GetAsync(tenant, "Schedule?active=true"));
        var byActor = Ids(await GetAsync(tenant, $"Schedule?actor=Location/502,{tenant.DoctorId}"));
        var past = Ids(await GetAsync(tenant, "Schedule?date=lt2026-03-02"));

        var actor = doctor.GetProperty("actor")[0];
        Assert.Equal(("Practitioner", $"{tenant.DoctorId}", "Dr Who"), (
            actor.GetProperty("type").GetString(), actor.GetProperty("identifier").GetProperty("value").GetString(),
            actor.GetProperty("display").GetString()));
        Assert.Equal(["501", $"{tenant.DoctorId}"], active);
        Assert.Equal(["502", $"{tenant.DoctorId}"], byActor);
        Assert.Empty(past);
    }

    [Theory]
    [InlineData("pending", "pending")]
    [InlineData("confirmed", "booked")]
    [InlineData("checked_in", "arrived")]
    [InlineData("completed", "fulfilled")]
    [InlineData("cancelled", "cancelled")]
    [InlineData("rejected", "cancelled")]
    [InlineData("no_show", "noshow")]
    public async Task A_booking_is_an_appointment(string status, string fhir)
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Note = "😀 עברית" });
        await tenant.ExecuteAsync($"update bookings set status = '{status}', cancel_reason = 'ill'");

        var appointment = await GetAsync(tenant, $"Appointment/{booking.Id}");
        var found = Ids(await GetAsync(tenant, $"Appointment?status={fhir}&patient=Patient/{booking.Client!.Id}&actor=Location/{tenant.DoctorId}&_id={booking.Id}&date=2026-03-02"));
        var others = Ids(await GetAsync(tenant, $"Appointment?status={(fhir == "booked" ? "pending" : "booked")}"));

        Assert.Equal(fhir, appointment.GetProperty("status").GetString());
        Assert.Equal("2026-03-02T12:00:00Z", appointment.GetProperty("start").GetString());
        Assert.Equal("😀 עברית", appointment.GetProperty("comment").GetString());
        Assert.Equal(60, appointment.GetProperty("minutesDuration").GetInt32());
        Assert.Equal(fhir is "cancelled" or "noshow", appointment.TryGetProperty("cancelationReason", out _));
        Assert.Equal(
            [$"Location {tenant.DoctorId}", $"Patient {booking.Client!.Id}"],
            appointment.GetProperty("participant").EnumerateArray().Select(p => p.GetProperty("actor"))
                .Select(a => $"{a.GetProperty("type")} {a.GetProperty("identifier").GetProperty("value")}"));
        Assert.Equal([$"{booking.Id}"], found);
        Assert.Empty(others);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hold_is_not_an_appointment(bool isReleased)
    {
        var tenant = await platform.NewTenantAsync();
        var hold = await tenant.HeldAsync(PlatformFixture.Monday9am.AddHours(3));
        if (isReleased) await tenant.SendAsync("DELETE", $"/holds/{hold.Id}");

        await RefusedAsync(tenant, $"Appointment/{hold.Id}", 404, "not-found");
        Assert.Empty(Ids(await GetAsync(tenant, "Appointment")));
    }

    [Fact]
    public async Task Pages_hold_every_appointment_once_in_order_of_time()
    {
        var tenant = await platform.NewTenantAsync();
        for (var hour = 0; hour < 5; hour++)
        {
            await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(4 - hour) });
        }

        List<string> starts = [];
        var next = $"{Fhir}/Appointment?date=ge2026-03-02&date=lt2026-03-03&_count=2";
        while (next is not null)
        {
            var page = await ReadAsync(tenant, next);
            starts.AddRange(page.GetProperty("entry").EnumerateArray()
                .Select(entry => entry.GetProperty("resource").GetProperty("start").GetString()![11..13]));
            next = page.GetProperty("link").EnumerateArray()
                .Where(link => link.GetProperty("relation").GetString() == "next")
                .Select(link => new Uri(link.GetProperty("url").GetString()!).PathAndQuery).SingleOrDefault();
        }

        Assert.Equal(["09", "10", "11", "12", "13"], starts);
    }

    [Fact]
    public async Task The_capability_statement_is_what_the_routes_take()
    {
        var tenant = await platform.NewTenantAsync();
        var statement = (await GetAsync(tenant, "metadata")).GetProperty("rest")[0].GetProperty("resource").EnumerateArray()
            .ToDictionary(
                r => r.GetProperty("type").GetString()!,
                r => r.GetProperty("searchParam").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!));
        var routes = platform.Endpoints().Where(e => e.Path.StartsWith($"{Fhir}/", StringComparison.Ordinal) && e.Path.Split('/').Length == 4)
            .Select(e => e.Path.Split('/')[^1]).Where(name => char.IsUpper(name[0]));
        var all = statement.Values.SelectMany(parameters => parameters.Keys).Append("colour").Distinct().ToList();

        Assert.Equal(routes.Order(), statement.Keys.Order());
        foreach (var (type, parameters) in statement)
        {
            foreach (var name in all.Concat(all.Select(name => $"{name}:identifier")))
            {
                var known = parameters.GetValueOrDefault(name.Split(':')[0]);
                var isTaken = known.ValueKind is not JsonValueKind.Undefined
                    && (!name.Contains(':') || (known.TryGetProperty("documentation", out var text) && text.GetString() == "Modifier: identifier"));
                var value = name switch
                {
                    "_sort" => type == "Slot" ? "start" : "_id",
                    "status" => type == "Slot" ? "free" : "booked",
                    "active" => "true",
                    "date" or "start" or "_lastUpdated" => "ge2026-03-02",
                    _ => "1",
                };
                var needed = type == "Slot" && name != "schedule" ? "&schedule=1" : "";
                using var response = await tenant.Client.GetAsync($"{Fhir}/{type}?{name}={value}{needed}");

                Assert.True(isTaken == response.IsSuccessStatusCode, $"{type}?{name}={value} is {response.StatusCode}");
            }
        }
    }

    [Theory]
    [InlineData("Appointment/999999", 404, "not-found")]
    [InlineData("Appointment/x", 404, "not-found")]
    [InlineData("Schedule/999999", 404, "not-found")]
    [InlineData("Slot/1-2-3", 404, "not-found")]
    [InlineData("Slot/nonsense", 404, "not-found")]
    [InlineData("Slot/1-2-99999999999999", 404, "not-found")]
    [InlineData("Patient/1", 404, "not-found")]
    [InlineData("Appointment?date=tomorrow", 400, "invalid")]
    [InlineData("Appointment?date=ne2026-03-02", 400, "invalid")]
    [InlineData("Appointment?date=0001-01-01", 400, "invalid")]
    [InlineData("Appointment?_count=1000", 400, "invalid")]
    [InlineData("Appointment?_count=many", 400, "invalid")]
    [InlineData("Appointment?_cursor=forged", 400, "invalid")]
    [InlineData("Schedule?active=perhaps", 400, "invalid")]
    [InlineData("Appointment?patient=", 400, "invalid")]
    [InlineData("Appointment?patient:identifier=", 400, "invalid")]
    [InlineData("Appointment?patient:Patient=1", 400, "invalid")]
    [InlineData("Appointment?patient.identifier=1", 400, "invalid")]
    [InlineData("Appointment?status:not=booked", 400, "invalid")]
    [InlineData("Appointment?status=lost", 400, "invalid")]
    [InlineData("Appointment?_sort=patient", 400, "invalid")]
    [InlineData("Appointment?_sort=--date", 400, "invalid")]
    [InlineData("Appointment?_sort=date,patient", 400, "invalid")]
    [InlineData("Appointment?_sort=date,-date", 400, "invalid")]
    [InlineData("Appointment?_sort=date,", 400, "invalid")]
    [InlineData("Appointment?_sort=-", 400, "invalid")]
    [InlineData("Slot?schedule=1&_sort=start,_lastUpdated", 400, "invalid")]
    [InlineData("Appointment?_count=1&_count=2", 400, "invalid")]
    [InlineData("Appointment?_include=Appointment:actor", 400, "invalid")]
    [InlineData("Appointment?_summary=count", 400, "invalid")]
    [InlineData("Appointment?_format=xml", 400, "invalid")]
    [InlineData("Appointment?_lastUpdated=soon", 400, "invalid")]
    [InlineData("Schedule?patient=1", 400, "invalid")]
    [InlineData("Slot", 400, "invalid")]
    [InlineData("Slot?schedule=1&start=ge2026-03-02&start=lt2026-06-02", 422, "business-rule")]
    public async Task An_invalid_request_returns_an_operation_outcome(string path, int status, string issue)
    {
        var tenant = await platform.UntouchedTenantAsync();

        await RefusedAsync(tenant, path, status, issue);
    }

    [Fact]
    public async Task Reading_requires_a_token_the_scope_and_the_callers_tenant()
    {
        var (mine, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        using var anybody = platform.Client();
        using var unscoped = platform.Client(TestTokens.For(mine.UserId, mine.Id));
        using var foreign = platform.Client(mine.Token);
        foreign.DefaultRequestHeaders.Add(Headers.TenantId, $"{other.Id}");
        using var headless = platform.Client(mine.Token);
        var routes = platform.Endpoints().Where(e => e.Path.StartsWith(Fhir, StringComparison.Ordinal)).ToList();
        Assert.True(routes.Count >= 7);

        foreach (var route in routes)
        {
            Assert.NotNull(route.Metadata.GetMetadata<TenantScoped>());
            var path = Placeholder().Replace(route.Path, "1");
            foreach (var (client, status, issue) in ((HttpClient, int, string)[])[
                (anybody, 401, "login"), (unscoped, 403, "forbidden"), (foreign, 404, "not-found"), (headless, 400, "invalid")])
            {
                using var response = await client.GetAsync(path);
                Assert.Equal((status, issue), await OutcomeAsync(response));
            }
        }
    }

    [Fact]
    public async Task Ids_of_another_tenant_return_404_like_unknown_ids()
    {
        var (mine, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        await other.ExecuteAsync("update resources set name = 'secretofanother'");
        await other.BookedAsync(other.AtNoon());
        var booking = await other.HighestIdAsync("bookings") + 500;
        await other.ExecuteAsync($"""
            insert into bookings (id, uid, service_id, start_at, end_at, time_zone, status, before_buffer_minutes,
                after_buffer_minutes, note, version, created_at, updated_at)
            select {booking}, 'u', service_id, start_at, end_at, time_zone, status, 0, 0, 'secretofanother', 1, now(), now()
            from bookings limit 1
            """);

        await RefusedAsync(mine, $"Schedule/{other.DoctorId}", 404, "not-found");
        await RefusedAsync(mine, $"Appointment/{booking}", 404, "not-found");
        await RefusedAsync(mine, $"Slot/{other.ServiceId}-{other.DoctorId}-{PlatformFixture.Monday9am.ToUnixTimeSeconds()}", 404, "not-found");
        foreach (var search in (string[])[
            $"Schedule?actor={other.DoctorId}", $"Appointment?actor={other.DoctorId}", $"Appointment?_id={booking}",
            $"Slot?schedule={other.DoctorId}"])
        {
            Assert.Empty(Ids(await GetAsync(mine, search)));
        }
    }

    private static Task<JsonElement> GetAsync(TestTenant tenant, string path) => ReadAsync(tenant, $"{Fhir}/{path}");

    private static async Task<JsonElement> ReadAsync(TestTenant tenant, string path)
    {
        using var response = await tenant.Client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal("application/fhir+json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task RefusedAsync(TestTenant tenant, string path, int status, string issue)
    {
        using var response = await tenant.Client.GetAsync($"{Fhir}/{path}");
        Assert.Equal((status, issue), await OutcomeAsync(response));
    }

    private static async Task<(int Status, string? Issue)> OutcomeAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/fhir+json", response.Content.Headers.ContentType?.MediaType);
        var outcome = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("OperationOutcome", outcome.GetProperty("resourceType").GetString());
        return ((int)response.StatusCode, outcome.GetProperty("issue")[0].GetProperty("code").GetString());
    }

    private static List<string> Ids(JsonElement bundle) =>
        [.. Entries(bundle).Select(e => e.GetProperty("resource").GetProperty("id").GetString()!)];

    /// <summary>FHIR has no empty lists.</summary>
    private static IEnumerable<JsonElement> Entries(JsonElement bundle) =>
        bundle.TryGetProperty("entry", out var entries) ? entries.EnumerateArray() : [];

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Placeholder();
}
