using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class SlotTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_response_contains_at_most_the_limit_of_slots()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("""
            update services set slot_interval_minutes = 1, durations_minutes = '{5}';
            update schedule_rules set start_minute = 0, end_minute = 1440;
            """);

        var refused = await tenant.RefusedAsync(
            "GET", $"/slots?serviceId={tenant.ServiceId}&from=2026-03-03T00:00:00Z&to=2026-03-14T00:00:00Z");
        var days = await tenant.SentAsync<List<SlotDay>>(
            "GET", $"/slots/days?serviceId={tenant.ServiceId}&from=2026-03-03T00:00:00Z&to=2026-03-14T00:00:00Z");

        Assert.Equal((422, Codes.TooManySlots, "to"), refused);
        Assert.Equal(9, days.Count);
    }

    [Fact]
    public async Task A_day_without_bookings_offers_every_hour_that_has_not_begun()
    {
        var tenant = await platform.NewTenantAsync();

        var slots = await SlotsAsync(tenant, SchedulingAnswers.Monday);

        Assert.Equal([9, 10, 11, 12, 13, 14, 15, 16], slots.Select(s => s.Start.Hour));
        Assert.All(slots, slot => Assert.Equal((1, tenant.DoctorId), (slot.Remaining, Assert.Single(slot.ResourceIds))));
    }

    [Fact]
    public async Task A_booked_slot_is_not_offered_until_the_booking_is_cancelled()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        var taken = await SlotsAsync(tenant, SchedulingAnswers.Monday);
        using var cancelled = await tenant.Client.PostAsJsonAsync($"/api/v1/bookings/{booking.Id}/cancel", new { });
        var freed = await SlotsAsync(tenant, SchedulingAnswers.Monday);

        Assert.DoesNotContain(taken, slot => slot.Start == booking.Start);
        Assert.True(cancelled.IsSuccessStatusCode);
        Assert.Contains(freed, slot => slot.Start == booking.Start);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(31, 40)]
    public async Task A_slot_request_takes_at_most_three_statements_whatever_the_range_and_the_resources(
        int days, int resources)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"""
            insert into resources (id, category_id, name)
            select n, {tenant.CategoryId}, 'R' || n from generate_series(1, {resources - 1}) as n;
            insert into service_resources (service_id, resource_id)
            select {tenant.ServiceId}, n from generate_series(1, {resources - 1}) as n;
            """);
        var to = PlatformFixture.Monday9am.AddDays(days);
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"/api/v1/slots?serviceId={tenant.ServiceId}&from=2026-03-02T09:00:00Z&to={PlatformJson.WriteInstant(to)}");
        var trace = platform.Api.Statements.Watch(request);

        using var response = await tenant.Client.SendAsync(request);

        Assert.True(response.IsSuccessStatusCode);
        var trips = platform.Api.Statements.RoundTripsOf(trace).Where(t => t.Any(s => s.Contains("search_path"))).ToList();
        Assert.Equal(3, Assert.Single(trips).Count);
    }

    [Theory]
    [InlineData("from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z", 422, Codes.InvalidRange)]
    [InlineData("from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z", 422, Codes.InvalidRange)]
    [InlineData("from=2026-03-02T00:00:00Z&to=2026-04-02T00:00:01Z", 422, Codes.RangeTooLong)]
    [InlineData("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", 422, Codes.RangeTooLong)]
    [InlineData("from=2026-03-02&to=2026-03-03&timeZone=Mars/Olympus", 422, Codes.UnknownTimeZone)]
    [InlineData("from=2026-03-29T02:30&to=2026-03-30&timeZone=Europe/Berlin", 422, Codes.NonexistentLocalTime)]
    [InlineData("from=2026-03-02&to=2026-03-03&durationMinutes=61", 422, Codes.InvalidDuration)]
    [InlineData("from=2026-03-02&to=2026-03-03&resourceId=99", 404, Codes.NotFound)]
    [InlineData("from=yesterday&to=2026-03-03", 400, Codes.ValidationFailed)]
    [InlineData("to=2026-03-03", 400, Codes.ValidationFailed)]
    public async Task An_invalid_slot_request_is_refused(string question, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        using var response = await tenant.Client.GetAsync($"/api/v1/slots?serviceId={tenant.ServiceId}&{question}");

        Assert.Equal((status, code), await response.ProblemAsync());
    }

    [Theory]
    [InlineData("from=9999-12-01T00:00:00Z&to=9999-12-31T23:59:59Z")]
    [InlineData("from=0001-01-01T00:00:00Z&to=0001-01-31T00:00:00Z")]
    [InlineData("from=2026-03-07&to=2026-03-09")] // a weekend
    public async Task A_range_without_offered_times_returns_an_empty_list(string question)
    {
        var tenant = await platform.NewTenantAsync();

        Assert.Empty(await SlotsAsync(tenant, question));
    }

    [Fact]
    public async Task Local_dates_use_the_zone_of_the_tenant_and_a_month_may_contain_a_clock_change()
    {
        var tenant = await platform.NewTenantAsync("Europe/Berlin");

        var slots = await SlotsAsync(tenant, "from=2026-03-15&to=2026-04-15");

        Assert.Equal(DateTimeOffset.Parse("2026-03-16T08:00Z", null), slots[0].Start);
        Assert.Contains(slots, slot => slot.Start == DateTimeOffset.Parse("2026-03-30T07:00Z", null)); // summer time
    }

    [Fact]
    public async Task Anonymous_callers_see_slots_of_public_services_only()
    {
        var tenant = await platform.NewTenantAsync();
        var address = $"/public/api/v1/{tenant.Slug}/slots?serviceId={tenant.ServiceId}&{SchedulingAnswers.Monday}";
        using var anybody = platform.Client();

        using var shown = await anybody.GetAsync(address);
        await tenant.ExecuteAsync("update services set public = false");
        using var hidden = await anybody.GetAsync(address);

        Assert.Equal(8, (await shown.DataAsync<List<SlotResponse>>()).Count);
        Assert.Equal((404, Codes.NotFound), await hidden.ProblemAsync());
    }

    [Fact]
    public async Task A_service_with_two_requirements_is_offered_while_both_resources_are_free()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"""
            insert into resources (id, category_id, name) values (7, {tenant.CategoryId}, 'Room');
            insert into schedules (id, resource_id) values (7, 7);
            insert into schedule_rules (schedule_id, day, start_minute, end_minute) values (7, 1, 10 * 60, 14 * 60);
            insert into services (id, name, durations_minutes, slot_interval_minutes, booking_window_days)
            values (7, 'Exam', array[60], 60, 60);
            insert into service_resources (service_id, resource_id, requirement)
            values (7, {tenant.DoctorId}, 1), (7, 7, 2);
            """);
        await tenant.BookedAsync(tenant.AtNoon());

        var slots = await SlotsAsync(tenant, SchedulingAnswers.Monday, 7);
        var exam = await tenant.BookedAsync(tenant.AtNoon() with { ServiceId = 7, Start = slots[0].Start });

        Assert.Equal([10, 11, 13], slots.Select(s => s.Start.Hour));
        Assert.Equal([7, tenant.DoctorId], exam.Resources.Select(r => r.Id));
    }

    private static async Task<List<SlotResponse>> SlotsAsync(TestTenant tenant, string question, long? serviceId = null)
    {
        using var response = await tenant.Client.GetAsync(
            $"/api/v1/slots?serviceId={serviceId ?? tenant.ServiceId}&{question}");
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.DataAsync<List<SlotResponse>>();
    }
}
