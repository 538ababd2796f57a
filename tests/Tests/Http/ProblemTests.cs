using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Platform.Contracts;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

public sealed class ProblemTests(PlatformFixture platform)
{
    private const string Bookings = "/api/v1/bookings";

    [Theory]
    [InlineData("", Codes.MalformedRequest)]
    [InlineData("{", Codes.MalformedRequest)]
    [InlineData("null", Codes.MalformedRequest)]
    [InlineData("[]", Codes.ValidationFailed)]
    [InlineData("{}", Codes.ValidationFailed)]
    [InlineData("""{ "serviceId": SERVICE }""", Codes.ValidationFailed)] // a member is missing
    [InlineData("""{ "serviceId": null, "start": "2026-03-02T12:00:00Z" }""", Codes.ValidationFailed)]
    [InlineData("""{ "serviceId": "SERVICE", "start": "2026-03-02T12:00:00Z" }""", Codes.ValidationFailed)]
    [InlineData("""{ "serviceId": 1.5, "start": "2026-03-02T12:00:00Z" }""", Codes.ValidationFailed)]
    [InlineData("""{ "serviceId": 1e30, "start": "2026-03-02T12:00:00Z" }""", Codes.ValidationFailed)]
    [InlineData("""{ "serviceId": 0, "start": "2026-03-02T12:00:00Z" }""", Codes.ValidationFailed, "serviceId")]
    [InlineData("""{ "serviceId": SERVICE, "start": "2026-02-30T12:00:00Z" }""", Codes.ValidationFailed, "start")]
    [InlineData("""{ "serviceId": SERVICE, "start": "2026-03-02T23:59:60Z" }""", Codes.ValidationFailed, "start")]
    [InlineData("""{ "serviceId": SERVICE, "start": 1772452800 }""", Codes.ValidationFailed, "start")]
    [InlineData("""{ VALID, "status": "confirmed" }""", Codes.ValidationFailed)]
    [InlineData("""{ VALID, "tenantId": 2 }""", Codes.ValidationFailed)]
    [InlineData("""{ VALID, "ServiceId": 2 }""", Codes.ValidationFailed)]
    [InlineData("""{ VALID, "start": "2026-03-02T12:00:00Z" }""", Codes.ValidationFailed)] // twice
    [InlineData("""{ VALID, "note": "a\u0000b" }""", Codes.ValidationFailed, "note")]
    [InlineData("""{ VALID, "note": "\uD800" }""", Codes.ValidationFailed, "note")]
    [InlineData("""{ VALID, "note": 7 }""", Codes.ValidationFailed, "note")]
    [InlineData("""{ VALID, "client": { "name": null, "email": null } }""", Codes.ValidationFailed)]
    [InlineData("""{ VALID, "client": { "name": "", "email": null } }""", Codes.ValidationFailed, "client.name")]
    [InlineData("""{ VALID, "client": { "name": "A", "email": "nobody" } }""", Codes.ValidationFailed, "client.email")]
    [InlineData("""{ VALID, "resourceIds": [null] }""", Codes.ValidationFailed)]
    [InlineData("""{ VALID, "durationMinutes": 0 }""", Codes.ValidationFailed, "durationMinutes")]
    [InlineData("""{ VALID, "durationMinutes": 99999999999 }""", Codes.ValidationFailed)]
    public async Task A_malformed_body_returns_400_and_names_the_member(string body, string code, string? field = null)
    {
        var tenant = await platform.UntouchedTenantAsync();

        using var response = await tenant.Client.PostAsync(Bookings, Json(Filled(body, tenant)));

        Assert.Equal((400, code), await response.ProblemAsync());
        if (field is not null) Assert.Equal(field, (await FieldsAsync(response))[0]);
    }

    [Theory]
    [InlineData("""{ "serviceId": SERVICE, "start": "0001-01-01T00:00:00Z" }""", Codes.TooSoon)]
    [InlineData("""{ "serviceId": SERVICE, "start": "2026-03-02T08:59:59Z" }""", Codes.TooSoon)]
    [InlineData("""{ "serviceId": SERVICE, "start": "9999-12-31T23:59:59Z" }""", Codes.TooFar)]
    [InlineData("""{ "serviceId": SERVICE, "start": "2026-05-02T09:00:00Z" }""", Codes.TooFar)]
    [InlineData("""{ "serviceId": SERVICE, "start": "2026-03-02T12:00:01Z" }""", Codes.OutsideAvailability)]
    [InlineData("""{ "serviceId": SERVICE, "start": "2026-03-02T17:00:00Z" }""", Codes.OutsideAvailability)]
    [InlineData("""{ "serviceId": SERVICE, "start": "2026-03-07T12:00:00Z" }""", Codes.OutsideAvailability)]
    [InlineData("""{ "serviceId": SERVICE, "start": "2026-03-02T12:00:00" }""", Codes.TimeZoneMissing)]
    [InlineData("""{ VALID, "timeZone": "Mars/Olympus" }""", Codes.UnknownTimeZone)]
    [InlineData("""{ VALID, "durationMinutes": 61 }""", Codes.InvalidDuration)]
    public async Task A_booking_of_something_not_offered_returns_422(string body, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        using var response = await tenant.Client.PostAsync(Bookings, Json(Filled(body, tenant)));

        Assert.Equal((422, code), await response.ProblemAsync());
    }

    [Theory]
    [InlineData("""{ VALID, "note": "אבג 🦄 ‮evil" }""")]
    [InlineData("""{ VALID, "client": { "name": "O'Hara; drop table bookings;--", "email": null } }""")]
    [InlineData("""{ "serviceId": SERVICE, "start": "2026-03-02T09:00:00-03:00", "timeZone": "America/Sao_Paulo" }""")]
    public async Task Unusual_but_valid_text_is_stored_unchanged(string body)
    {
        var tenant = await platform.NewTenantAsync();

        using var response = await tenant.Client.PostAsync(Bookings, Json(Filled(body, tenant)));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var sent = JsonDocument.Parse(Filled(body, tenant)).RootElement;
        var booked = await response.DataAsync<Contracts.Bookings.BookingResponse>();
        Assert.Equal(sent.TryGetProperty("note", out var note) ? note.GetString() : null, booked.Note);
        Assert.Equal(PlatformFixture.Monday9am.AddHours(3), booked.Start);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, Codes.NotFound)]
    [InlineData("GET", "/api/v1/bookings/abc", 404, Codes.NotFound)]
    [InlineData("GET", "/api/v1/bookings/99999999999999999999", 404, Codes.NotFound)]
    [InlineData("GET", "/api/v1/bookings/-1", 404, Codes.NotFound)]
    [InlineData("GET", "/api/v1/bookings/01", 404, Codes.NotFound)]
    [InlineData("GET", "/api/v1/bookings/+1", 404, Codes.NotFound)]
    [InlineData("GET", "/api/v1/bookings/1%20", 404, Codes.NotFound)]
    [InlineData("GET", "/api/v1/bookings?resourceId=01", 400, Codes.ValidationFailed)]
    [InlineData("GET", "/api/v1/bookings?status=sleeping", 400, Codes.ValidationFailed)]
    [InlineData("GET", "/api/v1/bookings?status=", 400, Codes.ValidationFailed)]
    [InlineData("GET", "/api/v1/bookings?state=held", 400, Codes.ValidationFailed)]
    [InlineData("DELETE", "/api/v1/bookings", 405, Codes.MethodNotAllowed)]
    [InlineData("GET", "/api/v1/bookings?limit=0", 400, Codes.ValidationFailed)]
    [InlineData("GET", "/api/v1/bookings?limit=201", 400, Codes.ValidationFailed)]
    [InlineData("GET", "/api/v1/bookings?limit=many", 400, Codes.ValidationFailed)]
    [InlineData("GET", "/api/v1/bookings?cursor=forged", 400, Codes.ValidationFailed)]
    [InlineData("GET", "/api/v1/bookings?status=%00", 400, Codes.MalformedRequest)]
    [InlineData("GET", "/api/v1/bookings?from=2026-13-01", 400, Codes.ValidationFailed)]
    [InlineData("GET", "/public/api/v1/no-such-tenant/services", 404, Codes.NotFound)]
    [InlineData("GET", "/public/api/v1/tenants/lookup", 400, Codes.ValidationFailed)]
    [InlineData("GET", "/public/api/v1/tenants/lookup?slug=%00", 400, Codes.MalformedRequest)]
    [InlineData("GET", "/public/api/v1/tenants/lookup?slug=nobody", 404, Codes.NotFound)]
    public async Task Every_failure_is_a_problem_document(string method, string path, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        using var response = await tenant.Client.SendAsync(new(new(method), path));

        Assert.Equal((status, code), await response.ProblemAsync());
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_returns_415_and_one_that_is_too_large_413()
    {
        var tenant = await platform.NewTenantAsync();
        using var form = await tenant.Client.PostAsync(Bookings, new StringContent("serviceId=1", Encoding.UTF8, "application/x-www-form-urlencoded"));
        using var known = await tenant.Client.SendAsync(TooLarge(chunked: false));
        using var unknown = await tenant.Client.SendAsync(TooLarge(chunked: true));

        Assert.Equal((415, Codes.UnsupportedMediaType), await form.ProblemAsync());
        Assert.Equal((413, Codes.PayloadTooLarge), await known.ProblemAsync());
        Assert.Equal((413, Codes.PayloadTooLarge), await unknown.ProblemAsync());
    }

    [Fact]
    public async Task Success_comes_in_an_envelope_and_lists_with_their_page()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am });

        var services = await tenant.Client.GetFromJsonAsync<JsonElement>("/api/v1/services");
        var page = await tenant.Client.GetFromJsonAsync<JsonElement>($"{Bookings}?limit=1");

        Assert.Equal(Codes.Ok, services.GetProperty("meta").GetProperty("code").GetString());
        Assert.Equal("Visit", services.GetProperty("data")[0].GetProperty("name").GetString());
        Assert.Equal(1, page.GetProperty("data").GetArrayLength());
        Assert.Equal("2026-03-02T09:00:00Z", page.GetProperty("data")[0].GetProperty("start").GetString());
        Assert.NotNull(page.GetProperty("meta").GetProperty("page").GetProperty("next").GetString());
    }

    [Fact]
    public async Task An_unavailable_database_returns_503_without_naming_itself()
    {
        var databases = await PlatformDatabases.NewAsync();
        await using var api = new ApiFactory(databases, await Servers.RedisAsync(), new FakeTimeProvider(PlatformFixture.Monday9am));
        api.UseKestrel(0);
        api.StartServer();
        await databases.DropAsync();
        using var anybody = api.CreateClient();

        using var response = await anybody.GetAsync("/public/api/v1/tenants/lookup?slug=clinica-aurora");

        Assert.Equal((503, Codes.Unavailable), await response.ProblemAsync());
        Assert.DoesNotContain("Npgsql", await response.Content.ReadAsStringAsync());
        Assert.DoesNotContain("database", await response.Content.ReadAsStringAsync());
    }

    /// <summary>
    /// Just too large, and sent only after 100 Continue: the server disconnects clients that keep sending.
    /// </summary>
    private static HttpRequestMessage TooLarge(bool chunked) => new(HttpMethod.Post, Bookings)
    {
        Content = Json($$"""{ "note": "{{new string('x', 64 * 1024)}}" }"""),
        Headers = { ExpectContinue = true, TransferEncodingChunked = chunked },
    };

    private static string Filled(string body, TestTenant tenant) => body
        .Replace("VALID", """ "serviceId": SERVICE, "start": "2026-03-02T12:00:00Z" """)
        .Replace("SERVICE", $"{tenant.ServiceId}");

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<List<string?>> FieldsAsync(HttpResponseMessage response)
    {
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        return [.. problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString())];
    }
}
