using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>Changes of the rules alter no booking; a list returns the bookings that no longer fit.</summary>
public sealed class AttentionTests(PlatformFixture platform)
{
    [Theory]
    [InlineData("select 1", null)]
    [InlineData("update services set active = false", Codes.ServiceInactive)]
    [InlineData("update resources set active = false", Codes.ResourceInactive)]
    [InlineData("update schedule_rules set start_minute = 13 * 60", Codes.OutsideAvailability)]
    [InlineData("update schedule_rules set end_minute = 12 * 60 + 30", Codes.OutsideAvailability)]
    [InlineData("update schedules set time_zone = 'Asia/Tokyo'", Codes.OutsideAvailability)]
    [InlineData("insert into schedule_overrides (resource_id, date, start_minutes, end_minutes) select id, '2026-03-02', '{}', '{}' from resources", Codes.OutsideAvailability)]
    [InlineData("insert into blackouts (during) values ('[2026-03-02 12:59Z, 2026-03-02 14:00Z)')", Codes.BlackedOut)]
    [InlineData("insert into blackouts (during) values ('[2026-03-02 13:00Z, 2026-03-02 14:00Z)')", null)]
    [InlineData("delete from service_resources", Codes.UnknownResource)]
    [InlineData("update services set minimum_notice_minutes = 10000, booking_window_days = 1, durations_minutes = '{30}'", null)]
    public async Task A_booking_that_no_longer_fits_is_listed_with_the_reason(string change, string? code)
    {
        var tenant = await platform.NewTenantAsync();
        var booked = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync(change);

        var found = await tenant.AttentionAsync();

        Assert.Equal(code is null ? [] : [(booked.Id, code)], found.Select(f => (f.Booking!.Id, Assert.Single(f.Reasons).Code)));
        Assert.Equal(booked.Version, (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booked.Id}")).Version);
    }

    [Fact]
    public async Task Only_bookings_to_come_that_still_hold_are_listed_with_every_reason()
    {
        var tenant = await platform.NewTenantAsync();
        var cancelled = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.SendAsync("POST", $"/bookings/{cancelled.Id}/cancel", "{}");
        var over = await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am });
        using var held = await tenant.HoldAsync(PlatformFixture.Monday9am.AddHours(5));
        var first = await tenant.BookedAsync(tenant.AtNoon());
        var second = await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddDays(1) });
        await tenant.ExecuteAsync("""
            delete from schedule_rules; insert into blackouts (during) values ('[2026-03-02, 2026-03-03)');
            """);

        var found = await tenant.AttentionAsync();

        Assert.NotEqual(over.Id, first.Id);
        Assert.Equal([first.Id, second.Id], found.Select(f => f.Booking!.Id));
        Assert.Equal([Codes.OutsideAvailability, Codes.BlackedOut], found[0].Reasons.Select(r => r.Code));
        Assert.Equal((Codes.OutsideAvailability, tenant.DoctorId), (found[1].Reasons[0].Code, found[1].Reasons[0].ResourceId));
    }

    [Fact]
    public async Task Overlapping_bookings_after_a_lower_capacity_or_longer_buffers_are_listed()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 2");
        List<BookingResponse> booked = [];
        foreach (var hour in (int[])[1, 1, 3, 4, 6])
        {
            booked.Add(await tenant.BookedAsync(tenant.AtNoon($"{booked.Count}@x.org") with { Start = PlatformFixture.Monday9am.AddHours(hour) }));
        }

        await tenant.ExecuteAsync("update resources set capacity = 1; update services set after_buffer_minutes = 15;");

        var found = await tenant.AttentionAsync();

        Assert.Equal(
            [
                (booked[0].Id, Codes.CapacityExceeded), (booked[1].Id, Codes.CapacityExceeded),
                (booked[2].Id, Codes.BookingConflict), (booked[3].Id, Codes.BookingConflict),
            ],
            found.Select(f => (f.Booking!.Id, Assert.Single(f.Reasons).Code)));
    }

    [Fact]
    public async Task An_overfull_session_is_listed_and_a_full_session_is_not()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set capacity = 3");
        foreach (var (i, hour) in ((int, int)[])[(1, 3), (2, 3), (3, 3), (4, 5), (5, 5)])
        {
            await tenant.BookedAsync(tenant.AtNoon($"{i}@x.org") with { Start = PlatformFixture.Monday9am.AddHours(hour) });
        }

        await tenant.ExecuteAsync("update services set capacity = 2");

        var found = await tenant.AttentionAsync();

        Assert.Equal(3, found.Count);
        Assert.All(found, f => Assert.Equal((12, Codes.CapacityExceeded), (f.Booking!.Start.Hour, Assert.Single(f.Reasons).Code)));
    }

    [Fact]
    public async Task The_number_of_statements_is_constant_and_pages_contain_every_booking()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync("delete from schedule_rules where day > 1");
        var few = await StatementsAsync(tenant);
        foreach (var hour in (int[])[1, 2, 4, 5, 6])
        {
            await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(hour) });
        }

        await tenant.ExecuteAsync("delete from schedule_rules");

        var many = await StatementsAsync(tenant);
        var all = await tenant.AttentionAsync();
        List<long> paged = [];
        for (var path = "/bookings/attention?limit=4"; path is not null;)
        {
            using var page = await tenant.SendAsync("GET", path);
            paged.AddRange((await page.DataAsync<List<AttentionResponse>>()).Select(f => f.Booking!.Id));
            var next = (await page.BodyAsync()).GetProperty("meta").GetProperty("page").GetProperty("next").GetString();
            path = next is null ? null : $"/bookings/attention?limit=4&cursor={next}";
        }

        Assert.Equal(all.Select(f => f.Booking!.Id), paged);
        Assert.Equal(6, paged.Count);
        Assert.InRange(many, 5, 8); // five of its own, and those of the transaction
        Assert.Equal(few, many);
        Assert.Equal((400, Codes.ValidationFailed, "cursor"), await tenant.RefusedAsync("GET", "/bookings/attention?cursor=!"));
    }

    private async Task<int> StatementsAsync(TestTenant tenant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/bookings/attention");
        var trace = platform.Api.Statements.Watch(request);
        using var response = await tenant.Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode);
        return platform.Api.Statements.RoundTripsOf(trace).Sum(trip => trip.Count);
    }
}

internal static class AttentionAnswers
{
    extension(TestTenant tenant)
    {
        public Task<List<AttentionResponse>> AttentionAsync() =>
            tenant.SentAsync<List<AttentionResponse>>("GET", "/bookings/attention");
    }
}
