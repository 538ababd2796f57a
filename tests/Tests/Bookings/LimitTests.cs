using System.Net;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class LimitTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Nine = PlatformFixture.Monday9am;

    private static readonly DateTimeOffset Tuesday = Nine.AddDays(1);

    [Theory]
    [InlineData("""{"perDay": 2}""")]
    [InlineData("""{"minutesPerDay": 150}""")]
    [InlineData("""{"perResourcePerDay": 2}""")]
    public async Task A_full_day_offers_no_slots_and_refuses_bookings_until_one_is_cancelled(string limits)
    {
        var tenant = await LimitedAsync(limits);
        var first = await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine.AddHours(1) });
        await tenant.HeldAsync(Nine); // a hold counts as well

        Assert.Empty(await tenant.StartsAsync());
        Assert.Equal(8, (await tenant.StartsAsync("from=2026-03-03&to=2026-03-04")).Count);
        using var refused = await tenant.BookAsync(tenant.AtNoon());
        Assert.Equal((422, Codes.LimitReached), await refused.ProblemAsync());
        var moved = await tenant.SentAsync<BookingResponse>(
            "POST", $"/bookings/{first.Id}/reschedule", """{ "start": "2026-03-02T15:00:00Z" }"""); // does not count itself
        Assert.Equal(1, moved.Sequence);
        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{first.Id}/cancel", "{}");
        Assert.Equal(7, (await tenant.StartsAsync()).Count);
        await tenant.BookedAsync(tenant.AtNoon());
    }

    [Theory]
    [InlineData("""{"perWeek": 2}""")]
    [InlineData("""{"minutesPerWeek": 120}""")]
    public async Task A_week_begins_where_the_organisation_says(string limits)
    {
        var tenant = await LimitedAsync(limits);
        await tenant.ExecuteAsync("insert into schedule_rules (schedule_id, day, start_minute, end_minute) select id, 7, 540, 1020 from schedules");
        var sunday = Nine.AddDays(6);
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Tuesday });

        Assert.Empty(await tenant.StartsAsync("from=2026-03-02&to=2026-03-09"));
        using var refused = await tenant.BookAsync(tenant.AtNoon() with { Start = sunday });
        await tenant.ExecuteAsync("update organisation_settings set week_start = 7");
        var next = await tenant.StartsAsync("from=2026-03-02&to=2026-03-09");
        await tenant.BookedAsync(tenant.AtNoon() with { Start = sunday });

        Assert.Equal((422, Codes.LimitReached), await refused.ProblemAsync());
        Assert.Equal(8, next.Count);
        Assert.All(next, start => Assert.StartsWith("08 ", start));
    }

    [Fact]
    public async Task A_client_cannot_exceed_the_limit_of_future_bookings()
    {
        var tenant = await LimitedAsync("""{"perClient": 2}""");
        var first = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Tuesday });

        using var third = await tenant.BookAsync(tenant.AtNoon() with { Start = Nine.AddDays(8) });
        await tenant.BookedAsync(tenant.AtNoon("bob@x.org") with { Start = Nine.AddDays(8) });
        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{first.Id}/cancel", "{}");
        await tenant.BookedAsync(tenant.AtNoon());

        Assert.Equal((422, Codes.LimitReached), await third.ProblemAsync());
    }

    [Fact]
    public async Task A_client_cannot_exceed_the_daily_limit()
    {
        var tenant = await LimitedAsync("""{"perClientPerDay": 1}""");
        await tenant.BookedAsync(tenant.AtNoon());
        var tomorrow = await tenant.BookedAsync(tenant.AtNoon() with { Start = Tuesday });

        using var second = await tenant.BookAsync(tenant.AtNoon() with { Start = Nine });
        using var moved = await tenant.SendAsync("POST", $"/bookings/{tomorrow.Id}/reschedule", """{ "start": "2026-03-02T09:00:00Z" }""");
        await tenant.BookedAsync(tenant.AtNoon("bob@x.org") with { Start = Nine });

        Assert.Equal((422, Codes.LimitReached), await second.ProblemAsync());
        Assert.Equal((422, Codes.LimitReached), await moved.ProblemAsync());
        Assert.Equal(Tuesday, (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{tomorrow.Id}")).Start);
    }

    [Fact]
    public async Task The_limit_of_a_resource_holds_for_every_resource_that_is_taken()
    {
        var tenant = await LimitedAsync("""{"perResourcePerDay": 1}""");
        await tenant.HireAsync(2);
        await tenant.ExecuteAsync("update service_resources set requirement = 2 where resource_id = 1; delete from service_resources where resource_id = 2");
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync($"insert into service_resources (service_id, resource_id) values ({tenant.ServiceId}, 2)");

        Assert.Empty(await tenant.StartsAsync()); // there is another doctor, but the room has had its one
        using var refused = await tenant.BookAsync(tenant.AtNoon() with { Start = Nine });
        Assert.Equal((422, Codes.LimitReached), await refused.ProblemAsync());
    }

    [Theory]
    [InlineData("""{"perDay": 3}""")]
    [InlineData("""{"perWeek": 3}""")]
    [InlineData("""{"minutesPerDay": 200}""")]
    public async Task Twenty_concurrent_bookings_of_the_last_three_take_three(string limits)
    {
        var tenant = await LimitedAsync(limits);
        await tenant.HireAsync(4);

        var outcomes = await SchedulingAnswers.AtOnceAsync(
            20, i => tenant.BookAsync(tenant.AtNoon($"c{i}@x.org") with { Start = Nine.AddHours(i % 4) }));

        Assert.Equal(3, outcomes.Count(o => o.Status == 201));
        Assert.Equal(17, outcomes.Count(o => o == (422, Codes.LimitReached)));
    }

    [Fact]
    public async Task Concurrent_bookings_of_one_client_do_not_exceed_the_limit()
    {
        var tenant = await LimitedAsync("""{"perClient": 3}""");
        await tenant.HireAsync(4);

        var outcomes = await SchedulingAnswers.AtOnceAsync(
            12, i => tenant.BookAsync(tenant.AtNoon() with { Start = Nine.AddHours(i % 6) }));

        Assert.Equal(3, outcomes.Count(o => o.Status == 201));
        Assert.Equal(9, outcomes.Count(o => o == (422, Codes.LimitReached)));
    }

    [Theory]
    [InlineData("""{"perDay": 1}""")]
    [InlineData("""{"perWeek": 1}""")]
    [InlineData("""{"minutesPerDay": 60}""")]
    [InlineData("""{"perClient": 1}""")]
    [InlineData("""{"perClientPerDay": 1}""")]
    [InlineData("""{"perResourcePerDay": 1}""")]
    public async Task A_no_show_does_not_count_towards_limits(string limits)
    {
        var tenant = await LimitedAsync(limits);
        var missed = await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine });
        using var refused = await tenant.BookAsync(tenant.AtNoon());

        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{missed.Id}/no-show", "{}");
        var starts = await tenant.StartsAsync();
        await tenant.BookedAsync(tenant.AtNoon());

        Assert.Equal((422, Codes.LimitReached), await refused.ProblemAsync());
        Assert.Contains("02 12:00", starts);
    }

    [Fact]
    public async Task A_series_over_a_client_limit_is_refused_with_the_limit_and_the_date()
    {
        var tenant = await LimitedAsync("""{"perClient": 3}""");
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        using var refused = await tenant.SendAsync("POST", "/series", SeriesTests.Weekly(
            tenant, "FREQ=DAILY;COUNT=4", $$""", "clientId": {{booking.Client!.Id}}""").Replace("12:00", "13:00", StringComparison.Ordinal));

        Assert.Equal((422, Codes.LimitReached), await refused.ProblemAsync());
        var body = await refused.BodyAsync();
        var limit = body.GetProperty("limit");
        Assert.Equal(
            ("2026-03-04T13:00:00", "perClient", 3, 3),
            (body.GetProperty("occurrence").GetString(), limit.GetProperty("name").GetString(),
                limit.GetProperty("max").GetInt32(), limit.GetProperty("used").GetInt32()));
        Assert.Equal(booking.Id, Assert.Single(limit.GetProperty("bookings").EnumerateArray()).GetProperty("bookingId").GetInt64());
        Assert.Equal(1, await tenant.CountAsync("select count(*) from bookings"));
        Assert.Equal(0, await tenant.CountAsync("select count(*) from series"));
    }

    [Fact]
    public async Task A_series_over_a_service_limit_reports_the_limit_for_each_date()
    {
        var tenant = await LimitedAsync("""{"perWeek": 2}""");
        await tenant.BookedAsync(tenant.AtNoon());

        using var refused = await tenant.SendAsync("POST", "/series", SeriesTests.Weekly(tenant, "FREQ=DAILY;COUNT=3")
            .Replace("03-02T12:00", "03-03T12:00", StringComparison.Ordinal));

        Assert.Equal((409, Codes.SeriesConflict), await refused.ProblemAsync());
        var conflicts = (await refused.BodyAsync()).GetProperty("conflicts").EnumerateArray().ToList();
        Assert.Equal(
            [("2026-03-04T12:00:00", "perWeek", 2), ("2026-03-05T12:00:00", "perWeek", 2)],
            conflicts.Select(c => (
                c.GetProperty("local").GetString(), c.GetProperty("limit").GetProperty("name").GetString(),
                c.GetProperty("limit").GetProperty("used").GetInt32())));
    }

    [Fact]
    public async Task Daily_limits_use_the_days_of_the_resources_zone()
    {
        var tenant = await platform.NewTenantAsync("Pacific/Auckland"); // 09:00 there is 20:00 UTC of the day before
        await tenant.ExecuteAsync("""update services set limits = '{"perDay": 1}'""");
        var start = DateTimeOffset.Parse("2026-03-02T20:00Z", null);
        await tenant.BookedAsync(tenant.AtNoon() with { Start = start });

        using var sameDay = await tenant.BookAsync(tenant.AtNoon() with { Start = start.AddHours(5) }); // the 3rd in UTC
        using var nextDay = await tenant.BookAsync(tenant.AtNoon() with { Start = start.AddDays(1) });

        Assert.Equal((422, Codes.LimitReached), await sameDay.ProblemAsync());
        Assert.Equal(HttpStatusCode.Created, nextDay.StatusCode);
    }

    private async Task<TestTenant> LimitedAsync(string limits)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"update services set limits = '{limits}'");
        return tenant;
    }
}
