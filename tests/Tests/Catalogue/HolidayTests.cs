using System.Net;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class HolidayTests(PlatformFixture platform)
{
    [Fact]
    public async Task Holidays_close_the_organisation_on_their_local_day_once()
    {
        var tenant = await platform.NewTenantAsync("America/Sao_Paulo");
        const string Body = """{ "country": "br", "years": [2027] }""";

        using var created = await tenant.SendAsync("POST", "/settings/holidays", Body);
        var again = await tenant.SentAsync<List<HolidayResponse>>("POST", "/settings/holidays", Body);
        var listed = await tenant.SentAsync<List<HolidayResponse>>("GET", "/settings/holidays");
        var blackouts = await tenant.SentAsync<List<BlackoutResponse>>("GET", "/blackouts");

        var holidays = await created.DataAsync<List<HolidayResponse>>();
        Assert.Equal((HttpStatusCode.Created, Codes.HolidaysCreated), (created.StatusCode, await created.SuccessAsync()));
        Assert.Equal(holidays, again);
        Assert.Equal(holidays, listed);
        var christmas = Assert.Single(blackouts, b => b.Holiday == "BR 2027-12-25");
        Assert.Equal((DateTimeOffset.Parse("2027-12-25T03:00Z", null), DateTimeOffset.Parse("2027-12-26T03:00Z", null)), (christmas.Start, christmas.End));
        Assert.Equal(("Natal", null, null), (christmas.Reason, christmas.ResourceId, christmas.CategoryId));
    }

    [Fact]
    public async Task Optional_days_are_added_when_asked_for_and_a_year_is_taken_back_as_a_whole()
    {
        var tenant = await platform.NewTenantAsync();
        var bound = await tenant.SentAsync<List<HolidayResponse>>("POST", "/settings/holidays", """{ "country": "BR", "years": [2027, 2028] }""");
        var all = await tenant.SentAsync<List<HolidayResponse>>("POST", "/settings/holidays", """{ "country": "BR", "years": [2027], "includeOptional": true }""");

        using var deleted = await tenant.SendAsync("DELETE", "/settings/holidays/br/2027");
        var left = await tenant.SentAsync<List<HolidayResponse>>("GET", "/settings/holidays");

        Assert.Equal(bound.Count(h => h.Date.Year == 2027) + 3, all.Count);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(bound.Where(h => h.Date.Year == 2028), left);
        Assert.Equal((404, Codes.NotFound, null), await tenant.RefusedAsync("DELETE", "/settings/holidays/BR/2027"));
    }

    [Fact]
    public async Task Two_holidays_on_one_day_close_it_once()
    {
        var tenant = await platform.NewTenantAsync();

        // Good Friday of 2057 is 20 April, of 2000 it was Tiradentes' day, 21 April.
        var holidays = await tenant.SentAsync<List<HolidayResponse>>("POST", "/settings/holidays", """{ "country": "BR", "years": [2000] }""");

        Assert.Single(holidays, h => h.Date == new DateOnly(2000, 4, 21));
    }

    [Theory]
    [InlineData("""{ "country": "XX", "years": [2027] }""", 422, Codes.UnknownCountry, "country")]
    [InlineData("""{ "country": "BRA", "years": [2027] }""", 400, Codes.ValidationFailed, "country")]
    [InlineData("""{ "country": "BR", "years": [] }""", 400, Codes.ValidationFailed, "years")]
    [InlineData("""{ "country": "BR", "years": [2027, 2027] }""", 400, Codes.ValidationFailed, "years")]
    [InlineData("""{ "country": "BR", "years": [1] }""", 400, Codes.ValidationFailed, "years")]
    [InlineData("""{ "country": "BR", "years": [9999] }""", 400, Codes.ValidationFailed, "years")]
    [InlineData("""{ "country": "BR", "years": ["2027"] }""", 400, Codes.ValidationFailed, "years[0]")]
    public async Task Invalid_holiday_requests_are_refused(string body, int status, string code, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Equal((status, code, field), await tenant.RefusedAsync("POST", "/settings/holidays", body));
    }
}
