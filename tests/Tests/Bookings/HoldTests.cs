using System.Net;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class HoldTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Noon = PlatformFixture.Monday9am.AddHours(3);

    private const string Expire = """
        update bookings set hold_expires_at = '2026-03-02T09:00:00Z';
        update allocations set expires_at = '2026-03-02T09:00:00Z';
        """;

    [Fact]
    public async Task A_held_slot_is_available_only_with_its_hold_token()
    {
        var tenant = await platform.NewTenantAsync();

        var hold = await tenant.HeldAsync(Noon);

        Assert.Equal((BookingStatuses.Held, PlatformFixture.Monday9am.AddMinutes(5)), (hold.Status, hold.ExpiresAt));
        Assert.DoesNotContain("02 12:00", await tenant.StartsAsync());
        Assert.Contains("02 12:00", await tenant.StartsAsync($"{SchedulingAnswers.Monday}&holdToken={hold.Token}"));
        using var booked = await tenant.BookAsync(tenant.AtNoon());
        Assert.Equal((409, Codes.SlotHeld), await booked.ProblemAsync());
        Assert.Equal("2026-03-02T13:00:00Z", (await booked.BodyAsync()).GetProperty("nextSlots")[0].GetProperty("start").GetString());
        using var held = await tenant.HoldAsync(Noon);
        Assert.Equal((409, Codes.SlotHeld), await held.ProblemAsync());
    }

    [Fact]
    public async Task A_hold_becomes_the_booking_with_the_same_id_and_can_be_used_once()
    {
        var tenant = await platform.NewTenantAsync();
        var hold = await tenant.HeldAsync(Noon);

        var booking = await tenant.BookedAsync(tenant.AtNoon() with { HoldToken = hold.Token });
        using var again = await tenant.BookAsync(tenant.AtNoon() with { HoldToken = hold.Token });
        using var renewed = await tenant.SendAsync("POST", $"/holds/{hold.Id}/renew");

        Assert.Equal((hold.Id, "confirmed", 1), (booking.Id, booking.Status, booking.Version));
        Assert.Equal("Ada", booking.Client?.Name);
        Assert.Equal((409, Codes.HoldExpired), await again.ProblemAsync());
        Assert.Equal((409, Codes.HoldExpired), await renewed.ProblemAsync());
        Assert.Equal("confirmed", (await tenant.SentAsync<HoldResponse>("GET", $"/holds/{hold.Id}")).Status);
        Assert.Equal(1, await tenant.CountAsync("select count(*) from bookings"));
        Assert.Equal(1, await tenant.CountAsync("select count(*) from allocations where active and expires_at is null"));
    }

    [Fact]
    public async Task Twenty_uses_of_one_hold_make_one_booking()
    {
        var tenant = await platform.NewTenantAsync();
        var hold = await tenant.HeldAsync(Noon);

        var outcomes = await SchedulingAnswers.AtOnceAsync(
            20, i => tenant.BookAsync(tenant.AtNoon($"c{i}@example.com") with { HoldToken = hold.Token }));

        Assert.Single(outcomes, o => o.Status == 201);
        Assert.Equal(19, outcomes.Count(o => o == (409, Codes.HoldExpired)));
    }

    [Fact]
    public async Task A_hold_expires_without_a_job()
    {
        var tenant = await platform.NewTenantAsync();
        var hold = await tenant.HeldAsync(Noon);
        await tenant.ExecuteAsync(Expire);

        Assert.Contains("02 12:00", await tenant.StartsAsync());
        Assert.Equal("expired", (await tenant.SentAsync<HoldResponse>("GET", $"/holds/{hold.Id}")).Status);
        using var used = await tenant.BookAsync(tenant.AtNoon() with { HoldToken = hold.Token });
        Assert.Equal((409, Codes.HoldExpired), await used.ProblemAsync());
        using var renewed = await tenant.SendAsync("POST", $"/holds/{hold.Id}/renew");
        Assert.Equal((409, Codes.HoldExpired), await renewed.ProblemAsync());
        using var booked = await tenant.BookAsync(tenant.AtNoon());
        Assert.Equal(HttpStatusCode.Created, booked.StatusCode);
        using var late = await tenant.BookAsync(tenant.AtNoon() with { HoldToken = hold.Token });
        Assert.Equal((409, Codes.HoldExpired), await late.ProblemAsync());
    }

    [Fact]
    public async Task Expired_holds_do_not_block_a_move_or_a_series()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HeldAsync(Noon);
        await tenant.HeldAsync(Noon.AddDays(1));
        await tenant.ExecuteAsync(Expire);
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Start = Noon.AddHours(1) });

        using var moved = await tenant.SendAsync(
            "POST", $"/bookings/{booking.Id}/reschedule", """{ "start": "2026-03-02T12:00:00Z" }""");
        using var repeated = await tenant.SendAsync("POST", "/series", $$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "2026-03-03T12:00:00Z", "rrule": "FREQ=DAILY;COUNT=2" }
            """);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Created), (moved.StatusCode, repeated.StatusCode));
    }

    [Fact]
    public async Task A_released_hold_frees_its_slot_at_once_and_leaves_no_booking()
    {
        var tenant = await platform.NewTenantAsync();
        var hold = await tenant.HeldAsync(Noon);

        using var unseen = await tenant.SendAsync("GET", $"/bookings/{hold.Id}");
        using var released = await tenant.SendAsync("DELETE", $"/holds/{hold.Id}");
        using var again = await tenant.SendAsync("DELETE", $"/holds/{hold.Id}");
        using var gone = await tenant.SendAsync("GET", $"/bookings/{hold.Id}");
        using var cancelled = await tenant.SendAsync("POST", $"/bookings/{hold.Id}/cancel", "{}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (released.StatusCode, again.StatusCode));
        Assert.All([unseen, gone, cancelled], response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
        Assert.Empty(await tenant.SentAsync<List<BookingResponse>>("GET", "/bookings"));
        Assert.Contains("02 12:00", await tenant.StartsAsync());
        using var used = await tenant.BookAsync(tenant.AtNoon() with { HoldToken = hold.Token });
        Assert.Equal((409, Codes.HoldExpired), await used.ProblemAsync());
    }

    [Fact]
    public async Task A_hold_applies_to_its_slot_and_service_and_lasts_as_long_as_requested()
    {
        var tenant = await platform.NewTenantAsync();
        var hold = await tenant.HeldAsync(Noon, """, "minutes": 30""");

        using var elsewhere = await tenant.BookAsync(tenant.AtNoon() with { HoldToken = hold.Token, Start = Noon.AddHours(1) });
        var more = await RefusedAsync(tenant.AtNoon() with { HoldToken = hold.Token, PartySize = 2 });
        var longer = await RefusedAsync(tenant.AtNoon() with { HoldToken = hold.Token, DurationMinutes = 60, ResourceIds = [1] });
        using var unknown = await tenant.BookAsync(tenant.AtNoon() with { HoldToken = "nobody-knows" });
        var renewed = await tenant.SentAsync<HoldResponse>("POST", $"/holds/{hold.Id}/renew");

        Assert.Equal(PlatformFixture.Monday9am.AddMinutes(30), hold.ExpiresAt);
        Assert.Equal((409, Codes.HoldMismatch), await elsewhere.ProblemAsync());
        Assert.Equal((409, Codes.HoldMismatch, "partySize"), more);
        Assert.Equal((409, Codes.HoldMismatch, "resourceIds"), longer);
        Assert.Equal((409, Codes.HoldExpired), await unknown.ProblemAsync());
        Assert.Equal("held", renewed.Status);
        await tenant.BookedAsync(tenant.AtNoon() with { HoldToken = hold.Token });

        Task<(int, string?, string?)> RefusedAsync(CreateBookingRequest request) => tenant.RefusedAsync(
            "POST", "/bookings", System.Text.Json.JsonSerializer.Serialize(request, PlatformJson.Options));
    }

    [Theory]
    [InlineData("", "5")]
    [InlineData(", \"minutes\": 2", "5")]
    [InlineData(", \"minutes\": 60", "60")]
    public async Task Renewing_never_shortens_a_hold(string minutes, string expected)
    {
        var tenant = await platform.NewTenantAsync();
        var hold = await tenant.HeldAsync(Noon, minutes);

        var renewed = await tenant.SentAsync<HoldResponse>("POST", $"/holds/{hold.Id}/renew");
        var again = await tenant.SentAsync<HoldResponse>("POST", $"/holds/{hold.Id}/renew");

        Assert.Equal(PlatformFixture.Monday9am.AddMinutes(int.Parse(expected, null)), renewed.ExpiresAt);
        Assert.Equal(renewed.ExpiresAt, again.ExpiresAt);
        Assert.Equal(1, await tenant.CountAsync(
            "select count(*) from bookings b join allocations a on a.booking_id = b.id and a.expires_at = b.hold_expires_at"));
    }

    [Fact]
    public async Task A_hold_that_became_a_booking_cannot_be_released()
    {
        var tenant = await platform.NewTenantAsync();
        var hold = await tenant.HeldAsync(Noon);
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { HoldToken = hold.Token });
        using var anybody = platform.Client();

        using var released = await tenant.SendAsync("DELETE", $"/holds/{hold.Id}");
        using var byToken = await anybody.DeleteAsync($"/public/api/v1/{tenant.Slug}/holds/{hold.Token}");

        Assert.Equal((409, Codes.HoldUsed), await released.ProblemAsync());
        Assert.Equal(booking.Id, (await released.BodyAsync()).GetProperty("bookingId").GetInt64());
        Assert.Equal((409, Codes.HoldUsed), await byToken.ProblemAsync());
        Assert.Equal("confirmed", (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}")).Status);
        Assert.DoesNotContain("02 12:00", await tenant.StartsAsync());
    }

    [Fact]
    public async Task Fifty_concurrent_holds_of_one_slot_create_one()
    {
        var tenant = await platform.NewTenantAsync();

        var outcomes = await SchedulingAnswers.AtOnceAsync(50, _ => tenant.HoldAsync(Noon));

        Assert.Single(outcomes, o => o.Status == 201);
        Assert.Equal(49, outcomes.Count(o => o == (409, Codes.SlotHeld)));
        Assert.Equal(1, await tenant.CountAsync("select count(*) from bookings"));
    }

    [Fact]
    public async Task A_client_can_hold_at_most_three_slots()
    {
        var tenant = await platform.NewTenantAsync();
        var client = (await tenant.BookedAsync(tenant.AtNoon())).Client!.Id;

        var outcomes = await SchedulingAnswers.AtOnceAsync(
            4, i => tenant.HoldAsync(Noon.AddHours(i + 1), $", \"clientId\": {client}"));

        Assert.Equal(3, outcomes.Count(o => o.Status == 201));
        Assert.Single(outcomes, o => o == (422, Codes.LimitReached));
    }

    [Fact]
    public async Task A_hold_of_a_service_that_waits_for_approval_becomes_a_pending_booking()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set requires_approval = true");
        var hold = await tenant.HeldAsync(Noon);

        var booking = await tenant.BookedAsync(tenant.AtNoon() with { HoldToken = hold.Token });

        Assert.Equal("pending", booking.Status);
        Assert.DoesNotContain("02 12:00", await tenant.StartsAsync());
    }
}
