using System.Net;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>Hours, overrides, blackouts, buffers, grid, notice and window, through the front door.</summary>
public sealed class AvailabilityTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Nine = PlatformFixture.Monday9am;

    private const string Tuesday = "from=2026-03-03&to=2026-03-04";

    [Fact]
    public async Task A_packed_grid_restarts_where_a_booking_ends()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set durations_minutes = array[60, 45]");
        await tenant.BookedAsync(tenant.AtNoon() with { DurationMinutes = 45, Start = Nine.AddDays(1).AddHours(1) });

        var before = await tenant.StartsAsync(Tuesday);
        await tenant.SentAsync<object>("PATCH", $"/services/{tenant.ServiceId}", """{ "slotGrid": "packed" }""");
        var packed = await tenant.StartsAsync(Tuesday);
        var asked = await tenant.StartsAsync("from=2026-03-03T12:00&to=2026-03-04");
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine.AddDays(1).AddMinutes(105) });

        Assert.Equal(["03 09:00", "03 11:00", "03 12:00", "03 13:00", "03 14:00", "03 15:00", "03 16:00"], before);
        Assert.Equal(["03 09:00", "03 10:45", "03 11:45", "03 12:45", "03 13:45", "03 14:45", "03 15:45"], packed);
        Assert.Equal(packed.Where(start => string.CompareOrdinal(start, "03 12") > 0), asked);
        Assert.Equal("confirmed", booking.Status);
        using var off = await tenant.BookAsync(tenant.AtNoon() with { Start = Nine.AddDays(1).AddHours(5) });
        Assert.Equal(409, (int)off.StatusCode); // it was on the grid before the booking
    }

    [Fact]
    public async Task A_packed_grid_is_the_same_for_every_requested_day_and_around_midnight()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("""
            update services set slot_grid = 'packed', durations_minutes = array[60, 50];
            delete from schedule_rules;
            insert into schedule_rules (schedule_id, day, start_minute, end_minute) select s.id, d, 1200, 240 from schedules s, generate_series(1, 7) d;
            """);
        await tenant.BookedAsync(tenant.AtNoon() with { DurationMinutes = 50, Start = DateTimeOffset.Parse("2026-03-03T23:00Z", null) });

        var both = await tenant.StartsAsync("from=2026-03-03T20:00Z&to=2026-03-05T00:00Z");
        var first = await tenant.StartsAsync("from=2026-03-03T20:00Z&to=2026-03-04T00:00Z");
        var second = await tenant.StartsAsync("from=2026-03-04T00:00Z&to=2026-03-05T00:00Z");

        Assert.Equal(["03 20:00", "03 21:00", "03 22:00", "03 23:50"], first);
        Assert.Equal(both, first.Concat(second));
        await tenant.BookedAsync(tenant.AtNoon() with { Start = DateTimeOffset.Parse("2026-03-03T23:50Z", null) });
    }

    [Fact]
    public async Task Buffers_add_up_may_extend_past_opening_hours_and_stay_as_booked()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set slot_interval_minutes = 15, before_buffer_minutes = 15, after_buffer_minutes = 15");
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        var starts = await tenant.StartsAsync();
        await tenant.ExecuteAsync("update services set before_buffer_minutes = 0, after_buffer_minutes = 0");
        var after = await tenant.StartsAsync();

        Assert.Equal((15, 15), (booking.BeforeBufferMinutes, booking.AfterBufferMinutes));
        Assert.Contains("02 09:00", starts);
        Assert.Contains("02 16:00", starts);
        Assert.Equal(["02 10:30", "02 13:30"], starts.Where(s => string.CompareOrdinal(s, "02 10:15") > 0).Take(2));
        Assert.Equal(["02 10:45", "02 13:15"], after.Where(s => string.CompareOrdinal(s, "02 10:30") > 0).Take(2));
    }

    [Theory]
    [InlineData(120, "02 11:00")]
    [InlineData(121, "02 12:00")]
    [InlineData(1440, "03 09:00")]
    public async Task Notice_is_elapsed_time(int minutes, string first)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"update services set minimum_notice_minutes = {minutes}");

        Assert.Equal(first, (await tenant.StartsAsync("from=2026-03-02&to=2026-03-05"))[0]);
        using var soon = await tenant.BookAsync(tenant.AtNoon() with { Start = Nine });
        Assert.Equal((422, Codes.TooSoon), await soon.ProblemAsync());
    }

    [Theory]
    [InlineData("Etc/UTC", 1, "03 16:00")]
    [InlineData("Pacific/Auckland", 1, "03 03:00")] // there it is 22:00 of the second: the window ends with the third
    [InlineData("America/Los_Angeles", 1, "04 00:00")] // there it is 01:00 of the second
    public async Task The_window_is_calendar_days_of_the_resources_zone(string zone, int days, string last)
    {
        var tenant = await platform.NewTenantAsync(zone);
        await tenant.ExecuteAsync($"update services set booking_window_days = {days}");

        var starts = await tenant.SlotsAsync("from=2026-03-02T00:00:00Z&to=2026-03-20T00:00:00Z");
        using var far = await tenant.BookAsync(tenant.AtNoon() with { Start = starts[^1].Start.AddDays(1) });

        Assert.Equal(last, $"{starts[^1].Start:dd HH:mm}");
        Assert.Equal((422, Codes.TooFar), await far.ProblemAsync());
    }

    [Fact]
    public async Task An_override_replaces_or_closes_its_day_and_ends_hours_from_the_day_before()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("""
            delete from schedule_rules;
            insert into schedule_rules (schedule_id, day, start_minute, end_minute) select id, 2, 1320, 120 from schedules;
            """);
        const string night = "from=2026-03-03&to=2026-03-05";
        var path = $"/resources/{tenant.DoctorId}/overrides/2026-03-0";

        Assert.Equal(["03 22:00", "03 23:00", "04 00:00", "04 01:00"], await tenant.StartsAsync(night));
        await SentAsync(tenant, "PUT", path + "4", """{ "intervals": [{ "start": "10:00", "end": "11:00" }] }""");
        Assert.Equal(["03 22:00", "03 23:00", "04 10:00"], await tenant.StartsAsync(night));
        await SentAsync(tenant, "PUT", path + "3", """{ "intervals": [] }""");
        Assert.Equal(["04 10:00"], await tenant.StartsAsync(night));
        await SentAsync(tenant, "DELETE", path + "4");
        await SentAsync(tenant, "DELETE", path + "3");
        Assert.Equal(4, (await tenant.StartsAsync(night)).Count);
    }

    [Theory]
    [InlineData("\"resourceId\": {doctor}, ", true)]
    [InlineData("\"categoryId\": {category}, ", true)]
    [InlineData("", true)]
    [InlineData("\"resourceId\": 1, ", false)]
    [InlineData("\"categoryId\": 9, ", false)]
    public async Task A_blackout_removes_its_instants_and_its_end_is_free_again(string whose, bool concerns)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("insert into categories (id, name) values (9, 'Rooms'); insert into resources (id, category_id, name) values (1, 9, 'R')");
        whose = whose.Replace("{doctor}", $"{tenant.DoctorId}").Replace("{category}", $"{tenant.CategoryId}");
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        Assert.Equal(7, (await tenant.StartsAsync()).Count);

        await SentAsync(tenant, "POST", "/blackouts", $$"""
            { {{whose}}"start": "2026-03-02T13:30:00Z", "end": "2026-03-02T15:00:00Z", "reason": "ill" }
            """);

        var starts = await tenant.StartsAsync();
        Assert.Equal(!concerns, starts.Contains("02 13:00"));
        Assert.Equal(!concerns, starts.Contains("02 14:00"));
        Assert.Contains("02 15:00", starts);
        using var refused = await tenant.BookAsync(tenant.AtNoon() with { Start = Nine.AddHours(5) });
        Assert.Equal(concerns ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.Created, refused.StatusCode);
        Assert.Equal("confirmed", (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}")).Status);
    }

    [Fact]
    public async Task A_resource_without_hours_uses_those_of_the_organisation_and_changes_apply_at_once()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync("update schedules set resource_id = null"); // the organisation's now
        Assert.Equal(7, (await tenant.StartsAsync()).Count);

        await SentAsync(tenant, "PUT", $"/resources/{tenant.DoctorId}/schedule", """{ "rules": [{ "days": ["monday"], "start": "14:00", "end": "24:00" }] }""");
        var own = await tenant.StartsAsync("from=2026-03-02&to=2026-03-04");
        await SentAsync(tenant, "PATCH", $"/resources/{tenant.DoctorId}", """{ "timeZone": "America/Sao_Paulo" }""");
        var moved = await tenant.StartsAsync("from=2026-03-02&to=2026-03-04");
        await SentAsync(tenant, "PATCH", $"/resources/{tenant.DoctorId}", """{ "active": false }""");
        var none = await tenant.StartsAsync("from=2026-03-02&to=2026-03-04");

        Assert.Equal(("02 14:00", "02 23:00", 10), (own[0], own[^1], own.Count));
        Assert.Equal(("02 17:00", "03 02:00", 10), (moved[0], moved[^1], moved.Count));
        Assert.Empty(none);
        var kept = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}");
        Assert.Equal((booking.Start, "confirmed"), (kept.Start, kept.Status));
    }

    [Fact]
    public async Task Slots_are_counted_by_day_and_the_next_slot_is_found()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine });

        var days = await tenant.SentAsync<List<SlotDay>>("GET", $"/slots/days?serviceId={tenant.ServiceId}&from=2026-03-02&to=2026-03-09");
        var next = await tenant.SentAsync<NextSlot>("GET", $"/slots/next?serviceId={tenant.ServiceId}");
        var afterwards = await tenant.SentAsync<NextSlot>("GET", $"/slots/next?serviceId={tenant.ServiceId}&from=2026-03-06T16:30:00Z");
        var never = await tenant.SentAsync<NextSlot>("GET", $"/slots/next?serviceId={tenant.ServiceId}&from=2027-03-06");

        Assert.Equal([(2, 7), (3, 8), (4, 8), (5, 8), (6, 8)], days.Select(d => (d.Date.Day, d.Slots)));
        Assert.Equal((Nine.AddHours(1), Nine.AddHours(1)), (days[0].First, next.Slot!.Start));
        Assert.Equal(Nine.AddDays(7), afterwards.Slot!.Start);
        Assert.Null(never.Slot);
    }

    [Fact]
    public async Task Listed_slots_can_be_held_and_other_times_cannot()
    {
        var tenant = await platform.NewTenantAsync("Europe/Lisbon");
        await tenant.ExecuteAsync("update services set slot_interval_minutes = 45, after_buffer_minutes = 20, minimum_notice_minutes = 100");
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine.AddMinutes(135) });
        var listed = await tenant.StartsAsync();

        for (var minute = 0; minute < 9 * 60; minute += 15)
        {
            var start = Nine.AddMinutes(minute);
            using var hold = await tenant.HoldAsync(start);
            Assert.Equal(listed.Contains($"{start:dd HH:mm}"), hold.StatusCode == HttpStatusCode.Created);
            if (hold.IsSuccessStatusCode) await SentAsync(tenant, "DELETE", $"/holds/{(await hold.DataAsync<HoldResponse>()).Id}");
        }

        Assert.NotEmpty(listed);
    }

    private static async Task SentAsync(TestTenant tenant, string method, string path, string? json = null)
    {
        using var response = await tenant.SendAsync(method, path, json);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
