using System.Globalization;
using System.Net;
using System.Text.Json;
using Platform.Contracts;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>Concurrent requests never book a time twice.</summary>
public sealed class StampedeTests(PlatformFixture platform)
{
    private const string Overlaps = """
        select count(*) from allocations a join allocations b
            on a.resource_id = b.resource_id and a.unit = b.unit and a.id < b.id and a.occupied && b.occupied
        where a.active and b.active and a.unit is not null
        """;

    private const string TooDeep = """
        select count(*) from (
            select 1 from allocations point
            join allocations a on a.resource_id = point.resource_id and a.active and a.occupied @> lower(point.occupied)
            join resources r on r.id = point.resource_id
            where point.active
            group by point.id, r.capacity having sum(a.units) > r.capacity) deep
        """;

    private const string Orphans = """
        select (select count(*) from allocations a join bookings b on b.id = a.booking_id
                where a.active and b.status in ('cancelled', 'rejected', 'expired'))
            + (select count(*) from bookings b where b.status in ('confirmed', 'held')
                and not exists (select from allocations a where a.booking_id = b.id and a.active))
        """;

    [Fact]
    public async Task Fifty_clients_on_one_slot_make_one_booking_and_the_others_get_409_with_free_slots()
    {
        var tenant = await platform.NewTenantAsync();

        var responses = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => tenant.BookAsync(tenant.AtNoon($"c{i}@x.org"))));

        Assert.Single(responses, r => r.StatusCode == HttpStatusCode.Created);
        foreach (var loser in responses.Where(r => r.StatusCode != HttpStatusCode.Created))
        {
            Assert.Equal((409, Codes.BookingConflict), await loser.ProblemAsync());
            Assert.Equal("2026-03-02T13:00:00Z", (await loser.BodyAsync()).GetProperty("nextSlots")[0].GetProperty("start").GetString());
        }
    }

    [Fact]
    public async Task Bookings_of_the_same_resources_in_opposite_order_never_deadlock()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(2);
        await tenant.ExecuteAsync($"""
            insert into services (id, name, durations_minutes, slot_interval_minutes, booking_window_days)
            values (7, 'There', array[60], 60, 60), (8, 'Back', array[60], 60, 60);
            insert into service_resources (service_id, requirement, resource_id) values (7, 1, 1), (7, 2, 2), (8, 1, 2), (8, 2, 1);
            """);

        var outcomes = await SchedulingAnswers.AtOnceAsync(40, i => tenant.BookAsync(
            tenant.AtNoon($"c{i}@x.org") with { ServiceId = 7 + (i % 2), Start = PlatformFixture.Monday9am.AddHours(i % 4) }));

        Assert.Equal(4, outcomes.Count(o => o.Status == 201));
        Assert.Equal(36, outcomes.Count(o => o == (409, Codes.BookingConflict)));
    }

    [Fact]
    public async Task Twenty_concurrent_moves_to_one_slot_move_one_booking()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(4);
        List<long> ids = [];
        for (var i = 0; i < 20; i++)
        {
            ids.Add((await tenant.BookedAsync(tenant.AtNoon($"c{i}@x.org") with { Start = PlatformFixture.Monday9am.AddHours(1 + (i / 5)) })).Id);
        }

        var outcomes = await SchedulingAnswers.AtOnceAsync(20, i => tenant.SendAsync(
            "POST", $"/bookings/{ids[i]}/reschedule", """{ "start": "2026-03-02T16:00:00Z", "resourceIds": [1] }"""));

        Assert.Single(outcomes, o => o.Status == 200);
        Assert.Equal(19, outcomes.Count(o => o == (409, Codes.BookingConflict)));
        Assert.Equal(20, await tenant.CountAsync("select count(*) from allocations where active"));
        Assert.Equal(0, await tenant.CountAsync(Overlaps));
    }

    [Fact]
    public async Task Two_bookings_that_swap_times_concurrently_both_keep_a_time()
    {
        var tenant = await platform.NewTenantAsync();
        var first = await tenant.BookedAsync(tenant.AtNoon("a@x.org"));
        var second = await tenant.BookedAsync(tenant.AtNoon("b@x.org") with { Start = first.End });

        var outcomes = await SchedulingAnswers.AtOnceAsync(2, i => tenant.SendAsync(
            "POST", $"/bookings/{(i == 0 ? first : second).Id}/reschedule",
            $$"""{ "start": "{{PlatformJson.WriteInstant((i == 0 ? second : first).Start)}}" }"""));

        Assert.All(outcomes, o => Assert.Contains(o, ((int, string?)[])[(200, null), (409, Codes.BookingConflict)]));
        Assert.Equal(2, await tenant.CountAsync("select count(*) from allocations where active"));
        Assert.Equal(0, await tenant.CountAsync(Overlaps));
    }

    /// <summary>Of <c>STORM_OPERATIONS</c> operations, 600 unless that is set.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public async Task A_storm_of_requests_never_books_a_time_twice(int capacity, int seed)
    {
        const int clients = 32;
        var operations = int.Parse(Environment.GetEnvironmentVariable("STORM_OPERATIONS") ?? "600", CultureInfo.InvariantCulture);
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(2);
        await tenant.ExecuteAsync($"""
            update resources set capacity = {capacity}; update services
            set durations_minutes = array[60, 30, 90], slot_interval_minutes = 30, after_buffer_minutes = 10;
            """);
        var known = new System.Collections.Concurrent.ConcurrentBag<long>();
        var odd = new System.Collections.Concurrent.ConcurrentBag<string>();

        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(seed * 1000 + client);
            for (var i = client; i < operations; i += clients)
            {
                var start = PlatformFixture.Monday9am.AddMinutes(30 * random.Next(14));
                var minutes = random.GetItems([30, 60, 90], 1)[0];
                var body = $"\"start\": \"{PlatformJson.WriteInstant(start)}\", \"durationMinutes\": {minutes}";
                var id = known.IsEmpty ? 0 : known.ElementAtOrDefault(random.Next(known.Count));
                using var response = await (random.Next(10) switch
                {
                    < 4 => tenant.SendAsync("POST", "/bookings", $$"""{ "serviceId": {{tenant.ServiceId}}, {{body}} }"""),
                    < 6 => tenant.SendAsync("POST", "/holds", $$"""{ "serviceId": {{tenant.ServiceId}}, {{body}} }"""),
                    < 8 => tenant.SendAsync("POST", $"/bookings/{id}/reschedule", $"{{ {body} }}"),
                    _ => tenant.SendAsync("POST", $"/bookings/{id}/cancel", "{}"),
                });
                var text = await response.Content.ReadAsStringAsync();
                if ((int)response.StatusCode >= 500) odd.Add(text);
                if (response.StatusCode != HttpStatusCode.Created) continue;

                var data = JsonDocument.Parse(text).RootElement.GetProperty("data");
                if (data.TryGetProperty("version", out _)) known.Add(data.GetProperty("id").GetInt64());
            }
        })));

        Assert.Empty(odd);
        Assert.Equal((0, 0, 0), (await tenant.CountAsync(Overlaps), await tenant.CountAsync(TooDeep), await tenant.CountAsync(Orphans)));
        Assert.True(await tenant.CountAsync("select count(*) from bookings") > 10);
    }
}
