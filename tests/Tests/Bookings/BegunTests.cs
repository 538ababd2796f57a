using System.Net;
using System.Text;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.People;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>Bookings that have begun or ended cannot be undone by accident.</summary>
public sealed class BegunTests(PlatformFixture platform)
{
    private const string Begun = "2026-03-02T08:30:00Z", Ended = "2026-03-02T08:00:00Z", Ahead = "2026-03-02T09:30:00Z";

    private const string ToTuesday = """{ "start": "2026-03-03T12:00:00Z" }""";

    /// <summary>Every route that undoes a booking, with its codes once the booking has begun and has ended.</summary>
    public static TheoryData<string, string, string, string?, string?> Routes => new()
    {
        { "confirmed", "/bookings/{id}/reschedule", ToTuesday, Codes.BookingBegun, Codes.BookingBegun },
        { "confirmed", "/manage/{token}/reschedule", ToTuesday, Codes.BookingBegun, Codes.BookingBegun },
        { "confirmed", "/bookings/{id}/cancel", "{}", null, Codes.BookingEnded },
        { "confirmed", "/bookings/{id}/cancel", """{ "waivePolicy": true }""", null, Codes.BookingEnded },
        { "confirmed", "/manage/{token}/cancel", "{}", null, Codes.BookingEnded },
        { "confirmed", "/bookings/{id}/reassign", "{}", null, Codes.BookingEnded },
        { "pending", "/bookings/{id}/reschedule", ToTuesday, Codes.BookingBegun, Codes.BookingBegun },
        { "pending", "/bookings/{id}/cancel", "{}", null, Codes.BookingEnded },
        { "pending", "/bookings/{id}/confirm", "{}", Codes.BookingBegun, Codes.BookingEnded },
        { "pending", "/bookings/{id}/reject", "{}", null, Codes.BookingEnded },
        { "checked_in", "/bookings/{id}/reassign", "{}", null, Codes.BookingEnded },
    };

    [Theory, MemberData(nameof(Routes))]
    public async Task A_begun_booking_cannot_be_moved_and_an_ended_booking_cannot_be_undone(
        string status, string path, string body, string? begun, string? ended)
    {
        foreach (var (start, code) in ((string, string?)[])[(Ahead, null), (Begun, begun), (Ended, ended)])
        {
            if (status == "checked_in" && start == Ahead) continue;

            var tenant = await platform.NewTenantAsync();
            await tenant.HireAsync(1);
            await tenant.ExecuteAsync("update services set slot_interval_minutes = 30; update schedule_rules set start_minute = 8 * 60");
            var (id, token) = await BookedAsync(tenant, status, start);
            var before = await StoredAsync(tenant);

            using var response = await SendAsync(tenant, path, id, token, body);

            if (code is null)
            {
                Assert.True(response.IsSuccessStatusCode, $"{start} {await response.Content.ReadAsStringAsync()}");
                continue;
            }

            Assert.Equal((422, code), await response.ProblemAsync());
            Assert.Equal(before, await StoredAsync(tenant));
        }
    }

    [Fact]
    public async Task A_date_of_a_series_that_has_begun_is_neither_moved_nor_cancelled()
    {
        var tenant = await platform.NewTenantAsync();
        using var made = await tenant.SendAsync("POST", "/series", $$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T12:00:00Z", "rrule": "FREQ=DAILY;COUNT=2" }
            """);
        var series = await made.DataAsync<SeriesResponse>();
        await tenant.ExecuteAsync($"""
            update bookings set start_at = '{Ended}', end_at = timestamptz '{Ended}' + interval '1 hour'
            where id = {series.Occurrences[0].BookingId}
            """);

        var cancelled = await tenant.RefusedAsync("POST", $"/series/{series.Id}/cancel", """
            { "scope": "this", "occurrence": "2026-03-02T12:00" }
            """);
        var moved = await tenant.RefusedAsync(
            "PATCH", $"/series/{series.Id}?scope=this&occurrence=2026-03-02T12:00", """{ "start": "2026-03-04T12:00" }""");
        var following = await tenant.SentAsync<SeriesResponse>("POST", $"/series/{series.Id}/cancel", """
            { "scope": "following", "occurrence": "2026-03-02T12:00" }
            """);

        Assert.Equal((422, Codes.BookingBegun, null), cancelled);
        Assert.Equal((422, Codes.BookingBegun, null), moved);
        Assert.Equal(["confirmed", "cancelled"], following.Occurrences.Select(o => o.Status));
    }

    [Fact]
    public async Task A_person_who_may_correct_bookings_can_move_and_cancel_them_afterwards()
    {
        var tenant = await platform.NewTenantAsync();
        var (id, _) = await BookedAsync(tenant, "confirmed", "2026-02-26T10:00:00Z");
        var (_, manager) = await platform.PersonAsync(tenant, "manager");
        var (_, member) = await platform.PersonAsync(tenant);
        var path = $"/api/v1/bookings/{id}";
        const string toThen = """{ "start": "2026-02-26T14:00:00Z", "reason": "It took place later", "correct": true }""";

        Assert.Equal((403, Codes.Forbidden), await member.AnswerAsync("POST", $"{path}/reschedule", toThen));
        Assert.Equal((403, Codes.Forbidden), await member.AnswerAsync("POST", $"{path}/cancel", """{ "correct": true }"""));
        Assert.Equal((422, Codes.BookingBegun), await manager.AnswerAsync("POST", $"{path}/reschedule", toThen.Replace("true", "false")));
        Assert.Equal((200, null), await manager.AnswerAsync("POST", $"{path}/reschedule", toThen));
        Assert.Equal((422, Codes.OutsideAvailability), await manager.AnswerAsync(
            "POST", $"{path}/reschedule", toThen.Replace("14:00", "20:00")));
        Assert.Equal((200, null), await manager.AnswerAsync("POST", $"{path}/cancel", """{ "correct": true }"""));
        var booking = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{id}");
        Assert.Equal(("cancelled", DateTimeOffset.Parse("2026-02-26T14:00Z", null)), (booking.Status, booking.Start));
    }

    [Fact]
    public async Task A_correction_to_a_time_that_was_taken_is_refused()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"update resources set capacity = 2 where id = {tenant.DoctorId}");
        var (id, _) = await BookedAsync(tenant, "confirmed", "2026-02-26T10:00:00Z");
        await BookedAsync(tenant, "completed", "2026-02-26T14:00:00Z");
        await BookedAsync(tenant, "completed", "2026-02-26T14:00:00Z");

        var taken = await tenant.RefusedAsync(
            "POST", $"/bookings/{id}/reschedule", """{ "start": "2026-02-26T14:00:00Z", "correct": true }""");

        Assert.Equal((409, Codes.BookingConflict), (taken.Status, taken.Code));
    }

    [Fact]
    public async Task Attendance_can_be_recorded_afterwards()
    {
        var tenant = await platform.NewTenantAsync();
        var (came, _) = await BookedAsync(tenant, "confirmed", Ended);
        var completed = await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{came}/complete");
        var (stayedAway, _) = await BookedAsync(tenant, "confirmed", "2026-02-27T10:00:00Z");
        var missed = await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{stayedAway}/no-show");
        var (ahead, _) = await BookedAsync(tenant, "confirmed", Ahead);

        var early = await tenant.RefusedAsync("POST", $"/bookings/{ahead}/complete");

        Assert.Equal(("completed", "no_show"), (completed.Status, missed.Status));
        Assert.Equal((409, Codes.InvalidTransition, null), early);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_no_show_frees_the_rest_of_the_time(int capacity)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"update resources set capacity = {capacity}; update services set slot_interval_minutes = 15");
        await tenant.ExecuteAsync("update schedule_rules set start_minute = 8 * 60");
        var (id, _) = await BookedAsync(tenant, "confirmed", Begun);
        for (var i = 1; i < capacity; i++) await BookedAsync(tenant, "confirmed", Begun);
        Assert.DoesNotContain("02 09:00", await tenant.StartsAsync());

        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{id}/no-show");

        Assert.Contains("02 09:00", await tenant.StartsAsync());
        await tenant.BookedAsync(tenant.AtNoon("walk-in@x.org") with { Start = PlatformFixture.Monday9am });
        foreach (var (action, body) in ((string, string)[])[("no-show", """{ "undo": true }"""), ("check-in", "{}")])
        {
            using var back = await tenant.SendAsync("POST", $"/bookings/{id}/{action}", body);
            Assert.Equal((409, Codes.BookingConflict), await back.ProblemAsync());
        }

        Assert.Equal("no_show", (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{id}")).Status);
    }

    [Fact]
    public async Task Check_in_after_a_no_show_takes_the_time_again()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set slot_interval_minutes = 15; update schedule_rules set start_minute = 8 * 60");
        var (id, _) = await BookedAsync(tenant, "confirmed", Begun);
        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{id}/no-show");

        var there = await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{id}/check-in");

        Assert.Equal("checked_in", there.Status);
        Assert.DoesNotContain("02 09:00", await tenant.StartsAsync());
        using var taken = await tenant.BookAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am });
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
    }

    [Theory]
    [InlineData("2026-03-02T09:00:00.000001Z", null)]
    [InlineData("2026-03-02T09:00:00Z", Codes.BookingBegun)]
    public async Task A_booking_has_begun_at_its_start(string start, string? code)
    {
        var tenant = await platform.NewTenantAsync();
        var (id, _) = await BookedAsync(tenant, "confirmed", start);

        using var response = await tenant.SendAsync("POST", $"/bookings/{id}/reschedule", ToTuesday);

        if (code is null) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        else Assert.Equal((422, code), await response.ProblemAsync());
    }

    /// <summary>Books as a client, and then sets the start and the status.</summary>
    private async Task<(long Id, string Token)> BookedAsync(TestTenant tenant, string status, string start)
    {
        using var anybody = platform.Client();
        using var made = await anybody.PostAsync($"/public/api/v1/{tenant.Slug}/bookings", Json($$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "2026-03-06T12:00:00Z", "consent": true,
              "client": { "name": "Ada", "email": "ada@example.com" } }
            """));
        var token = (await made.DataAsync<PublicBookingResponse>()).ManageToken!;
        var id = await tenant.HighestIdAsync("bookings");
        await tenant.ExecuteAsync($"""
            update bookings set status = '{status}', start_at = '{start}', end_at = timestamptz '{start}' + interval '1 hour'
            where id = {id};
            update allocations set occupied = tstzrange('{start}', timestamptz '{start}' + interval '1 hour') where booking_id = {id};
            """);
        return (id, token);
    }

    private async Task<HttpResponseMessage> SendAsync(TestTenant tenant, string path, long id, string token, string body)
    {
        if (!path.Contains("{token}")) return await tenant.SendAsync("POST", path.Replace("{id}", $"{id}"), body);

        using var anybody = platform.Client();
        return await anybody.PostAsync($"/public/api/v1/{tenant.Slug}{path.Replace("{token}", token)}", Json(body));
    }

    private static async Task<string?> StoredAsync(TestTenant tenant) =>
        $"{await tenant.ValueAsync("select string_agg(b::text, '|' order by b.id) from bookings b")}"
        + $" {await tenant.ValueAsync("select string_agg(a::text, '|' order by a.id) from allocations a")}"
        + $" {await tenant.CountAsync("select count(*) from booking_events")}";

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
