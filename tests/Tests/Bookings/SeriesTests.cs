using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class SeriesTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Noon = PlatformFixture.Monday9am.AddHours(3);

    [Fact]
    public async Task A_preview_shows_every_date_and_writes_nothing()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Noon.AddDays(7) });

        var preview = await tenant.SentAsync<SeriesPreview>("POST", "/series/preview", Weekly(tenant, "FREQ=WEEKLY;COUNT=3"));

        Assert.Equal(
            ["2026-03-02T12:00:00 ", "2026-03-09T12:00:00 BOOKING_CONFLICT", "2026-03-16T12:00:00 "],
            preview.Occurrences.Select(o => $"{o.Local} {o.Code}"));
        Assert.Equal((2, true), (preview.Bookable, preview.IsComplete));
        Assert.Equal(1, await tenant.CountAsync("select count(*) from bookings"));
        Assert.Equal(0, await tenant.CountAsync("select count(*) from series"));
    }

    [Fact]
    public async Task A_series_is_booked_completely_or_refused_with_the_conflicting_dates()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Noon.AddDays(7) });
        await tenant.HeldAsync(Noon.AddDays(14));

        using var refused = await tenant.SendAsync("POST", "/series", Weekly(tenant, "FREQ=WEEKLY;COUNT=4"));

        Assert.Equal((409, Codes.SeriesConflict), await refused.ProblemAsync());
        Assert.Equal(
            ["2026-03-09T12:00:00 BOOKING_CONFLICT", "2026-03-16T12:00:00 SLOT_HELD"],
            (await refused.BodyAsync()).GetProperty("conflicts").EnumerateArray()
                .Select(c => $"{c.GetProperty("local").GetString()} {c.GetProperty("code").GetString()}"));
        Assert.Equal(0, await tenant.CountAsync("select count(*) from series"));
        Assert.Equal(2, await tenant.CountAsync("select count(*) from bookings"));

        var skipping = await tenant.SentAsync<SeriesResponse>(
            "POST", "/series", Weekly(tenant, "FREQ=WEEKLY;COUNT=4", """, "skipConflicts": true"""));
        Assert.Equal([true, false, false, true], skipping.Occurrences.Select(o => o.BookingId is not null));
        Assert.Equal([null, Codes.BookingConflict, Codes.SlotHeld, null], skipping.Occurrences.Select(o => o.Code));
    }

    [Fact]
    public async Task Each_date_is_a_booking_of_its_own_with_one_event()
    {
        var tenant = await platform.NewTenantAsync();

        var series = await SeriesAsync(tenant, "FREQ=DAILY;BYDAY=MO,TU;COUNT=4", """, "client": { "name": "Ada", "email": "ada@x.org" }""");

        var bookings = await tenant.SentAsync<List<BookingResponse>>("GET", "/bookings");
        Assert.Equal([2, 3, 9, 10], bookings.Select(b => b.Start.Day));
        Assert.All(bookings, b => Assert.Equal((series.Id, "confirmed", 1, "Ada"), (b.SeriesId, b.Status, b.Version, b.Client?.Name)));
        Assert.Equal(4, bookings.Select(b => b.Uid).Distinct().Count());
        Assert.Equal(4, await tenant.CountAsync("select count(*) from booking_events"));
        Assert.Equal(1, await tenant.CountAsync("select count(*) from clients"));
        var shown = await tenant.SentAsync<SeriesResponse>("GET", $"/series/{series.Id}");
        Assert.Equal(bookings.Select(b => (long?)b.Id), shown.Occurrences.Select(o => o.BookingId));
        Assert.Single(await tenant.SentAsync<List<SeriesResponse>>("GET", "/series"));
    }

    [Fact]
    public async Task A_clock_change_keeps_the_local_time_and_nonexistent_times_are_reported_as_skipped()
    {
        var tenant = await platform.NewTenantAsync("Europe/Berlin");
        await tenant.ExecuteAsync("""
            delete from schedule_rules; update services set slot_interval_minutes = 30;
            insert into schedule_rules (schedule_id, day, start_minute, end_minute) select s.id, d, 0, 1440 from schedules s, generate_series(1, 7) d;
            """);

        var nine = await tenant.SentAsync<SeriesResponse>("POST", "/series", $$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "2026-03-28T09:00", "timeZone": "Europe/Berlin", "rrule": "FREQ=DAILY;COUNT=2" }
            """);
        var night = await tenant.SentAsync<SeriesResponse>("POST", "/series", $$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "2026-03-28T02:30", "timeZone": "Europe/Berlin", "rrule": "FREQ=DAILY;COUNT=3" }
            """);

        Assert.Equal(["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z"], nine.Occurrences.Select(o => PlatformJson.WriteInstant(o.Start!.Value)));
        // COUNT=3 means three that take place (RFC 5545, 3.3.10).
        string[] nights =
        [
            "2026-03-28T02:30:00 ", "2026-03-29T02:30:00 NONEXISTENT_LOCAL_TIME", "2026-03-30T02:30:00 ",
            "2026-03-31T02:30:00 ",
        ];
        Assert.Equal(nights, night.Occurrences.Select(o => $"{o.Local} {o.Code}"));
        Assert.Equal(nights, (await ShownAsync(tenant, night.Id)).Occurrences.Select(o => $"{o.Local} {o.Code}"));
    }

    [Fact]
    public async Task Dates_that_were_skipped_stay_visible_with_their_code()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Noon.AddDays(7) });

        var made = await SeriesAsync(tenant, "FREQ=WEEKLY;COUNT=3", """, "skipConflicts": true""");

        var shown = await ShownAsync(tenant, made.Id);
        Assert.Equal(["", "BOOKING_CONFLICT", ""], shown.Occurrences.Select(o => o.Code ?? ""));
        Assert.Equal(made.Occurrences, shown.Occurrences);
        Assert.Equal(made.Occurrences, (await tenant.SentAsync<List<SeriesResponse>>("GET", "/series"))[0].Occurrences);
    }

    [Fact]
    public async Task Two_concurrent_series_for_one_new_address_create_one_client()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 20");

        var outcomes = await SchedulingAnswers.AtOnceAsync(8, _ => tenant.SendAsync(
            "POST", "/series", Weekly(tenant, "FREQ=WEEKLY;COUNT=2", """, "client": { "name": "Ada", "email": "ada@x.org" }""")));

        Assert.All(outcomes, o => Assert.Equal(201, o.Status));
        Assert.Equal(1, await tenant.CountAsync("select count(*) from clients"));
        Assert.Equal(16, await tenant.CountAsync("select count(*) from bookings"));
    }

    [Theory]
    [InlineData("FREQ=WEEKLY;UNTIL=20260316T120000Z", 3)] // UNTIL is part of it
    [InlineData("FREQ=WEEKLY;UNTIL=20260316T115959Z", 2)]
    [InlineData("FREQ=WEEKLY;COUNT=2", 2)]
    [InlineData("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", 2)]
    [InlineData("RRULE:FREQ=DAILY;INTERVAL=7;COUNT=2", 2)]
    public async Task A_rule_creates_the_expected_number_of_dates(string rule, int count)
    {
        var tenant = await platform.NewTenantAsync();

        Assert.Equal(count, (await SeriesAsync(tenant, rule)).Occurrences.Count);
    }

    [Theory]
    [InlineData("FREQ=HOURLY;COUNT=2")]
    [InlineData("FREQ=SECONDLY")]
    [InlineData("FREQ=DAILY;COUNT=2;UNTIL=20260316T120000Z")]
    [InlineData("FREQ=DAILY;COUNT=0")]
    [InlineData("FREQ=DAILY;INTERVAL=0")]
    [InlineData("FREQ=DAILY;COUNT=99999999999999999999")]
    [InlineData("FREQ=WEEKLY;UNTIL=20250101T000000Z")]
    [InlineData("nonsense")]
    public async Task An_unsupported_rule_is_refused(string rule)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Equal((422, Codes.InvalidRecurrence, "rrule"), await tenant.RefusedAsync("POST", "/series", Weekly(tenant, rule)));
        Assert.Equal((422, Codes.InvalidRecurrence, "rrule"), await tenant.RefusedAsync("POST", "/series/preview", Weekly(tenant, rule)));
    }

    [Theory]
    [InlineData("\"rdates\": [\"0001-01-01T00:00\"]")]
    [InlineData("\"rdates\": [\"9999-12-31T23:59:59Z\"]")]
    [InlineData("\"exdates\": [\"9999-12-31T23:59:59\"]")]
    public async Task Dates_at_the_ends_of_the_calendar_are_refused(string dates)
    {
        var tenant = await platform.NewTenantAsync();

        var (status, _, _) = await tenant.RefusedAsync("POST", "/series", Weekly(tenant, "FREQ=WEEKLY;COUNT=2", ", " + dates));
        Assert.Equal(422, status);
    }

    [Fact]
    public async Task Dates_can_be_left_out_and_added()
    {
        var tenant = await platform.NewTenantAsync();

        var series = await SeriesAsync(tenant, "FREQ=WEEKLY;COUNT=3", """
            , "exdates": ["2026-03-09T12:00"], "rdates": ["2026-03-11T14:00"]
            """);

        Assert.Equal(
            ["2026-03-02T12:00:00", "2026-03-11T14:00:00", "2026-03-16T12:00:00"], series.Occurrences.Select(o => o.Local));
    }

    [Fact]
    public async Task A_rule_without_an_end_is_booked_to_the_booking_window_and_reported_as_incomplete()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set booking_window_days = 15");

        var series = await SeriesAsync(tenant, "FREQ=WEEKLY");

        Assert.Equal((3, false), (series.Occurrences.Count, series.IsComplete));
    }

    [Fact]
    public async Task A_single_date_can_be_moved()
    {
        var tenant = await platform.NewTenantAsync();
        var series = await SeriesAsync(tenant, "FREQ=WEEKLY;COUNT=3");

        await PatchAsync(tenant, series.Id, "scope=this&occurrence=2026-03-09T12:00", """{ "start": "2026-03-10T15:00" }""");

        Assert.Equal(["02 12:00", "10 15:00", "16 12:00"], await DatesAsync(tenant));
    }

    [Fact]
    public async Task A_date_and_the_following_dates_move_by_the_same_amount()
    {
        var tenant = await platform.NewTenantAsync();
        var series = await SeriesAsync(tenant, "FREQ=WEEKLY;COUNT=4");

        await PatchAsync(tenant, series.Id, "scope=following&occurrence=2026-03-09T12:00", """{ "start": "2026-03-10T13:00" }""");

        Assert.Equal(["02 12:00", "10 13:00", "17 13:00", "24 13:00"], await DatesAsync(tenant));
    }

    [Fact]
    public async Task All_dates_move_even_to_times_of_each_other_and_begun_dates_stay()
    {
        var tenant = await platform.NewTenantAsync();
        var series = await SeriesAsync(tenant, "FREQ=DAILY;BYDAY=MO,TU,WE,TH;COUNT=4");
        await tenant.ExecuteAsync("""
            update bookings set start_at = '2026-03-02T08:00:00Z', end_at = '2026-03-02T09:00:00Z' where start_at = '2026-03-02T12:00:00Z'
            """);

        var moved = await PatchAsync(tenant, series.Id, "scope=all", """{ "start": "2026-03-04T12:00", "note": "later" }""");

        Assert.Equal(["02 08:00", "04 12:00", "05 12:00", "06 12:00"], await DatesAsync(tenant));
        Assert.Equal(series.Id, moved.Id);
        Assert.Equal(3, await tenant.CountAsync("select count(*) from bookings where note = 'later'"));
    }

    [Fact]
    public async Task Moving_all_dates_resets_a_date_that_was_moved_separately()
    {
        var tenant = await platform.NewTenantAsync();
        var series = await SeriesAsync(tenant, "FREQ=WEEKLY;COUNT=3");
        await PatchAsync(tenant, series.Id, "scope=this&occurrence=2026-03-02T12:00", """{ "start": "2026-03-03T15:00" }""");

        await PatchAsync(tenant, series.Id, "scope=all", """{ "start": "2026-03-02T13:00" }""");

        Assert.Equal(["02 13:00", "09 13:00", "16 13:00"], await DatesAsync(tenant));
    }

    [Fact]
    public async Task A_change_that_one_date_refuses_changes_no_date()
    {
        var tenant = await platform.NewTenantAsync();
        var series = await SeriesAsync(tenant, "FREQ=WEEKLY;COUNT=3");
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Noon.AddDays(14).AddHours(2) });

        using var refused = await tenant.SendAsync("PATCH", $"/series/{series.Id}?scope=all", """{ "start": "2026-03-02T14:00" }""");
        var dates = await DatesAsync(tenant);
        await PatchAsync(tenant, series.Id, "scope=all", """{ "start": "2026-03-02T14:00", "skipConflicts": true }""");

        Assert.Equal((409, Codes.SeriesConflict), await refused.ProblemAsync());
        Assert.Equal("2026-03-16T12:00:00", (await refused.BodyAsync()).GetProperty("conflicts")[0].GetProperty("local").GetString());
        Assert.Equal(["02 12:00", "09 12:00", "16 12:00", "16 14:00"], dates);
        Assert.Equal(["02 14:00", "09 14:00", "16 12:00", "16 14:00"], await DatesAsync(tenant));
    }

    [Theory]
    [InlineData("POST", "/series/99/cancel", "{}", 404)]
    [InlineData("PATCH", "/series/99?scope=all", "{}", 404)]
    [InlineData("PATCH", "/series/{id}?scope=some", "{}", 400)]
    [InlineData("PATCH", "/series/{id}?scope=this", "{}", 422)]
    [InlineData("PATCH", "/series/{id}?scope=this&occurrence=never", "{}", 400)]
    [InlineData("PATCH", "/series/{id}?scope=this&occurrence=2026-03-03T12:00", "{}", 409)]
    [InlineData("PATCH", "/series/{id}?scope=following&occurrence=9999-12-31T23:59:59Z", "{}", 409)]
    [InlineData("PATCH", "/series/{id}?scope=all", """{ "start": "9999-12-31T23:59" }""", 422)]
    [InlineData("PATCH", "/series/{id}?scope=all", """{ "start": "0001-01-01T00:00" }""", 422)]
    [InlineData("POST", "/series/{id}/cancel", """{ "scope": "this" }""", 422)]
    [InlineData("POST", "/series/{id}/cancel", """{ "scope": "some" }""", 400)]
    [InlineData("GET", "/series?cursor=x", null, 400)]
    public async Task A_request_that_names_no_valid_date_is_refused(
        string method, string path, string? body, int status)
    {
        var tenant = await platform.NewTenantAsync();
        var series = await SeriesAsync(tenant, "FREQ=WEEKLY;COUNT=2");

        var (actual, _, _) = await tenant.RefusedAsync(method, path.Replace("{id}", $"{series.Id}"), body);

        Assert.Equal(status, actual);
    }

    [Fact]
    public async Task An_answer_to_no_question_is_refused_before_a_date_that_is_taken()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());

        var (status, code, member) = await tenant.RefusedAsync(
            "POST", "/series", Weekly(tenant, "FREQ=WEEKLY;COUNT=2", """, "answers": { "shoeSize": 44 }"""));

        Assert.Equal((422, Codes.InvalidAnswers, "answers.shoeSize"), (status, code, member));
    }

    [Fact]
    public async Task Ten_concurrent_requests_for_one_series_create_one()
    {
        var tenant = await platform.NewTenantAsync();

        var outcomes = await SchedulingAnswers.AtOnceAsync(10, _ => tenant.SendAsync("POST", "/series", Weekly(tenant, "FREQ=WEEKLY;COUNT=6")));

        Assert.Single(outcomes, o => o.Status == 201);
        Assert.Equal(9, outcomes.Count(o => o == (409, Codes.SeriesConflict)));
        Assert.Equal(6, await tenant.CountAsync("select count(*) from bookings"));
    }

    internal static Task<SeriesResponse> ShownAsync(TestTenant tenant, long id) =>
        tenant.SentAsync<SeriesResponse>("GET", $"/series/{id}");

    internal static string Weekly(TestTenant tenant, string rule, string more = "") => $$"""
        { "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T12:00", "timeZone": "Etc/UTC", "rrule": "{{rule}}"{{more}} }
        """;

    internal static Task<SeriesResponse> SeriesAsync(TestTenant tenant, string rule, string more = "") =>
        tenant.SentAsync<SeriesResponse>("POST", "/series", Weekly(tenant, rule, more));

    private static Task<SeriesResponse> PatchAsync(TestTenant tenant, long id, string question, string body) =>
        tenant.SentAsync<SeriesResponse>("PATCH", $"/series/{id}?{question}", body);

    private static async Task<List<string>> DatesAsync(TestTenant tenant) =>
        [.. (await tenant.SentAsync<List<BookingResponse>>("GET", "/bookings")).Select(b => $"{b.Start:dd HH:mm}")];
}
