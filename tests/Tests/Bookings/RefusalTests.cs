using System.Net.Http.Json;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>A refusal contains the reason and the alternatives.</summary>
public sealed class RefusalTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Noon = PlatformFixture.Monday9am.AddHours(3);

    [Theory]
    [InlineData("perDay", 2, 2, "2026-03-02", "2026-03-02", "2026-03-03T09:00:00Z")]
    [InlineData("minutesPerDay", 150, 120, "2026-03-02", "2026-03-02", "2026-03-03T09:00:00Z")]
    [InlineData("perWeek", 2, 2, "2026-03-02", "2026-03-08", "2026-03-09T09:00:00Z")]
    [InlineData("minutesPerWeek", 150, 120, "2026-03-02", "2026-03-08", "2026-03-09T09:00:00Z")]
    [InlineData("perResourcePerDay", 2, 2, "2026-03-02", "2026-03-02", "2026-03-03T09:00:00Z")]
    public async Task A_limit_that_is_reached_is_named(string name, int max, int used, string from, string to, string next)
    {
        var tenant = await LimitedAsync($$"""{"{{name}}": {{max}}}""");
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.BookedAsync(tenant.AtNoon("b@x.org") with { Start = Noon.AddHours(1) });
        var tuesday = await tenant.BookedAsync(tenant.AtNoon("c@x.org") with { Start = Noon.AddDays(7) });

        using var refused = await tenant.BookAsync(tenant.AtNoon("d@x.org") with { Start = Noon.AddHours(2) });
        using var moved = await tenant.SendAsync(
            "POST", $"/bookings/{tuesday.Id}/reschedule", """{ "start": "2026-03-02T14:00:00Z" }""");

        foreach (var response in (HttpResponseMessage[])[refused, moved])
        {
            Assert.Equal((422, Codes.LimitReached), await response.ProblemAsync());
            var body = await response.BodyAsync();
            Assert.Equal(
                new ReachedLimit(
                    name, max, used, DateOnly.Parse(from, null), DateOnly.Parse(to, null),
                    name == "perResourcePerDay" ? tenant.DoctorId : null),
                LimitOf(body));
            Assert.Contains(name, body.GetProperty("detail").GetString());
            Assert.Equal(next, body.GetProperty("nextSlots")[0].GetProperty("start").GetString());
        }
    }

    [Theory]
    [InlineData("perClient")]
    [InlineData("perClientPerDay")]
    public async Task A_limit_of_clients_comes_with_the_clients_own_bookings_but_not_for_strangers(string name)
    {
        var tenant = await LimitedAsync($$"""{"{{name}}": 1}""");
        var mine = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.BookedAsync(tenant.AtNoon("b@x.org") with { Start = Noon.AddHours(1) });
        using var anybody = platform.Client();

        using var refused = await tenant.BookAsync(tenant.AtNoon() with { Start = Noon.AddHours(2) });
        using var stranger = await anybody.PostAsJsonAsync(
            $"/public/api/v1/{tenant.Slug}/bookings",
            new PublicBookingRequest(tenant.ServiceId, Noon.AddHours(2), new("Ada", "ada@example.com"), Consent: true),
            PlatformJson.Options);

        var limit = LimitOf(await refused.BodyAsync());
        Assert.Equal((name, 1, 1), (limit.Name, limit.Max, limit.Used));
        Assert.Equal([new BookedTime(mine.Id, mine.Start, mine.End, new(2026, 3, 2))], limit.Bookings);
        Assert.Equal((422, Codes.LimitReached), await stranger.ProblemAsync());
        Assert.Equal(limit with { Bookings = null }, LimitOf(await stranger.BodyAsync()));
    }

    [Fact]
    public async Task A_client_over_the_hold_limit_gets_the_limit_and_the_count()
    {
        var tenant = await platform.NewTenantAsync();
        var client = (await tenant.BookedAsync(tenant.AtNoon())).Client!.Id;
        for (var i = 1; i <= 3; i++) await tenant.HeldAsync(Noon.AddHours(i), $", \"clientId\": {client}");

        using var refused = await tenant.HoldAsync(Noon.AddHours(-1), $", \"clientId\": {client}");

        Assert.Equal(new ReachedLimit("holdsPerClient", 3, 3), LimitOf(await refused.BodyAsync()));
    }

    [Fact]
    public async Task A_conflict_names_the_resources_that_are_taken()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(1);
        // A room as well as the doctor.
        await tenant.ExecuteAsync("update service_resources set requirement = 2 where resource_id = 1");
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync($"update allocations set active = false where resource_id = {tenant.DoctorId}");
        await tenant.HeldAsync(Noon.AddHours(1));

        using var taken = await tenant.BookAsync(tenant.AtNoon("b@x.org"));
        using var held = await tenant.BookAsync(tenant.AtNoon("b@x.org") with { Start = Noon.AddHours(1) });

        Assert.Equal((409, Codes.BookingConflict), await taken.ProblemAsync());
        Assert.Equal([1], await ResourcesAsync(taken));
        Assert.Equal("R1 is taken then.", (await taken.BodyAsync()).GetProperty("detail").GetString());
        Assert.Equal((409, Codes.SlotHeld), await held.ProblemAsync());
        Assert.Equal([1, tenant.DoctorId], await ResourcesAsync(held));
    }

    [Theory]
    [InlineData("update services set capacity = 5", 3, 3, 409, 2)]
    [InlineData("update services set capacity = 5", 3, 6, 422, 5)]
    [InlineData("update resources set capacity = 4", 3, 2, 409, 1)]
    [InlineData("update resources set capacity = 4", 4, 2, 409, 0)]
    [InlineData("update resources set capacity = 4", 1, 5, 422, 4)]
    public async Task A_refusal_of_a_party_that_does_not_fit_contains_the_remaining_capacity(
        string capacity, int taken, int wanted, int status, int left)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync(capacity);
        await tenant.BookedAsync(tenant.AtNoon() with { PartySize = taken });

        using var refused = await tenant.BookAsync(tenant.AtNoon("b@x.org") with { PartySize = wanted });

        var (answered, code) = await refused.ProblemAsync();
        if (left == 0)
        {
            Assert.Equal((409, Codes.BookingConflict), (answered, code));
            return;
        }

        Assert.Equal((status, Codes.CapacityFull), (answered, code));
        Assert.Equal(left, (await refused.BodyAsync()).GetProperty("remaining").GetInt32());
    }

    [Fact]
    public async Task A_closed_day_has_a_name_and_other_reasons_are_for_staff()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("""
            insert into blackouts (during, reason, holiday) values ('[2026-03-02,2026-03-03)', 'Founders'' Day', 'BR 2026-03-02');
            insert into blackouts (during, reason) values ('[2026-03-03,2026-03-04)', 'Surgery of Dr Who');
            """);
        using var anybody = platform.Client();

        foreach (var (day, holiday, reason) in ((int, bool, string)[])[(0, true, "Founders' Day"), (1, false, "Surgery of Dr Who")])
        {
            using var refused = await tenant.BookAsync(tenant.AtNoon() with { Start = Noon.AddDays(day) });
            using var stranger = await anybody.PostAsJsonAsync(
                $"/public/api/v1/{tenant.Slug}/holds", new PublicHoldRequest(tenant.ServiceId, Noon.AddDays(day)), PlatformJson.Options);

            Assert.Equal((422, Codes.OutsideAvailability), await refused.ProblemAsync());
            var body = await refused.BodyAsync();
            var closed = body.GetProperty("closed").Deserialize<List<ClosedTime>>(PlatformJson.Options)!.Single();
            Assert.Equal((reason, holiday), (closed.Reason, closed.Holiday));
            Assert.Equal(holiday, body.GetProperty("detail").GetString()!.Contains(reason));
            Assert.Equal("2026-03-04T09:00:00Z", body.GetProperty("nextSlots")[0].GetProperty("start").GetString());
            Assert.DoesNotContain("Surgery", await stranger.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("2026-03-02T20:00:00Z", Codes.OutsideAvailability, "Dr Who is not open then.", "2026-03-03T09:00:00Z")]
    [InlineData(
        "2026-03-02T12:10:00Z", Codes.OutsideAvailability,
        "The service is open at that time, but no slot starts then.", "2026-03-02T13:00:00Z")]
    [InlineData("2026-03-02T08:00:00Z", Codes.TooSoon, "The earliest start is 2026-03-02T09:00:00Z.", "2026-03-02T09:00:00Z")]
    [InlineData("2026-09-02T08:00:00Z", Codes.TooFar, "The start must be within 60 days.", "2026-03-02T09:00:00Z")]
    public async Task Every_refusal_offers_another_start(
        string start, string code, string detail, string next)
    {
        var tenant = await platform.NewTenantAsync();

        using var refused = await tenant.BookAsync(tenant.AtNoon() with { Start = DateTimeOffset.Parse(start, null) });

        Assert.Equal((422, code), await refused.ProblemAsync());
        var body = await refused.BodyAsync();
        Assert.Equal(detail, body.GetProperty("detail").GetString());
        Assert.Equal(next, body.GetProperty("nextSlots")[0].GetProperty("start").GetString());
    }

    [Theory]
    [InlineData("""{"perDay": 3}""", 2)]
    [InlineData("""{"perWeek": 2}""", 1)]
    [InlineData("""{"minutesPerDay": 200}""", 2)]
    [InlineData("""{"minutesPerWeek": 100000}""", 9)]
    [InlineData("""{"perResourcePerDay": 2}""", 1)]
    [InlineData("""{"perClient": 1}""", 9)]
    public async Task The_remaining_count_of_a_slot_respects_limits(string limits, int remaining)
    {
        var tenant = await LimitedAsync(limits);
        await tenant.ExecuteAsync("update resources set capacity = 9");
        await tenant.BookedAsync(tenant.AtNoon());

        var slots = await tenant.SlotsAsync();

        Assert.Equal(8, slots.Count);
        Assert.All(slots.Where(s => s.Start != Noon), slot => Assert.Equal(remaining, slot.Remaining));
    }

    [Fact]
    public async Task The_limit_of_a_service_does_not_grow_with_the_number_of_resources()
    {
        var tenant = await LimitedAsync("""{"perDay": 3, "perResourcePerDay": 2}""");
        await tenant.HireAsync(3);

        Assert.All(await tenant.SlotsAsync(), slot => Assert.Equal(3, slot.Remaining)); // four doctors, two each
    }

    [Theory]
    [InlineData("/bookings", "{}", "serviceId start")]
    [InlineData("/bookings", """{ "serviceId": 1 }""", "start")]
    [InlineData("/bookings", """{ "serviceId": 1, "start": "2026-03-02T12:00:00Z", "client": { } }""", "client.name")]
    [InlineData("/series", """{ "serviceId": 1, "start": "2026-03-02T12:00:00Z" }""", "rrule")]
    public async Task Members_that_are_missing_are_named(string path, string body, string fields)
    {
        var tenant = await platform.UntouchedTenantAsync();

        using var refused = await tenant.SendAsync("POST", path, body);

        Assert.Equal((400, Codes.ValidationFailed), await refused.ProblemAsync());
        var errors = (await refused.BodyAsync()).GetProperty("errors").EnumerateArray().ToList();
        Assert.Equal(fields.Split(' '), errors.Select(e => e.GetProperty("field").GetString()).Order());
        Assert.All(errors, error => Assert.Equal("REQUIRED", error.GetProperty("code").GetString()));
    }

    private static ReachedLimit LimitOf(JsonElement body) =>
        body.GetProperty("limit").Deserialize<ReachedLimit>(PlatformJson.Options)!;

    private static async Task<List<long>> ResourcesAsync(HttpResponseMessage response) =>
    [
        .. (await response.BodyAsync()).GetProperty("resources").Deserialize<List<BookedResource>>(PlatformJson.Options)!
            .Select(r => r.Id),
    ];

    private async Task<TestTenant> LimitedAsync(string limits)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"update services set limits = '{limits}'");
        return tenant;
    }
}
