using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Outbox;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class WaitlistTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Noon = PlatformFixture.Monday9am.AddHours(3);

    [Fact]
    public async Task A_cancelled_slot_is_held_only_for_the_first_matching_entry()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"""
            insert into resources (id, category_id, name) values (7, {tenant.CategoryId}, 'Away');
            insert into service_resources (service_id, resource_id) values ({tenant.ServiceId}, 7);
            """);
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.JoinedAsync(tenant.Monday("Late") with { From = Noon.AddMinutes(1) });
        await tenant.JoinedAsync(tenant.Monday("Early") with { To = Noon });
        await tenant.JoinedAsync(tenant.Monday("Picky") with { ResourceId = 7 });
        await tenant.JoinedAsync(tenant.Monday("Crowd") with { PartySize = 2 });
        var first = await tenant.JoinedAsync(tenant.Monday("First") with { From = Noon, ResourceId = tenant.DoctorId });
        await tenant.JoinedAsync(tenant.Monday("Second"));

        await tenant.CancelledAsync(booking);

        Assert.Equal(
            ["Late waiting", "Early waiting", "Picky waiting", "Crowd waiting", "First offered", "Second waiting"],
            await tenant.WaitlistAsync());
        var offered = await tenant.WaitlistEntryAsync(first.Id);
        var hold = await tenant.OfferAsync(offered);
        Assert.Equal((Noon, "held", offered.OfferedUntil), (hold.Start, hold.Status, (DateTimeOffset?)hold.ExpiresAt));
        Assert.Equal(PlatformFixture.Monday9am.AddMinutes(30), offered.OfferedUntil);
        using var other = await tenant.BookAsync(tenant.AtNoon("else@example.com"));
        Assert.Equal((409, Codes.SlotHeld), await other.ProblemAsync());
    }

    [Fact]
    public async Task An_offer_is_announced_with_its_client_and_token()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var entry = await tenant.JoinedAsync(tenant.Monday("Wanda"));
        var joined = await tenant.QueryAsync(db => db.Outbox.SingleAsync(m => m.TenantId == tenant.Id && m.EventType == "waitlist.joined"));
        Assert.Equal(("waitlist", entry.Id, entry.Version), (joined.AggregateType, joined.AggregateId, joined.AggregateVersion));
        Assert.Equal("Wanda", joined.Data.Deserialize<WaitlistJoined>(JsonSerializerOptions.Web)!.Entry.ClientName);

        await tenant.CancelledAsync(booking);

        var offered = await tenant.WaitlistEntryAsync(entry.Id);
        var hold = await tenant.OfferAsync(offered);
        var message = await tenant.QueryAsync(db => db.Outbox.SingleAsync(m => m.TenantId == tenant.Id && m.EventType == "waitlist.offered"));
        var data = message.Data.Deserialize<WaitlistOffered>(JsonSerializerOptions.Web)!;
        Assert.Equal(("waitlist", entry.Id, offered.Version, "system"), (message.AggregateType, message.AggregateId, message.AggregateVersion, message.Actor));
        Assert.Equal((entry.Id, hold.Token, hold.ExpiresAt), (data.WaitlistId, data.HoldToken, data.ExpiresAt));
        Assert.Equal(("wanda@example.com", hold.Id, Noon), (data.Booking.ClientEmail!.ToLowerInvariant(), data.Booking.BookingId, data.Booking.Start));
    }

    [Fact]
    public async Task Freed_seats_are_offered_to_entries_whose_party_fits()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set capacity = 5");
        await tenant.BookedAsync(tenant.AtNoon("a@example.com") with { PartySize = 2 });
        var three = await tenant.BookedAsync(tenant.AtNoon("b@example.com") with { PartySize = 3 });
        await tenant.JoinedAsync(tenant.Monday("Four") with { PartySize = 4 });
        await tenant.JoinedAsync(tenant.Monday("Two") with { PartySize = 2 });
        await tenant.JoinedAsync(tenant.Monday("One"));
        await tenant.JoinedAsync(tenant.Monday("Another"));

        await tenant.CancelledAsync(three);

        Assert.Equal(["Four waiting", "Two offered", "One offered", "Another waiting"], await tenant.WaitlistAsync());
    }

    [Fact]
    public async Task Booking_an_offer_ends_the_waitlist_entry()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var entry = await tenant.JoinedAsync(tenant.Monday("Wanda"));
        await tenant.CancelledAsync(booking);
        var hold = await tenant.OfferAsync(await tenant.WaitlistEntryAsync(entry.Id));

        var booked = await tenant.BookedAsync(new(tenant.ServiceId, Noon, HoldToken: hold.Token));

        Assert.Equal((hold.Id, "confirmed", "waitlist", "Wanda"), (booked.Id, booked.Status, booked.Source, booked.Client?.Name));
        Assert.Equal(booked.Client, (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booked.Id}")).Client);
        var after = await tenant.WaitlistEntryAsync(entry.Id);
        Assert.Equal(("booked", booked.Id), (after.Status, after.BookingId));
        Assert.Equal((409, Codes.InvalidTransition, null), await tenant.RefusedAsync("DELETE", $"/waitlist/{entry.Id}"));
    }

    [Fact]
    public async Task Leaving_the_waitlist_passes_the_offer_to_the_next_entry()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var first = await tenant.JoinedAsync(tenant.Monday("First"));
        var gone = await tenant.JoinedAsync(tenant.Monday("Gone"));
        await tenant.JoinedAsync(tenant.Monday("Next"));
        await tenant.CancelledAsync(booking);

        await tenant.SentAsync<WaitlistResponse>("DELETE", $"/waitlist/{gone.Id}");
        using var left = await tenant.SendAsync("DELETE", $"/waitlist/{first.Id}");
        using var again = await tenant.SendAsync("DELETE", $"/waitlist/{first.Id}");

        Assert.Equal(Codes.WaitlistLeft, await left.SuccessAsync());
        Assert.Equal("cancelled", (await again.DataAsync<WaitlistResponse>()).Status);
        Assert.Equal(["First cancelled", "Gone cancelled", "Next offered"], await tenant.WaitlistAsync());
    }

    [Fact]
    public async Task A_released_offer_goes_to_the_next_entry_and_cannot_be_renewed()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var first = await tenant.JoinedAsync(tenant.Monday("First"));
        await tenant.JoinedAsync(tenant.Monday("Next"));
        await tenant.CancelledAsync(booking);
        var hold = await tenant.OfferAsync(await tenant.WaitlistEntryAsync(first.Id));

        var renewed = await tenant.SentAsync<HoldResponse>("POST", $"/holds/{hold.Id}/renew");
        await tenant.SentAsync<HoldResponse>("DELETE", $"/holds/{hold.Id}");

        Assert.Equal(hold.ExpiresAt, renewed.ExpiresAt);
        Assert.Equal(["First expired", "Next offered"], await tenant.WaitlistAsync());
    }

    [Fact]
    public async Task A_released_hold_is_offered()
    {
        var tenant = await platform.NewTenantAsync();
        var hold = await tenant.SentAsync<HoldResponse>(
            "POST", "/holds", $$"""{ "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T12:00:00Z" }""");
        await tenant.JoinedAsync(tenant.Monday("Wanda"));

        await tenant.SentAsync<HoldResponse>("DELETE", $"/holds/{hold.Id}");

        Assert.Equal(["Wanda offered"], await tenant.WaitlistAsync());
    }

    [Theory]
    [InlineData("reschedule", """{ "start": "2026-03-03T12:00:00Z" }""", false)]
    [InlineData("reject", "{}", true)]
    public async Task A_slot_that_a_moved_booking_frees_is_offered(string action, string body, bool needsApproval)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"update services set requires_approval = {needsApproval}");
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var entry = await tenant.JoinedAsync(tenant.Monday("Wanda"));

        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booking.Id}/{action}", body);

        var hold = await tenant.OfferAsync(await tenant.WaitlistEntryAsync(entry.Id));
        Assert.Equal((Noon, "held"), (hold.Start, hold.Status));
    }

    [Fact]
    public async Task Slots_that_are_cancelled_concurrently_are_offered_to_different_clients()
    {
        const int count = 6;
        var tenant = await platform.NewTenantAsync();
        var bookings = new List<BookingResponse>();
        for (var hour = 1; hour <= count; hour++)
        {
            bookings.Add(await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(hour) }));
            await tenant.JoinedAsync(tenant.Monday($"W{hour}"));
        }

        await Task.WhenAll(bookings.Select(tenant.CancelledAsync));

        var entries = await tenant.SentAsync<List<WaitlistResponse>>("GET", "/waitlist");
        Assert.All(entries, entry => Assert.Equal("offered", entry.Status));
        Assert.Equal(count, entries.Select(entry => entry.BookingId).Distinct().Count());
    }

    [Fact]
    public async Task An_offer_that_limits_forbid_does_not_keep_a_booking_from_being_cancelled()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.JoinedAsync(tenant.Monday("Busy"));
        await tenant.BookedAsync(tenant.AtNoon("Busy@example.com") with { Start = PlatformFixture.Monday9am });
        await tenant.JoinedAsync(tenant.Monday("Next"));
        await tenant.ExecuteAsync("""update services set limits = '{"perClientPerDay": 1}'""");

        var cancelled = await tenant.CancelledAsync(booking);

        Assert.Equal("cancelled", cancelled.Status);
        Assert.Equal(["Busy waiting", "Next offered"], await tenant.WaitlistAsync());
    }

    [Fact]
    public async Task Erasing_a_client_erases_their_offers()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var entry = await tenant.JoinedAsync(tenant.Monday("Wanda"));
        await tenant.CancelledAsync(booking);
        await tenant.SentAsync<WaitlistResponse>("DELETE", $"/waitlist/{entry.Id}");

        using var erased = await tenant.SendAsync("POST", $"/clients/{entry.Client.Id}/erase");

        Assert.Equal(HttpStatusCode.OK, erased.StatusCode);
        var message = await tenant.QueryAsync(db => db.Outbox.SingleAsync(m => m.TenantId == tenant.Id && m.EventType == "waitlist.offered"));
        Assert.DoesNotContain("Wanda", message.Data.GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"{entry.Client.Id}", message.Data.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeated_requests_create_one_waitlist_entry()
    {
        var tenant = await platform.NewTenantAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => tenant.JoinAsync(tenant.Monday("Wanda"))));
        using var otherWish = await tenant.JoinAsync(tenant.Monday("Wanda") with { PartySize = 2 });

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal((409, Codes.AlreadyExists), await otherWish.ProblemAsync());
        Assert.Equal(["Wanda waiting"], await tenant.WaitlistAsync());
    }

    [Fact]
    public async Task Joining_while_slots_are_free_returns_the_free_slots()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());

        var joined = await tenant.JoinedAsync(tenant.Monday("Wanda"));
        var again = await tenant.JoinedAsync(tenant.Monday("Wanda"));
        var vain = await tenant.JoinedAsync(tenant.Monday("Vera") with { From = Noon, To = Noon.AddMinutes(30) });

        Assert.Equal([9, 10, 11, 13, 14], joined.FreeSlots!.Select(slot => slot.Start.Hour));
        Assert.Equal(joined.FreeSlots!.Count, again.FreeSlots!.Count);
        Assert.Empty(vain.FreeSlots!);
        Assert.Null((await tenant.WaitlistEntryAsync(joined.Id)).FreeSlots);
    }

    [Fact]
    public async Task An_entry_whose_range_has_passed_is_expired_before_the_job_runs()
    {
        var tenant = await platform.NewTenantAsync();
        var entry = await tenant.JoinedAsync(tenant.Monday("Wanda"));
        await tenant.ExecuteAsync("update waitlist_entries set wanted = '[2026-03-01,2026-03-02)'");

        Assert.Equal(["Wanda expired"], await tenant.WaitlistAsync());
        Assert.Empty(await tenant.SentAsync<List<WaitlistResponse>>("GET", "/waitlist?status=waiting"));
        Assert.Single(await tenant.SentAsync<List<WaitlistResponse>>("GET", "/waitlist?status=expired"));
        Assert.Equal("expired", (await tenant.SentAsync<WaitlistResponse>("DELETE", $"/waitlist/{entry.Id}")).Status);
    }

    [Fact]
    public async Task A_list_returns_what_the_filter_selects_in_pages()
    {
        var tenant = await platform.NewTenantAsync();
        for (var n = 1; n <= 3; n++) await tenant.JoinedAsync(tenant.Monday($"W{n}"));
        var second = await tenant.JoinedAsync(tenant.Monday("W2"));
        await tenant.SentAsync<WaitlistResponse>("DELETE", $"/waitlist/{second.Id}");

        using var page = await tenant.SendAsync("GET", "/waitlist?status=waiting&limit=1");
        var mine = await tenant.SentAsync<List<WaitlistResponse>>("GET", $"/waitlist?clientId={second.Client.Id}");

        var meta = JsonDocument.Parse(await page.Content.ReadAsStringAsync()).RootElement.GetProperty("meta").GetProperty("page");
        var rest = await tenant.SentAsync<List<WaitlistResponse>>(
            "GET", $"/waitlist?status=waiting&cursor={meta.GetProperty("next").GetString()}");
        Assert.Equal("W1", Assert.Single(await page.DataAsync<List<WaitlistResponse>>()).Client.Name);
        Assert.Equal("W3", Assert.Single(rest).Client.Name);
        Assert.Equal("cancelled", Assert.Single(mine).Status);
    }

    [Theory]
    [InlineData("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z", 422, Codes.InvalidRange, "to")]
    [InlineData("2026-02-02T09:00:00Z", "2026-03-02T09:00:00Z", 422, Codes.InvalidRange, "to")]
    [InlineData("2026-03-02T09:00:00Z", "2026-06-02T09:00:01Z", 422, Codes.RangeTooLong, "to")]
    [InlineData("2026-03-02T09:00", "2026-03-02T10:00:00Z", 422, Codes.TimeZoneMissing, "timeZone")]
    [InlineData("2026-03-02T09:00:00Z", "2026-03-29T02:30", 422, Codes.NonexistentLocalTime, "to", "Europe/Berlin")]
    [InlineData("2026-03-02T09:00", "2026-03-02T10:00", 422, Codes.UnknownTimeZone, "timeZone", "Mars/Base")]
    [InlineData("2026-03-02T10:00", "2026-06-02T10:00", 201, null, null, "Etc/UTC")]
    public async Task An_entry_requires_a_range(
        string from, string to, int status, string? code, string? field, string? zone = null)
    {
        var tenant = await platform.NewTenantAsync();
        var body = $$"""
            { "serviceId": {{tenant.ServiceId}}, "from": "{{from}}", "to": "{{to}}", "client": { "name": "Wanda" },
              "timeZone": {{(zone is null ? "null" : $"\"{zone}\"")}} }
            """;

        if (status == 201)
        {
            var entry = await tenant.SentAsync<WaitlistResponse>("POST", "/waitlist", body);
            Assert.Equal((PlatformFixture.Monday9am.AddHours(1), zone), (entry.From, entry.TimeZone));
            return;
        }

        Assert.Equal((status, code, field), await tenant.RefusedAsync("POST", "/waitlist", body));
    }

    [Theory]
    [InlineData(""" "serviceId": 1, "client": { "name": "Wanda" } """, 404, Codes.NotFound, "serviceId")]
    [InlineData(""" "serviceId": {service}, "clientId": 1 """, 404, Codes.NotFound, "clientId")]
    [InlineData(""" "serviceId": {service}, "resourceId": 1, "client": { "name": "Wanda" } """, 404, Codes.NotFound, "resourceId")]
    [InlineData(""" "serviceId": {service} """, 400, Codes.ValidationFailed, "client")]
    public async Task An_entry_requires_a_client_and_a_service(string members, int status, string code, string field)
    {
        var tenant = await platform.NewTenantAsync();
        var body = $$"""
            { "from": "2026-03-02T10:00:00Z", "to": "2026-03-02T18:00:00Z", {{members.Replace("{service}", $"{tenant.ServiceId}")}} }
            """;

        Assert.Equal((status, code, field), await tenant.RefusedAsync("POST", "/waitlist", body));
    }
}
