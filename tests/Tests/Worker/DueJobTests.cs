using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Core.Bookings;
using Platform.Core.Outbox;
using Platform.Tests.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Worker;

public sealed partial class DueJobTests(JobsWorld world) : IClassFixture<JobsWorld>
{
    [Fact]
    public async Task An_offer_that_runs_out_goes_to_the_next()
    {
        var tenant = await world.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var first = await tenant.JoinedAsync(tenant.Monday("First"));
        var next = await tenant.JoinedAsync(tenant.Monday("Next"));
        await tenant.CancelledAsync(booking);
        var missed = await tenant.OfferAsync(await tenant.WaitlistEntryAsync(first.Id));

        await world.RunAsync("09:29:59");
        Assert.Equal(["First offered", "Next waiting"], await tenant.WaitlistAsync());
        await world.RunAsync("09:30");

        Assert.Equal(["First expired", "Next offered"], await tenant.WaitlistAsync());
        Assert.Equal(PlatformFixture.Monday9am.AddHours(1), (await tenant.WaitlistEntryAsync(next.Id)).OfferedUntil);
        using var late = await tenant.BookAsync(new(tenant.ServiceId, missed.Start, HoldToken: missed.Token));
        Assert.Equal((409, Codes.HoldExpired), await late.ProblemAsync());
        await world.RunAsync("10:00");
        Assert.Equal(["First expired", "Next expired"], await tenant.WaitlistAsync());
        await tenant.BookedAsync(tenant.AtNoon("anybody@example.com"));
        Assert.Equal(0, await world.JobsAsync(tenant, BookingJobs.WaitlistOffer));
    }

    [Fact]
    public async Task A_series_without_end_is_extended_as_time_passes_and_reports_conflicting_dates()
    {
        var tenant = await world.NewTenantAsync();
        await tenant.ExecuteAsync("update services set booking_window_days = 15, questions = '[{\"key\": \"age\", \"label\": \"Age\"}]'");
        var series = await tenant.SentAsync<SeriesResponse>("POST", "/series", $$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T12:00", "timeZone": "Etc/UTC", "rrule": "FREQ=WEEKLY",
              "client": { "name": "Ada" }, "answers": { "age": "7" }, "note": "each week" }
            """);
        Assert.Equal((3, false), (series.Occurrences.Count, series.IsComplete));

        await world.RunOnAsync(day: 7);
        await tenant.ExecuteAsync("update services set booking_window_days = 60");
        await tenant.BookedAsync(tenant.AtNoon("else@example.com") with { Start = PlatformFixture.Monday9am.AddDays(28).AddHours(3) });
        await tenant.ExecuteAsync("update services set booking_window_days = 15");
        await world.RunOnAsync(day: 14);
        await world.RunOnAsync(day: 21);

        var shown = await tenant.SentAsync<SeriesResponse>("GET", $"/series/{series.Id}");
        Assert.Equal(
            ["02 ", "09 ", "16 ", "23 ", "30 BOOKING_CONFLICT", "06 "], shown.Occurrences.Select(o => $"{o.Local[8..10]} {o.Code}"));
        var last = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{shown.Occurrences[^1].BookingId}");
        Assert.Equal(("Ada", "each week", "7"), (last.Client?.Name, last.Note, last.Answers!.Value.GetProperty("age").GetString()));
        var attention = Assert.Single(await tenant.SentAsync<List<AttentionResponse>>("GET", "/bookings/attention"));
        Assert.Equal(
            (series.Id, "2026-03-30T12:00:00", Codes.BookingConflict),
            (attention.Series!.SeriesId, attention.Series.Local, Assert.Single(attention.Reasons).Code));
    }

    [Fact]
    public async Task A_series_that_moved_or_ended_is_extended_as_it_is_now()
    {
        var tenant = await world.NewTenantAsync();
        await tenant.ExecuteAsync("update services set booking_window_days = 15");
        var body = $$"""{ "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T12:00", "timeZone": "Etc/UTC", "rrule": "FREQ=WEEKLY;BYDAY=MO" }""";
        var moves = await tenant.SentAsync<SeriesResponse>("POST", "/series", body);
        var ends = await tenant.SentAsync<SeriesResponse>("POST", "/series", body.Replace("T12:00", "T10:00"));
        await tenant.SentAsync<SeriesResponse>(
            "PATCH", $"/series/{moves.Id}?scope=following&occurrence=2026-03-09T12:00", """{ "start": "2026-03-10T14:00" }""");
        await tenant.SentAsync<SeriesResponse>("POST", $"/series/{ends.Id}/cancel", """{ "scope": "following", "occurrence": "2026-03-16T10:00" }""");

        await world.RunOnAsync(day: 7);

        var moved = await tenant.SentAsync<SeriesResponse>("GET", $"/series/{moves.Id}");
        Assert.Equal(["02 12", "10 14", "17 14", "24 14"], moved.Occurrences.Select(o => $"{o.Start:dd HH}"));
        Assert.Equal(3, (await tenant.SentAsync<SeriesResponse>("GET", $"/series/{ends.Id}")).Occurrences.Count);
        Assert.Equal(1, await world.JobsAsync(tenant, BookingJobs.SeriesExtension));
    }

    [Fact]
    public async Task A_waitlist_entry_for_a_past_time_expires()
    {
        var tenant = await world.NewTenantAsync();
        await tenant.JoinedAsync(tenant.Monday("Over"));
        await tenant.JoinedAsync(tenant.Monday("Later") with { To = PlatformFixture.Monday9am.AddDays(1) });

        await world.RunAsync("21:00");

        Assert.Equal(["Over expired", "Later waiting"], await tenant.WaitlistAsync());
        Assert.Equal(1, await tenant.CountAsync("select count(*) from waitlist_entries where status = 'expired'"));
        Assert.Equal(1, await world.JobsAsync(tenant, BookingJobs.WaitlistExpiry));
    }

    [Theory]
    [InlineData("PUT", "/resources/{doctor}/overrides/2026-03-02", """{ "intervals": [{ "start": "09:00", "end": "19:00" }] }""", 17)]
    [InlineData("PATCH", "/resources/{doctor}", """{ "capacity": 2 }""", 10)]
    [InlineData("DELETE", "/blackouts/{blackout}", null, 12)]
    public async Task Additional_hours_or_capacity_are_offered_to_the_waitlist(
        string method, string path, string? body, int hour)
    {
        var tenant = await world.NewTenantAsync();
        for (var start = 10; start < 17; start++)
        {
            if (start != 12) await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(start - 9) });
        }

        var blackout = await tenant.SentAsync<BlackoutResponse>(
            "POST", "/blackouts", """{ "start": "2026-03-02T12:00:00Z", "end": "2026-03-02T13:00:00Z", "reason": "Lunch" }""");
        var joined = await tenant.JoinedAsync(
            tenant.Monday("Tara") with { To = PlatformFixture.Monday9am.AddMinutes(1) });
        var first = await tenant.JoinedAsync(tenant.Monday("First") with { From = PlatformFixture.Monday9am.AddMinutes(1) });
        await tenant.JoinedAsync(tenant.Monday("Late") with { From = PlatformFixture.Monday9am.AddHours(11) });
        path = path.Replace("{doctor}", $"{tenant.DoctorId}").Replace("{blackout}", $"{blackout.Id}");

        using var changed = await tenant.SendAsync(method, path, body);
        Assert.True(changed.IsSuccessStatusCode);
        await world.RunAsync("09:00");

        Assert.Equal(["Tara waiting", "First offered", "Late waiting"], await tenant.WaitlistAsync());
        var hold = await tenant.OfferAsync(await tenant.WaitlistEntryAsync(first.Id));
        Assert.Equal(hour, hold.Start.Hour);
        Assert.Equal(9, Assert.Single(joined.FreeSlots!).Start.Hour);
        Assert.Equal(0, await world.JobsAsync(tenant, BookingJobs.WaitlistRecheck));
    }

    [Fact]
    public async Task An_offer_that_was_taken_stays_taken()
    {
        var tenant = await world.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var first = await tenant.JoinedAsync(tenant.Monday("First"));
        await tenant.JoinedAsync(tenant.Monday("Next"));
        await tenant.CancelledAsync(booking);
        var hold = await tenant.OfferAsync(await tenant.WaitlistEntryAsync(first.Id));
        await tenant.BookedAsync(new(tenant.ServiceId, hold.Start, HoldToken: hold.Token));

        await world.RunAsync("09:30");

        Assert.Equal(["First booked", "Next waiting"], await tenant.WaitlistAsync());
        Assert.Equal(0, await world.JobsAsync(tenant, BookingJobs.WaitlistOffer));
    }

    [Fact]
    public async Task A_booking_without_check_in_in_time_becomes_a_no_show()
    {
        var tenant = await WithReleaseAsync();
        var missed = await tenant.BookedAsync(tenant.AtNoon());
        var kept = await tenant.BookedAsync(tenant.AtNoon("kept@example.com") with { Start = PlatformFixture.Monday9am });
        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{kept.Id}/check-in");

        await world.RunAsync("12:14:59");
        Assert.Equal("confirmed", await StatusAsync(tenant, missed));
        await world.RunAsync("12:15");
        await world.RunAsync("12:15");

        Assert.Equal("no_show", await StatusAsync(tenant, missed));
        Assert.Equal("checked_in", await StatusAsync(tenant, kept));
        Assert.Equal(0, await ActiveAsync(tenant, missed));
        Assert.Equal(1, await ActiveAsync(tenant, kept));
        var history = await tenant.SentAsync<List<BookingEventResponse>>("GET", $"/bookings/{missed.Id}/events");
        Assert.Equal(
            ["booking.created", "booking.status_changed system"],
            [history[0].EventType, $"{history[1].EventType} {history[1].Actor}"]);
        Assert.Equal(1, await tenant.QueryAsync(db => db.Outbox.CountAsync(
            m => m.TenantId == tenant.Id && m.AggregateId == missed.Id && m.EventType == "booking.status_changed")));
    }

    [Fact]
    public async Task Undoing_a_no_show_takes_the_time_again_unless_it_is_booked()
    {
        var tenant = await WithReleaseAsync();
        await tenant.ExecuteAsync("update services set durations_minutes = '{120}', slot_interval_minutes = 30");
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await world.RunAsync("12:15");
        var other = await tenant.BookedAsync(tenant.AtNoon("other@example.com") with { Start = PlatformFixture.Monday9am.AddHours(4) });

        var taken = await tenant.RefusedAsync("POST", $"/bookings/{booking.Id}/no-show", """{ "undo": true }""");
        await tenant.CancelledAsync(other);
        var back = await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booking.Id}/no-show", """{ "undo": true }""");
        await world.RunAsync("13:00");

        Assert.Equal((409, Codes.BookingConflict, null), taken);
        Assert.Equal("confirmed", back.Status);
        Assert.Equal(("confirmed", 1), (await StatusAsync(tenant, booking), await ActiveAsync(tenant, booking)));
    }

    [Fact]
    public async Task A_moved_booking_is_released_at_its_new_time()
    {
        var tenant = await WithReleaseAsync();
        var moved = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{moved.Id}/reschedule", """{ "start": "2026-03-02T14:00:00Z" }""");
        var unnoticed = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync(
            $"update bookings set start_at = start_at + interval '3 hours', end_at = end_at + interval '3 hours' where id = {unnoticed.Id}");

        await world.RunAsync("12:15");

        Assert.Equal(("confirmed", "confirmed"), (await StatusAsync(tenant, moved), await StatusAsync(tenant, unnoticed)));
        Assert.Equal(1, await world.JobsAsync(tenant, BookingJobs.CheckInRelease, "due_at = '2026-03-02T14:15:00Z'"));
        Assert.Equal(1, await world.JobsAsync(tenant, BookingJobs.CheckInRelease, "due_at = '2026-03-02T15:15:00Z'"));
        await world.RunAsync("14:15");
        Assert.Equal(("no_show", "confirmed"), (await StatusAsync(tenant, moved), await StatusAsync(tenant, unnoticed)));
    }

    [Fact]
    public async Task A_booking_not_approved_before_its_start_expires()
    {
        var tenant = await WithReleaseAsync();
        await tenant.ExecuteAsync("update services set requires_approval = true");
        var forgotten = await tenant.BookedAsync(tenant.AtNoon());
        var approved = await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(2) });
        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{approved.Id}/confirm");

        await world.RunAsync("12:00");

        Assert.Equal(("expired", "no_show"), (await StatusAsync(tenant, forgotten), await StatusAsync(tenant, approved)));
        Assert.Equal(0, await ActiveAsync(tenant, forgotten));
        Assert.Equal(0, await world.JobsAsync(tenant, BookingJobs.PendingExpiry));
    }

    [Fact]
    public async Task A_worker_that_dies_in_the_middle_leaves_job_and_booking_as_they_were()
    {
        var tenant = await WithReleaseAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await using (await OutboxFaults.EndSessionAsync(tenant))
        {
            await Record.ExceptionAsync(() => world.RunAsync("12:15"));

            Assert.Equal(("confirmed", 1), (await StatusAsync(tenant, booking), await ActiveAsync(tenant, booking)));
            Assert.Equal(1, await world.JobsAsync(tenant, BookingJobs.CheckInRelease));
        }

        await world.RunAsync("12:20", worker: 1);
        Assert.Equal("no_show", await StatusAsync(tenant, booking));
    }

    [Fact]
    public async Task A_failed_job_is_retried_later_and_does_not_block_others()
    {
        var tenant = await WithReleaseAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await world.Platform.ExecuteTenantAsync($"""
            insert into platform.due_jobs values ('unheard_of', {tenant.Id}, {booking.Id}, '2026-03-02T09:00:00Z');
            insert into platform.due_jobs values ('check_in_release', 1234567, 1, '2026-03-02T09:00:00Z');
            """);

        await world.RunAsync("12:15");

        Assert.Equal("no_show", await StatusAsync(tenant, booking));
        Assert.Equal(1, await world.JobsAsync(tenant, "unheard_of", "attempts = 1 and due_at = '2026-03-02T12:15:10Z'"));
        await world.RunAsync("12:15:10");
        Assert.Equal(1, await world.JobsAsync(tenant, "unheard_of", "attempts = 2 and due_at = '2026-03-02T12:15:30Z'"));
    }

    [Fact]
    public async Task With_two_workers_each_job_runs_once()
    {
        var tenant = await world.NewTenantAsync();
        await tenant.ExecuteAsync($"update services set requires_approval = true; update resources set capacity = 30 where id = {tenant.DoctorId}");
        for (var n = 0; n < 20; n++) await tenant.BookedAsync(tenant.AtNoon($"c{n}@example.com"));

        await Task.WhenAll(world.RunAsync("12:00", worker: 0), world.RunAsync("12:00", worker: 1));
        await world.RunAsync("12:00");

        Assert.Equal(20, await tenant.QueryAsync(db => db.Bookings.CountAsync(b => b.Status == "expired" && b.Version == 2)));
        Assert.Equal(20, await tenant.QueryAsync(db => db.Outbox.CountAsync(
            m => m.TenantId == tenant.Id && m.EventType == "booking.status_changed")));
    }

    [Fact]
    public async Task A_hold_is_deleted_a_day_after_it_ended()
    {
        var tenant = await world.NewTenantAsync();
        var hold = await tenant.SentAsync<HoldResponse>(
            "POST", "/holds", $$"""{ "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T12:00:00Z" }""");
        var used = await tenant.SentAsync<HoldResponse>(
            "POST", "/holds", $$"""{ "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T14:00:00Z" }""");
        await tenant.BookedAsync(tenant.AtNoon() with { Start = used.Start, HoldToken = used.Token });

        await world.RunAsync("1.09:04:59");
        Assert.Equal("expired", (await tenant.SentAsync<HoldResponse>("GET", $"/holds/{hold.Id}")).Status);
        await world.RunAsync("1.09:05");

        Assert.Equal((404, Codes.NotFound, null), await tenant.RefusedAsync("GET", $"/holds/{hold.Id}"));
        Assert.Equal([used.Id], await tenant.QueryAsync(db => db.Bookings.Select(b => b.Id).ToListAsync()));
        Assert.Equal(0, await world.JobsAsync(tenant, BookingJobs.HoldRemoval));
    }

    [Fact]
    public async Task A_running_worker_does_what_is_due_by_itself()
    {
        var tenant = await WithReleaseAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        world.Clock.AdjustTime(PlatformFixture.Monday9am.AddHours(4));

        await world.RunningAsync(() => Eventually.EqualAsync("no_show", () => StatusAsync(tenant, booking)));

        Assert.Equal(0, await world.JobsAsync(tenant, BookingJobs.CheckInRelease));
    }

    private async Task<TestTenant> WithReleaseAsync()
    {
        var tenant = await world.NewTenantAsync();
        await tenant.ExecuteAsync("""update services set check_in = '{"releaseMinutesAfter": 15}'""");
        return tenant;
    }

    private static async Task<string> StatusAsync(TestTenant tenant, BookingResponse booking) =>
        (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}")).Status;

    private static Task<int> ActiveAsync(TestTenant tenant, BookingResponse booking) =>
        tenant.QueryAsync(db => db.Allocations.CountAsync(a => a.BookingId == booking.Id && a.Active));
}
