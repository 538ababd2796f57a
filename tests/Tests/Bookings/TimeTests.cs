using System.Net;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>Times in requests, and the instants they mean.</summary>
public sealed class TimeTests(PlatformFixture platform)
{
    [Theory]
    [InlineData("2026-03-29T02:30:00", "Europe/Berlin", 422, Codes.NonexistentLocalTime)]
    [InlineData("2026-03-29T02:00", "Europe/Berlin", 422, Codes.NonexistentLocalTime)]
    [InlineData("2011-12-30T12:00:00", "Pacific/Apia", 422, Codes.NonexistentLocalTime)] // a whole day that never was
    [InlineData("2026-03-02T12:00:00", null, 422, Codes.TimeZoneMissing)]
    [InlineData("2026-03-02T12:00:00", "Mars/Olympus", 422, Codes.UnknownTimeZone)]
    [InlineData("2026-03-02T12:00:00Z", "Mars/Olympus", 422, Codes.UnknownTimeZone)]
    [InlineData("2026-03-02T12:00:00Z", "", 400, Codes.ValidationFailed)]
    [InlineData("2026-03-02T12:00:60Z", null, 400, Codes.ValidationFailed)] // a leap second
    [InlineData("2026-02-29T12:00:00Z", null, 400, Codes.ValidationFailed)]
    [InlineData("2026-03-02T24:00:00Z", null, 400, Codes.ValidationFailed)]
    [InlineData("2026-03-02", null, 400, Codes.ValidationFailed)]
    [InlineData("tomorrow", null, 400, Codes.ValidationFailed)]
    [InlineData("", null, 400, Codes.ValidationFailed)]
    [InlineData("0001-01-01T00:00:00Z", null, 422, Codes.TooSoon)]
    [InlineData("0001-01-01T00:00:00+14:00", null, 400, Codes.ValidationFailed)]
    [InlineData("0001-01-01T00:00:00", "Asia/Tokyo", 422, Codes.TooSoon)]
    [InlineData("9999-12-31T23:59:59.9999999Z", null, 422, Codes.TooFar)]
    [InlineData("9999-12-31T23:59:59", "America/New_York", 422, Codes.TooFar)]
    [InlineData("9999-12-31T23:59:59-12:00", null, 400, Codes.ValidationFailed)]
    [InlineData("2026-03-01T12:00:00Z", null, 422, Codes.TooSoon)] // yesterday
    [InlineData("2026-03-02T08:59:59.9999999Z", null, 422, Codes.TooSoon)]
    [InlineData("2026-03-02T12:00:00.0000001Z", null, 422, Codes.OutsideAvailability)]
    [InlineData("2027-03-01T12:00:00Z", null, 422, Codes.TooFar)]
    public async Task An_invalid_start_is_refused(string start, string? zone, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();
        var body = $$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "{{start}}"{{(zone is null ? "" : $", \"timeZone\": \"{zone}\"")}} }
            """;

        foreach (var path in (string[])["/bookings", "/holds"])
        {
            var (actual, actualCode, _) = await tenant.RefusedAsync("POST", path, body);
            Assert.Equal((status, code), (actual, actualCode));
        }
    }

    [Theory]
    [InlineData("""{ "serviceId": "S", "start": "2026-03-02T12:00:00Z" }""", "serviceId")]
    [InlineData("""{ "serviceId": 1.5, "start": "2026-03-02T12:00:00Z" }""", "serviceId")]
    [InlineData("""{ "serviceId": 0, "start": "2026-03-02T12:00:00Z" }""", "serviceId")]
    [InlineData("""{ "serviceId": S, "start": 1772452800 }""", "start")]
    [InlineData("""{ "serviceId": S, "start": null }""", "start")]
    [InlineData("""{ "serviceId": S }""", null)]
    [InlineData("""{ "serviceId": S, "start": "2026-03-02T12:00:00Z", "begin": 1 }""", "begin")]
    [InlineData("""{ "serviceId": S, "start": "2026-03-02T12:00:00Z", "start": "2026-03-02T12:00:00Z" }""", null)]
    [InlineData("""{ "serviceId": S, "start": "2026-03-02T12:00:00Z", "partySize": 0 }""", "partySize")]
    [InlineData("""{ "serviceId": S, "start": "2026-03-02T12:00:00Z", "partySize": -1 }""", "partySize")]
    [InlineData("""{ "serviceId": S, "start": "2026-03-02T12:00:00Z", "partySize": 99999999999 }""", "partySize")]
    [InlineData("""{ "serviceId": S, "start": "2026-03-02T12:00:00Z", "durationMinutes": 0 }""", "durationMinutes")]
    [InlineData("""{ "serviceId": S, "start": "2026-03-02T12:00:00Z", "resourceIds": 7 }""", "resourceIds")]
    [InlineData("""{ "serviceId": S, "start": "2026-03-02T12:00:00Z", "note": "\u0000" }""", "note")]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [InlineData("{", null)]
    public async Task A_body_that_is_malformed_is_refused_by_its_member(string body, string? field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        var (status, _, named) = await tenant.RefusedAsync("POST", "/bookings", body.Replace(" S", $" {tenant.ServiceId}"));

        Assert.Equal(400, status);
        if (field is not null) Assert.Equal(field, named);
    }

    [Theory]
    [InlineData("from=9999-12-01&to=9999-12-31T23:59:59&timeZone=Pacific/Kiritimati")]
    [InlineData("from=9999-12-01&to=9999-12-31T23:59:59&timeZone=America/New_York")]
    [InlineData("from=9999-12-31T23:59:59.9Z&to=9999-12-31T23:59:59.99Z")]
    [InlineData("from=0001-01-01&to=0001-01-20&timeZone=Pacific/Kiritimati")]
    [InlineData("from=0001-01-01&to=0001-01-20&timeZone=America/New_York")]
    public async Task Ranges_at_the_ends_of_the_calendar_return_no_slots(string question)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Empty(await tenant.SlotsAsync(question));
        using var days = await tenant.SendAsync("GET", $"/slots/days?serviceId={tenant.ServiceId}&{question}");
        Assert.Equal(HttpStatusCode.OK, days.StatusCode);
        using var next = await tenant.SendAsync("GET", $"/slots/next?serviceId={tenant.ServiceId}&{question.Split("&to")[0]}");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        using var list = await tenant.SendAsync("GET", $"/bookings?{question.Split("&timeZone")[0]}");
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
    }

    [Theory]
    [InlineData("2026-03-02T13:00:00+01:00", "America/New_York", "2026-03-02T12:00:00Z")] // the offset says when
    [InlineData("2026-03-02T13:00", "Europe/Berlin", "2026-03-02T12:00:00Z")]
    [InlineData("2026-03-02T17:30:00", "Asia/Calcutta", "2026-03-02T12:00:00Z")] // an alias
    [InlineData("2026-03-02T12:00:00Z", "UTC", "2026-03-02T12:00:00Z")]
    public async Task A_booking_keeps_the_instant_and_the_zone_as_written(string start, string zone, string instant)
    {
        var tenant = await platform.NewTenantAsync();

        var booking = await tenant.SentAsync<BookingResponse>("POST", "/bookings", $$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "{{start}}", "timeZone": "{{zone}}" }
            """);

        Assert.Equal((DateTimeOffset.Parse(instant, null), zone), (booking.Start, booking.TimeZone));
    }

    [Fact]
    public async Task A_local_time_that_occurs_twice_means_the_first()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("""
            update services set booking_window_days = 365;
            insert into schedule_rules (schedule_id, day, start_minute, end_minute) select id, 7, 0, 1440 from schedules;
            """);

        var booking = await tenant.SentAsync<BookingResponse>("POST", "/bookings", $$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "2026-10-25T02:00", "timeZone": "Europe/Berlin" }
            """);

        Assert.Equal(DateTimeOffset.Parse("2026-10-25T00:00Z", null), booking.Start);
    }

    [Fact]
    public async Task A_local_day_with_a_clock_change_offers_as_many_hours_as_it_has()
    {
        var tenant = await platform.NewTenantAsync("Europe/Berlin");
        await tenant.ExecuteAsync("""
            update services set booking_window_days = 365; delete from schedule_rules;
            insert into schedule_rules (schedule_id, day, start_minute, end_minute) select id, 7, 0, 1440 from schedules;
            """);

        Assert.Equal(23, (await tenant.SlotsAsync("from=2026-03-29&to=2026-03-30")).Count);
        Assert.Equal(25, (await tenant.SlotsAsync("from=2026-10-25&to=2026-10-26")).Count);
        Assert.Equal(24, (await tenant.SlotsAsync("from=2026-03-22&to=2026-03-23")).Count);
    }
}
