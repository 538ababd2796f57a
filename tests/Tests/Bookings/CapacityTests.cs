using System.Net;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class CapacityTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Nine = PlatformFixture.Monday9am;
    private static readonly DateTimeOffset Noon = Nine.AddHours(3);

    [Fact]
    public async Task Any_available_balances_bookings_over_the_surrounding_days()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(1); // and the doctor
        var noon = PlatformFixture.Monday9am.AddHours(3);
        foreach (var day in (int[])[1, 2, 3])
        {
            await tenant.BookedAsync(tenant.AtNoon() with { Start = noon.AddDays(day), ResourceIds = [1] });
        }

        var alone = await tenant.BookedAsync(tenant.AtNoon() with { Start = noon, ResourceIds = [tenant.DoctorId] });
        var near = await tenant.BookedAsync(tenant.AtNoon() with { Start = noon.AddHours(1) });
        var far = await tenant.BookedAsync(tenant.AtNoon() with { Start = noon.AddDays(9) });

        Assert.Equal(tenant.DoctorId, Assert.Single(alone.Resources).Id);
        Assert.Equal(tenant.DoctorId, Assert.Single(near.Resources).Id); // one against three, though none on that day
        Assert.Equal(1, Assert.Single(far.Resources).Id);
    }

    [Fact]
    public async Task Two_consecutive_bookings_beside_a_longer_one_need_a_capacity_of_two()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 2; update services set durations_minutes = array[60, 120]");

        await tenant.BookedAsync(tenant.AtNoon("a@x.org"));
        await tenant.BookedAsync(tenant.AtNoon("b@x.org") with { Start = Noon.AddHours(1) });
        await tenant.BookedAsync(tenant.AtNoon("c@x.org") with { DurationMinutes = 120 });
        using var third = await tenant.BookAsync(tenant.AtNoon("d@x.org") with { Start = Noon.AddHours(1) });

        Assert.Equal((409, Codes.BookingConflict), await third.ProblemAsync());
        Assert.Equal(
            [("02 11:00", 2), ("02 14:00", 2)],
            (await tenant.SlotsAsync()).Where(s => s.Start.Hour is >= 11 and <= 14).Select(s => ($"{s.Start:dd HH:mm}", s.Remaining)));
    }

    [Fact]
    public async Task Cancelling_in_between_leaves_all_free_capacity_bookable()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 2; update services set durations_minutes = array[60, 120]");
        List<long> ids = [];
        foreach (var hour in (int[])[0, 0, 1, 1]) ids.Add((await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine.AddHours(hour) })).Id);

        // If units of capacity were numbered, the first would be taken from 9 to 10 and the second from 10 to 11.
        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{ids[1]}/cancel", "{}");
        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{ids[2]}/cancel", "{}");

        Assert.Contains("02 09:00", await tenant.StartsAsync($"{SchedulingAnswers.Monday}&durationMinutes=120"));
        var whole = await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine, DurationMinutes = 120 });
        using var full = await tenant.BookAsync(tenant.AtNoon() with { Start = Nine.AddHours(1) });
        Assert.Equal(Nine.AddHours(2), whole.End);
        Assert.Equal((409, Codes.BookingConflict), await full.ProblemAsync());
    }

    [Fact]
    public async Task A_party_takes_one_unit_of_capacity_for_each_person()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 5");
        await tenant.BookedAsync(tenant.AtNoon() with { PartySize = 3 });

        using var tooMany = await tenant.BookAsync(tenant.AtNoon() with { PartySize = 3 });
        using var never = await tenant.BookAsync(tenant.AtNoon() with { PartySize = 6 });
        await tenant.BookedAsync(tenant.AtNoon() with { PartySize = 2 });
        using var full = await tenant.BookAsync(tenant.AtNoon());

        Assert.Equal((409, Codes.CapacityFull), await tooMany.ProblemAsync());
        Assert.Equal((422, Codes.CapacityFull), await never.ProblemAsync());
        Assert.Equal((409, Codes.BookingConflict), await full.ProblemAsync());
    }

    [Fact]
    public async Task Bookings_of_one_session_share_its_resource_and_slots_show_the_remaining_seats()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set capacity = 10");
        await tenant.BookedAsync(tenant.AtNoon() with { PartySize = 4 });
        await tenant.BookedAsync(tenant.AtNoon("b@x.org") with { PartySize = 3 });

        var noon = (await tenant.SlotsAsync()).Single(s => s.Start == Noon);
        using var tooMany = await tenant.BookAsync(tenant.AtNoon() with { PartySize = 4 });
        await tenant.BookedAsync(tenant.AtNoon("c@x.org") with { PartySize = 3 });
        using var full = await tenant.BookAsync(tenant.AtNoon());

        Assert.Equal(3, noon.Remaining);
        Assert.Equal((409, Codes.CapacityFull), await tooMany.ProblemAsync());
        Assert.Equal((409, Codes.CapacityFull), await full.ProblemAsync());
        Assert.True((await full.BodyAsync()).GetProperty("nextSlots").GetArrayLength() > 0);
        Assert.DoesNotContain("02 12:00", await tenant.StartsAsync());
        Assert.DoesNotContain("02 12:00", await tenant.StartsAsync($"{SchedulingAnswers.Monday}&partySize=11"));
    }

    [Fact]
    public async Task A_session_keeps_other_services_and_overlapping_sessions_off_its_resource()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"""
            update services set capacity = 10, slot_interval_minutes = 30;
            insert into services (id, name, durations_minutes, slot_interval_minutes, booking_window_days)
            values (7, 'Alone', array[60], 60, 60);
            insert into service_resources (service_id, resource_id) values (7, {tenant.DoctorId});
            """);
        await tenant.BookedAsync(tenant.AtNoon());

        using var other = await tenant.BookAsync(tenant.AtNoon() with { ServiceId = 7 });
        using var overlapping = await tenant.BookAsync(tenant.AtNoon() with { Start = Noon.AddMinutes(30) });

        Assert.Equal((409, Codes.BookingConflict), await other.ProblemAsync());
        Assert.Equal(409, (await overlapping.ProblemAsync()).Status);
        Assert.DoesNotContain("02 12:30", await tenant.StartsAsync());
    }

    [Fact]
    public async Task Fifty_clients_on_the_last_seats_take_exactly_those()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set capacity = 20");
        await tenant.BookedAsync(tenant.AtNoon() with { PartySize = 13 });

        var outcomes = await SchedulingAnswers.AtOnceAsync(50, i => tenant.BookAsync(tenant.AtNoon($"c{i}@x.org")));

        Assert.Equal(7, outcomes.Count(o => o.Status == 201));
        Assert.Equal(43, outcomes.Count(o => o == (409, Codes.CapacityFull)));
        Assert.Equal(20, await tenant.CountAsync("select sum(seats) from allocations where active"));
    }

    [Fact]
    public async Task Booking_the_hall_takes_its_halves_and_booking_a_half_takes_the_hall()
    {
        var tenant = await HallAsync();

        await BookAsync(tenant, "09:00", "[1]");
        await BookAsync(tenant, "10:00", "[2]");
        await BookAsync(tenant, "10:00", "[3]");

        Assert.Equal((409, Codes.BookingConflict), await RefusedAsync(tenant, "09:00", "[2]"));
        Assert.Equal((409, Codes.BookingConflict), await RefusedAsync(tenant, "09:00", "[3]"));
        Assert.Equal((409, Codes.BookingConflict), await RefusedAsync(tenant, "10:00", "[1]"));
        Assert.DoesNotContain("02 10:00", await tenant.StartsAsync($"{SchedulingAnswers.Monday}&resourceId=1"));
        Assert.Contains("02 11:00", await tenant.StartsAsync($"{SchedulingAnswers.Monday}&resourceId=1"));
        await BookAsync(tenant, "11:00", "[2]");
        Assert.Contains("02 11:00", await tenant.StartsAsync($"{SchedulingAnswers.Monday}&resourceId=3"));
    }

    [Fact]
    public async Task A_race_for_the_hall_and_its_halves_is_won_by_the_hall_or_by_the_halves()
    {
        var tenant = await HallAsync();

        await SchedulingAnswers.AtOnceAsync(30, i => SendAsync(tenant, "12:00", $"[{(i % 3) + 1}]"));

        var taken = await tenant.CountAsync("select count(*) from bookings");
        var halls = await tenant.CountAsync("select count(*) from allocations where active and resource_id = 1");
        Assert.Equal(halls == 1 ? 1 : 2, taken);
        Assert.Equal(3, halls == 1 ? await tenant.CountAsync("select count(*) from allocations where active") : 3);
    }

    [Fact]
    public async Task An_assignment_is_found_where_taking_the_first_free_resource_would_fail()
    {
        // Only 1 can be the surgeon; 1 and 2 can be the nurse. With 1 as the nurse, no surgeon is left.
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(2);
        await tenant.ExecuteAsync($"""
            delete from service_resources;
            insert into service_resources (service_id, requirement, resource_id)
            values ({tenant.ServiceId}, 1, 1), ({tenant.ServiceId}, 1, 2), ({tenant.ServiceId}, 2, 1);
            """);

        var booking = await tenant.BookedAsync(tenant.AtNoon());

        Assert.Equal([1, 2], booking.Resources.Select(r => r.Id));
        using var second = await tenant.BookAsync(tenant.AtNoon());
        Assert.Equal((409, Codes.BookingConflict), await second.ProblemAsync());
    }

    [Fact]
    public async Task A_service_requirement_selects_resources_by_category_and_attributes()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($$"""
            update schedules set resource_id = null;
            insert into categories (id, name) values (9, 'Rooms');
            insert into resources (id, category_id, name, attributes, active) values
                (1, 9, 'Dry', '{}', true), (2, 9, 'Wet', '{"sink": true}', true), (3, 9, 'Shut', '{"sink": true}', false);
            insert into service_requirements (service_id, requirement, category_id, attributes)
            values ({{tenant.ServiceId}}, 2, 9, '{"sink": true}');
            """);

        var booking = await tenant.BookedAsync(tenant.AtNoon());
        using var dry = await tenant.BookAsync(tenant.AtNoon() with { Start = Nine, ResourceIds = [1] });
        await tenant.ExecuteAsync("""update resources set attributes = '{"sink": true}' where id = 1""");
        var other = await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine, ResourceIds = [1] });

        Assert.Equal([2, tenant.DoctorId], booking.Resources.Select(r => r.Id));
        Assert.Equal((404, Codes.NotFound), await dry.ProblemAsync());
        Assert.Equal([1, tenant.DoctorId], other.Resources.Select(r => r.Id));
    }

    [Theory]
    [InlineData(2, "any", 2, 1)] // three of them: one pair at a time
    [InlineData(1, "all", 3, 1)]
    [InlineData(1, "any", 1, 3)]
    public async Task A_booking_takes_as_many_resources_as_are_required(
        int quantity, string assignment, int taken, int times)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(2);
        await tenant.ExecuteAsync($"""
            insert into service_requirements (service_id, requirement, quantity, assignment)
            values ({tenant.ServiceId}, 1, {quantity}, '{assignment}')
            """);

        Assert.Equal(times, (await tenant.SlotsAsync())[0].Remaining);
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(taken, (await tenant.BookedAsync(tenant.AtNoon($"c{i}@x.org"))).Resources.Count);
        }

        using var full = await tenant.BookAsync(tenant.AtNoon());
        Assert.Equal((409, Codes.BookingConflict), await full.ProblemAsync());
    }

    [Fact]
    public async Task Any_available_rotates_over_resources_and_a_chosen_resource_is_kept()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(2);
        List<long> taken = [];

        for (var hour = 0; hour < 6; hour++)
        {
            taken.Add((await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine.AddHours(hour) })).Resources[0].Id);
        }

        var chosen = await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine.AddHours(7), ResourceIds = [2] });
        using var again = await tenant.BookAsync(tenant.AtNoon() with { Start = Nine.AddHours(7), ResourceIds = [2] });
        using var foreign = await tenant.BookAsync(tenant.AtNoon() with { Start = Nine.AddHours(7), ResourceIds = [99] });

        Assert.Equal([1, 2, tenant.DoctorId, 1, 2, tenant.DoctorId], taken);
        Assert.Equal(2, chosen.Resources[0].Id);
        Assert.Equal((409, Codes.BookingConflict), await again.ProblemAsync());
        Assert.Equal((404, Codes.NotFound), await foreign.ProblemAsync());
    }

    [Fact]
    public async Task Forty_clients_on_twelve_resources_take_all_twelve()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(11);

        var outcomes = await SchedulingAnswers.AtOnceAsync(40, i => tenant.BookAsync(tenant.AtNoon($"c{i}@x.org")));

        Assert.Equal(12, outcomes.Count(o => o.Status == 201));
        Assert.Equal(28, outcomes.Count(o => o == (409, Codes.BookingConflict)));
    }

    [Fact]
    public async Task A_lower_capacity_keeps_existing_bookings_and_applies_to_new_ones()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 3");
        for (var i = 0; i < 3; i++) await tenant.BookedAsync(tenant.AtNoon($"c{i}@x.org"));

        await tenant.ExecuteAsync("update resources set capacity = 1");
        using var more = await tenant.BookAsync(tenant.AtNoon());
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Noon.AddHours(1) });
        using var second = await tenant.BookAsync(tenant.AtNoon() with { Start = Noon.AddHours(1) });
        await tenant.ExecuteAsync("update resources set capacity = 4");
        await tenant.BookedAsync(tenant.AtNoon("d@x.org"));
        await tenant.BookedAsync(tenant.AtNoon("e@x.org") with { Start = Noon.AddHours(1) });

        Assert.Equal((409, Codes.BookingConflict), await more.ProblemAsync());
        Assert.Equal((409, Codes.BookingConflict), await second.ProblemAsync());
        Assert.Equal(6, (await tenant.SentAsync<List<BookingResponse>>("GET", "/bookings?status=confirmed")).Count);
    }

    /// <summary>A hall, resource 1, of two halves, 2 and 3.</summary>
    private async Task<TestTenant> HallAsync()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(3);
        await tenant.ExecuteAsync("update resources set parent_id = 1 where id in (2, 3)");
        return tenant;
    }

    private static Task<HttpResponseMessage> SendAsync(TestTenant tenant, string time, string resources) => tenant.SendAsync(
        "POST", "/bookings",
        $$"""{ "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T{{time}}:00Z", "resourceIds": {{resources}} }""");

    private static async Task BookAsync(TestTenant tenant, string time, string resources)
    {
        using var response = await SendAsync(tenant, time, resources);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private static async Task<(int, string?)> RefusedAsync(TestTenant tenant, string time, string resources)
    {
        using var response = await SendAsync(tenant, time, resources);
        return await response.ProblemAsync();
    }
}
