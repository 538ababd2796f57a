using System.Net;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class ScheduleTests(PlatformFixture platform)
{
    [Fact]
    public async Task Hours_are_replaced_as_a_whole_and_read_as_they_were_written()
    {
        var tenant = await platform.NewTenantAsync();
        var path = $"/resources/{tenant.DoctorId}/schedule";
        using var before = await tenant.SendAsync("GET", path);

        using var put = await tenant.SendAsync("PUT", path, """
            { "timeZone": "America/Sao_Paulo", "rules": [
                { "days": ["wednesday", "monday"], "start": "08:00", "end": "12:30" },
                { "days": ["friday"], "start": "22:00", "end": "02:00", "validFrom": "2026-01-01", "validTo": "2026-12-31" },
                { "days": ["sunday"], "start": "00:00", "end": "24:00" }] }
            """, version: 1);

        var was = await before.DataAsync<ScheduleResponse>();
        Assert.Equal((true, "Etc/UTC", "09:00", "17:00"), (was.Own, was.TimeZone, was.Rules[0].Start, was.Rules[0].End));
        Assert.Equal(["monday", "tuesday", "wednesday", "thursday", "friday"], Assert.Single(was.Rules).Days);
        var schedule = await put.DataAsync<ScheduleResponse>();
        Assert.Equal(("America/Sao_Paulo", 2, "\"2\""), (schedule.TimeZone, schedule.Version, put.Headers.ETag?.Tag));
        Assert.Equal(["monday", "wednesday"], schedule.Rules[0].Days);
        Assert.Equal(("22:00", "02:00", new DateOnly(2026, 1, 1)), (schedule.Rules[1].Start, schedule.Rules[1].End, schedule.Rules[1].ValidFrom));
        Assert.Equal(("00:00", "24:00"), (schedule.Rules[2].Start, schedule.Rules[2].End));
        Assert.Equivalent(schedule, await tenant.SentAsync<ScheduleResponse>("GET", path), strict: true);
        Assert.Equal((412, Codes.VersionMismatch, null), await tenant.RefusedAsync("PUT", path, """{ "rules": [] }""", 1));
    }

    [Fact]
    public async Task A_resource_without_own_hours_uses_those_of_the_organisation()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("""
            insert into schedules (id, resource_id) values (1, null);
            insert into schedule_rules (schedule_id, day, start_minute, end_minute) values (1, 6, 600, 660);
            """);
        var path = $"/resources/{tenant.DoctorId}/schedule";

        using var deleted = await tenant.SendAsync("DELETE", path, version: 1);
        var followed = await tenant.SentAsync<ScheduleResponse>("GET", path);
        var own = await tenant.SentAsync<ScheduleResponse>("PUT", path, """{ "rules": [] }""");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal((false, 0, "saturday"), (followed.Own, followed.Version, followed.Rules[0].Days[0]));
        Assert.Equal((true, 1, 0), (own.Own, own.Version, own.Rules.Count));
    }

    [Fact]
    public async Task New_hours_change_the_slots_and_no_booking()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        await tenant.SentAsync<ScheduleResponse>("PUT", $"/resources/{tenant.DoctorId}/schedule", """
            { "rules": [{ "days": ["monday"], "start": "15:00", "end": "17:00" }] }
            """);

        var slots = await tenant.SentAsync<List<SlotResponse>>(
            "GET", $"/slots?serviceId={tenant.ServiceId}&from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z");
        Assert.Equal([15, 16], slots.Select(s => s.Start.Hour));
        Assert.Equal("confirmed", (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}")).Status);
    }

    [Theory]
    [InlineData("{}", 400, Codes.ValidationFailed, "rules")]
    [InlineData("""{ "rules": null }""", 400, Codes.ValidationFailed, "rules")]
    [InlineData("""{ "rules": [null] }""", 400, Codes.ValidationFailed, "rules[0]")]
    [InlineData("""{ "rules": [{ "days": [], "start": "09:00", "end": "10:00" }] }""", 400, Codes.ValidationFailed, "rules[0].days")]
    [InlineData("""{ "rules": [{ "days": [null], "start": "09:00", "end": "10:00" }] }""", 400, Codes.ValidationFailed, "rules[0].days")]
    [InlineData("""{ "rules": [{ "days": ["Monday"], "start": "09:00", "end": "10:00" }] }""", 400, Codes.ValidationFailed, "rules[0].days")]
    [InlineData("""{ "rules": [{ "days": ["monday", "monday"], "start": "09:00", "end": "10:00" }] }""", 400, Codes.ValidationFailed, "rules[0].days")]
    [InlineData("""{ "rules": [{ "days": ["monday"], "start": "9:00", "end": "10:00" }] }""", 400, Codes.ValidationFailed, "rules[0].start")]
    [InlineData("""{ "rules": [{ "days": ["monday"], "start": "24:00", "end": "10:00" }] }""", 400, Codes.ValidationFailed, "rules[0].start")]
    [InlineData("""{ "rules": [{ "days": ["monday"], "start": "09:00", "end": "24:01" }] }""", 400, Codes.ValidationFailed, "rules[0].end")]
    [InlineData("""{ "rules": [{ "days": ["monday"], "start": "09:00\n", "end": "10:00" }] }""", 400, Codes.ValidationFailed, "rules[0].start")]
    [InlineData("""{ "rules": [{ "days": ["monday"], "start": 900, "end": "10:00" }] }""", 400, Codes.ValidationFailed, "rules[0].start")]
    [InlineData("""{ "rules": [{ "days": ["monday"], "start": "09:00", "end": "10:00", "validFrom": "0001-01-01" }] }""", 422, Codes.InvalidDate, "rules[0].validFrom")]
    [InlineData("""{ "rules": [{ "days": ["monday"], "start": "09:00", "end": "10:00", "validTo": "9999-12-31" }] }""", 422, Codes.InvalidDate, "rules[0].validTo")]
    [InlineData("""{ "rules": [{ "days": ["monday"], "start": "09:00", "end": "10:00", "validFrom": "2026-02-30" }] }""", 400, Codes.ValidationFailed, "rules[0].validFrom")]
    [InlineData("""{ "rules": [{ "days": ["monday"], "start": "09:00", "end": "10:00", "validFrom": "2026-02-02", "validTo": "2026-02-01" }] }""", 422, Codes.InvalidRange, "rules[0].validTo")]
    [InlineData("""{ "rules": [], "timeZone": "Mars/Olympus" }""", 422, Codes.UnknownTimeZone, "timeZone")]
    public async Task Invalid_hours_are_refused_and_the_error_names_the_member(
        string body, int status, string code, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        var refused = await tenant.RefusedAsync("PUT", $"/resources/{tenant.DoctorId}/schedule", body);

        Assert.Equal((status, code, field), refused);
    }

    [Fact]
    public async Task An_override_is_put_listed_replaced_and_taken_back()
    {
        var tenant = await platform.NewTenantAsync();
        var path = $"/resources/{tenant.DoctorId}/overrides";

        await tenant.SentAsync<OverrideResponse>("PUT", $"{path}/2026-12-24", """{ "intervals": [{ "start": "09:00", "end": "24:00" }] }""");
        var closed = await tenant.SentAsync<OverrideResponse>("PUT", $"{path}/2026-12-24", """{ "intervals": [] }""");
        await tenant.SentAsync<OverrideResponse>("PUT", $"{path}/2028-02-29", """{ "intervals": [{ "start": "22:00", "end": "02:00" }] }""");
        var year = await tenant.SentAsync<List<OverrideResponse>>("GET", path);
        var leap = await tenant.SentAsync<List<OverrideResponse>>("GET", $"{path}?from=2028-02-29&to=2028-03-01");
        using var deleted = await tenant.SendAsync("DELETE", $"{path}/2026-12-24");

        Assert.Empty(closed.Intervals);
        Assert.Equal(new DateOnly(2026, 12, 24), Assert.Single(year).Date);
        Assert.Equal(new OpeningInterval("22:00", "02:00"), Assert.Single(Assert.Single(leap).Intervals));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal((404, Codes.NotFound, null), await tenant.RefusedAsync("DELETE", $"{path}/2026-12-24"));
    }

    [Theory]
    [InlineData("PUT", "/0001-01-01", 422, Codes.InvalidDate, "date")]
    [InlineData("PUT", "/9999-12-31", 422, Codes.InvalidDate, "date")]
    [InlineData("PUT", "/2026-02-29", 400, Codes.ValidationFailed, "date")]
    [InlineData("PUT", "/tomorrow", 400, Codes.ValidationFailed, "date")]
    [InlineData("DELETE", "/0001-01-01", 404, Codes.NotFound, null)]
    [InlineData("GET", "?from=0001-01-01", 422, Codes.InvalidDate, "from")]
    [InlineData("GET", "?from=9999-12-31", 422, Codes.InvalidDate, "from")]
    [InlineData("GET", "?from=2026-01-01&to=0001-01-01", 422, Codes.InvalidDate, "to")]
    [InlineData("GET", "?from=2026-01-01&to=9999-12-31", 422, Codes.InvalidDate, "to")]
    [InlineData("GET", "?from=2026-01-01&to=2026-01-01", 422, Codes.InvalidRange, "to")]
    [InlineData("GET", "?from=2026-01-01&to=2037-01-01", 422, Codes.RangeTooLong, "to")]
    public async Task Dates_at_the_ends_of_the_calendar_are_refused_and_break_nothing(
        string method, string rest, int status, string code, string? field)
    {
        var tenant = await platform.UntouchedTenantAsync();
        var body = method == "PUT" ? """{ "intervals": [] }""" : null;

        var refused = await tenant.RefusedAsync(method, $"/resources/{tenant.DoctorId}/overrides{rest}", body);

        Assert.Equal((status, code, field), refused);
    }
}
