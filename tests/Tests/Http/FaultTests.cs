using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Platform.Contracts;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>A request with several errors gets all of them at once.</summary>
public sealed class FaultTests(PlatformFixture platform)
{
    [Fact]
    public async Task All_errors_of_a_body_are_returned_each_with_its_code()
    {
        var tenant = await platform.UntouchedTenantAsync();

        var faults = await FaultsAsync(tenant.Client, "/api/v1/bookings?surprise=1", """
            {
              "serviceId": "1", "start": 5, "status": "confirmed", "durationMinutes": 0, "resourceIds": [null, "a", 3],
              "client": { "name": " ", "email": "", "phone": "+5511987654321", "phone": "", "age": 7 },
              "note": "a\u0007b", "timeZone": "", "partySize": 1.5
            }
            """);

        Assert.Equal(
            [
                "client.age UNKNOWN", "client.email BLANK", "client.name REQUIRED", "client.phone REPEATED",
                "durationMinutes RANGE", "note CONTROL_CHARACTER", "partySize INVALID", "resourceIds[0] REQUIRED",
                "resourceIds[1] INVALID", "serviceId INVALID", "start INVALID", "status UNKNOWN", "surprise UNKNOWN",
                "timeZone BLANK",
            ],
            faults);
    }

    [Fact]
    public async Task All_errors_of_a_query_are_returned()
    {
        var tenant = await platform.UntouchedTenantAsync();

        using var response = await tenant.Client.GetAsync("/api/v1/slots?from=yesterday&durationMinutes=1h&partySize=01&color=red&timeZone=");

        Assert.Equal(
            ["color UNKNOWN", "durationMinutes INVALID", "from INVALID", "partySize INVALID", "serviceId REQUIRED", "timeZone BLANK", "to REQUIRED"],
            await FaultsAsync(response));
    }

    [Theory]
    [InlineData("1234567890123456789012345678901", 400, "price INVALID")]
    [InlineData("0.12345678901234567890123456789012", 400, "price INVALID")]
    [InlineData("1e2", 400, "price INVALID")]
    [InlineData("1e-30", 400, "price INVALID")]
    [InlineData("100000000", 422, "price INVALID_AMOUNT")]
    [InlineData("0.001", 422, "price INVALID_AMOUNT")]
    [InlineData("-1", 422, "price INVALID_AMOUNT")]
    public async Task A_price_that_the_column_cannot_store_is_refused(string price, int status, string fault)
    {
        var application = await platform.NewApplicationAsync();
        using var staff = platform.Staff();

        using var response = await PostAsync(staff, $"/internal/api/v1/applications/{application.Id}/pricing", $$"""
            { "userType": "manager", "price": {{price}}, "validFrom": "2026-04-01T00:00:00Z" }
            """);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal([fault], await FaultsAsync(response));
    }

    [Fact]
    public async Task All_rules_that_a_price_breaks_are_returned()
    {
        var application = await platform.NewApplicationAsync();
        using var staff = platform.Staff();

        var faults = await FaultsAsync(staff, $"/internal/api/v1/applications/{application.Id}/pricing", """
            {
              "userType": "emperor", "price": 0.001, "currency": "XYZ", "validFrom": "2026-04-01T00:00:00Z",
              "validTo": "2026-03-01T00:00:00Z"
            }
            """);

        Assert.Equal(
            ["currency UNKNOWN_CURRENCY", "price INVALID_AMOUNT", "userType UNKNOWN_USER_TYPE", "validTo INVALID_RANGE"], faults);
    }

    [Theory]
    [InlineData("klingon", 415)]
    [InlineData("utf-7", 415)]
    [InlineData("", 415)]
    [InlineData("utf-8", 201)]
    [InlineData("\"UTF-8\"", 201)]
    [InlineData("utf-16", 201)]
    [InlineData("windows-1252", 201)]
    public async Task An_unknown_charset_is_refused(string charset, int status)
    {
        var tenant = await platform.NewTenantAsync();
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoding = status == 201 ? Encoding.GetEncoding(charset.Trim('"')) : Encoding.UTF8;
        using var content = new ByteArrayContent(encoding.GetBytes("""{ "name": "Zoë" }"""));
        content.Headers.TryAddWithoutValidation("Content-Type", $"application/json; charset={charset}");

        using var response = await tenant.Client.PostAsync("/api/v1/clients", content);

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 415) Assert.Equal((415, Codes.UnsupportedMediaType), await response.ProblemAsync());
        else Assert.Contains("Zo\\u00EB", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_empty_address_is_refused_and_addresses_and_names_match_in_every_Unicode_form()
    {
        var tenant = await platform.NewTenantAsync();

        var blank = await FaultsAsync(tenant.Client, "/api/v1/clients", """{ "name": "Ada", "email": "" }""");
        using var first = await PostAsync(tenant.Client, "/api/v1/clients", """{ "name": "Jose\u0301", "email": "jose\u0301@example.com" }""");
        using var second = await PostAsync(tenant.Client, "/api/v1/clients", """{ "name": "José", "email": "José@Example.com" }""");
        using var found = await tenant.Client.GetAsync("/api/v1/clients?q=Jose%CC%81");

        Assert.Equal(["email BLANK"], blank);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal((409, Codes.AlreadyExists), await second.ProblemAsync());
        Assert.Single((await found.DocumentAsync()).GetProperty("data").EnumerateArray());
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string json) =>
        await client.PostAsync(path, new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")));

    private static async Task<List<string>> FaultsAsync(HttpClient client, string path, string json)
    {
        using var response = await PostAsync(client, path, json);
        return await FaultsAsync(response);
    }

    /// <summary>Field and code of each, sorted.</summary>
    private static async Task<List<string>> FaultsAsync(HttpResponseMessage response)
    {
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        return
        [
            .. problem.GetProperty("errors").EnumerateArray()
                .Select(fault => $"{fault.GetProperty("field").GetString()} {fault.GetProperty("code").GetString()}")
                .Order(StringComparer.Ordinal),
        ];
    }
}
