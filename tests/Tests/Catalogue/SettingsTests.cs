using System.Net;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class SettingsTests(PlatformFixture platform)
{
    [Fact]
    public async Task Settings_start_with_the_platform_defaults_and_change_individually()
    {
        var tenant = await platform.NewTenantAsync("Europe/Lisbon");

        using var read = await tenant.SendAsync("GET", "/settings");
        var first = await read.DataAsync<SettingsResponse>();
        var changed = await tenant.SentAsync<SettingsResponse>("PATCH", "/settings", """
            { "weekStart": "sunday", "minimumNoticeMinutes": 90, "holdMinutes": 10, "timeZone": "Europe/Lisbon",
              "openingHours": [{ "days": ["saturday"], "start": "10:00", "end": "24:00" }] }
            """);
        var cleared = await tenant.SentAsync<SettingsResponse>("PATCH", "/settings", """{ "minimumNoticeMinutes": null }""");

        Assert.Equal("\"1\"", read.Headers.ETag?.Tag);
        Assert.Equal(("Europe/Lisbon", "EUR", "en", "monday", 5, 3, 0), (first.TimeZone, first.Currency, first.Locale, first.WeekStart, first.HoldMinutes, first.HoldsPerClient, first.OpeningHours.Count));
        Assert.Equal(("sunday", 90, 10, 2), (changed.WeekStart, changed.MinimumNoticeMinutes, changed.HoldMinutes, changed.Version));
        Assert.Equal(("10:00", "24:00"), (changed.OpeningHours[0].Start, changed.OpeningHours[0].End));
        Assert.Equal(("sunday", null, 1, 3), (cleared.WeekStart, cleared.MinimumNoticeMinutes, cleared.OpeningHours.Count, cleared.Version));
        Assert.Equal((412, Codes.VersionMismatch, null), await tenant.RefusedAsync("PATCH", "/settings", "{}", 1));
    }

    [Theory]
    [InlineData("""{ "timeZone": "Asia/Tokyo" }""", 422, Codes.TimeZoneImmutable, "timeZone")]
    [InlineData("""{ "timeZone": null }""", 400, Codes.ValidationFailed, "timeZone")]
    [InlineData("""{ "currency": "BRL" }""", 400, Codes.ValidationFailed, "currency")]
    [InlineData("""{ "weekStart": "Sunday" }""", 400, Codes.ValidationFailed, "weekStart")]
    [InlineData("""{ "weekStart": null }""", 400, Codes.ValidationFailed, "weekStart")]
    [InlineData("""{ "holdMinutes": 61 }""", 400, Codes.ValidationFailed, "holdMinutes")]
    [InlineData("""{ "holdMinutes": "5" }""", 400, Codes.ValidationFailed, "holdMinutes")]
    [InlineData("""{ "openingHours": null }""", 400, Codes.ValidationFailed, "openingHours")]
    [InlineData("""{ "openingHours": [{ "days": ["monday"], "start": "25:00", "end": "10:00" }] }""", 400, Codes.ValidationFailed, "openingHours[0].start")]
    [InlineData("""{ "openingHours": [{ "days": ["monday"], "start": "09:00", "end": "10:00", "validFrom": "1800-01-01" }] }""", 422, Codes.InvalidDate, "openingHours[0].validFrom")]
    public async Task Invalid_settings_are_refused_and_the_error_names_the_member(
        string body, int status, string code, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Equal((status, code, field), await tenant.RefusedAsync("PATCH", "/settings", body));
    }

    [Fact]
    public async Task Changed_branding_and_labels_are_public_at_once()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();
        using var before = await anybody.GetAsync($"/public/api/v1/tenants/lookup?slug={tenant.Slug}");

        using var branding = await tenant.SendAsync("PUT", "/settings/branding", """
            { "primaryColor": "#0a7Cff", "logoUrl": "https://cdn.example/logo.svg?v=2", "fontFamily": "Montserrat" }
            """);
        await tenant.SentAsync<Labels>("PUT", "/settings/labels", """
            { "client": { "singular": "Paciente 🧑‍⚕️", "plural": "Pacientes" } }
            """);
        await tenant.SentAsync<BookingPage>("PUT", "/settings/booking-page", """{ "legalName": "Aurora Ltda", "frameOrigins": ["https://a.example"] }""");
        using var after = await anybody.GetAsync($"/public/api/v1/tenants/lookup?slug={tenant.Slug}");

        Assert.True(before.IsSuccessStatusCode);
        var lookup = await after.DataAsync<TenantLookup>();
        Assert.Equal("""{"logoUrl":"https://cdn.example/logo.svg?v=2","fontFamily":"Montserrat","primaryColor":"#0a7Cff"}""", Members(lookup.Branding));
        Assert.Equal("Paciente 🧑‍⚕️", lookup.Labels.GetProperty("client").GetProperty("singular").GetString());
        Assert.Equal("Aurora Ltda", lookup.BookingPage?.GetProperty("legalName").GetString());
        Assert.Equal("https://a.example", lookup.BookingPage?.GetProperty("frameOrigins")[0].GetString());
        using var read = await tenant.SendAsync("GET", "/settings/branding");
        Assert.Equal(branding.Headers.ETag, read.Headers.ETag);
        Assert.Equal(new Branding("#0a7Cff", LogoUrl: "https://cdn.example/logo.svg?v=2", FontFamily: "Montserrat"), await read.DataAsync<Branding>());
    }

    [Fact]
    public async Task Branding_change_with_stale_version_returns_412()
    {
        var tenant = await platform.NewTenantAsync();
        using var read = await tenant.SendAsync("GET", "/settings/branding");
        var version = long.Parse(read.Headers.ETag!.Tag.Trim('"'), null);

        using var first = await tenant.SendAsync("PUT", "/settings/branding", """{ "primaryColor": "#000000" }""", version);
        var second = await tenant.RefusedAsync("PUT", "/settings/branding", """{ "primaryColor": "#ffffff" }""", version);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal((412, Codes.VersionMismatch, null), second);
    }

    [Theory]
    [InlineData("branding", """{ "primaryColor": "red" }""", "primaryColor")]
    [InlineData("branding", """{ "primaryColor": "#12345" }""", "primaryColor")]
    [InlineData("branding", """{ "primaryColor": "#12345g" }""", "primaryColor")]
    [InlineData("branding", """{ "logoUrl": "http://cdn.example/logo.svg" }""", "logoUrl")]
    [InlineData("branding", """{ "logoUrl": "javascript:alert(1)" }""", "logoUrl")]
    [InlineData("branding", """{ "logoUrl": "https://a:b@cdn.example/" }""", "logoUrl")]
    [InlineData("branding", """{ "logoUrl": "https://cdn.example/\"onload=x" }""", "logoUrl")]
    [InlineData("branding", """{ "logoUrl": "/logo.svg" }""", "logoUrl")]
    [InlineData("branding", """{ "fontFamily": "Comic Sans" }""", "fontFamily")]
    [InlineData("branding", """{ "css": "*{}" }""", "css")]
    [InlineData("booking-page", """{ "privacyUrl": "http://a.example/" }""", "privacyUrl")]
    [InlineData("booking-page", """{ "frameOrigins": ["https://a.example/page"] }""", "frameOrigins")]
    [InlineData("booking-page", """{ "frameOrigins": ["https://a.example/"] }""", "frameOrigins")]
    [InlineData("booking-page", """{ "frameOrigins": ["http://a.example"] }""", "frameOrigins")]
    [InlineData("booking-page", """{ "frameOrigins": ["*"] }""", "frameOrigins")]
    [InlineData("booking-page", """{ "frameOrigins": ["https://a.example; script-src *"] }""", "frameOrigins")]
    [InlineData("booking-page", """{ "contactEmail": "nobody" }""", "contactEmail")]
    [InlineData("booking-page", """{ "contactPhone": "call me" }""", "contactPhone")]
    [InlineData("booking-page", """{ "legalName": "" }""", "legalName")]
    [InlineData("booking-page", """{ "css": "*{}" }""", "css")]
    [InlineData("labels", """{ "doctor": { "singular": "A", "plural": "B" } }""", "doctor")]
    [InlineData("labels", """{ "client": { "singular": "", "plural": "B" } }""", "client.singular")]
    [InlineData("labels", """{ "client": { "singular": "A", "plural": "0123456789012345678901234567890123456789012345678901234567890" } }""", "client.plural")]
    [InlineData("labels", """{ "client": { "singular": "A" } }""", "client.plural")]
    [InlineData("labels", """{ "client": "Paciente" }""", "client")]
    public async Task Invalid_branding_labels_and_pages_are_refused_and_the_error_names_the_member(
        string what, string body, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Equal((400, Codes.ValidationFailed, field), await tenant.RefusedAsync("PUT", $"/settings/{what}", body));
    }

    private static string Members(JsonElement json) => JsonSerializer.Serialize(json, PlatformJson.Options);
}
