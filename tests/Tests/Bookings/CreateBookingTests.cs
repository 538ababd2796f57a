using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Core.Bookings;
using Platform.Core.Clients;
using Platform.Core.Outbox;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class CreateBookingTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Noon = PlatformFixture.Monday9am.AddHours(3);

    [Fact]
    public async Task Booking_a_free_slot_stores_it_with_a_history_entry_and_an_event()
    {
        var tenant = await platform.NewTenantAsync();

        using var response = await tenant.BookAsync(tenant.AtNoon());

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var booking = await response.DataAsync<BookingResponse>();
        Assert.Equal((Noon, Noon.AddHours(1), "confirmed", 1), (booking.Start, booking.End, booking.Status, booking.Version));
        Assert.Equal($"/api/v1/bookings/{booking.Id}", response.Headers.Location?.OriginalString);
        Assert.Equal("\"1\"", response.Headers.ETag?.Tag);
        using var again = await tenant.Client.GetAsync(response.Headers.Location);
        Assert.Equivalent(booking, await again.DataAsync<BookingResponse>(), strict: true);
        Assert.Equal("booking.created", (await tenant.QueryAsync(db => db.BookingEvents.SingleAsync())).EventType);
        var announced = await tenant.QueryAsync(db => db.Outbox.SingleAsync(m => m.TenantId == tenant.Id));
        Assert.Equal(("booking.created", booking.Id, 1), (announced.EventType, announced.AggregateId, announced.AggregateVersion));
        Assert.Equal($"user:{tenant.UserId}", announced.Actor);
        Assert.NotNull(announced.Traceparent);
        Assert.Equal("ada@example.com", announced.Data.GetProperty("booking").GetProperty("clientEmail").GetString());
    }

    [Fact]
    public async Task Booking_a_taken_slot_is_refused_with_the_next_free_slots_and_writes_no_event()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());

        using var second = await tenant.BookAsync(tenant.AtNoon("bob@example.com"));

        Assert.Equal((409, Codes.BookingConflict), await second.ProblemAsync());
        var problem = JsonDocument.Parse(await second.Content.ReadAsStringAsync()).RootElement;
        var next = problem.GetProperty("nextSlots").Deserialize<List<SlotResponse>>(PlatformJson.Options)!;
        Assert.Equal(Noon.AddHours(1), next[0].Start);
        Assert.Equal(1, await tenant.QueryAsync(db => db.Outbox.CountAsync(m => m.TenantId == tenant.Id)));
        Assert.Equal(1, await tenant.QueryAsync(db => db.Clients.CountAsync()));
    }

    [Fact]
    public async Task A_booking_with_less_than_the_minimum_notice_is_refused()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set minimum_notice_minutes = 60");

        using var atOnce = await tenant.BookAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am });
        using var inAnHour = await tenant.BookAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(1) });

        Assert.Equal((422, Codes.TooSoon), await atOnce.ProblemAsync());
        Assert.Equal(HttpStatusCode.Created, inAnHour.StatusCode);
    }

    [Fact]
    public async Task Twenty_requests_for_one_hour_make_one_booking()
    {
        var tenant = await platform.NewTenantAsync();

        var responses = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => tenant.BookAsync(tenant.AtNoon($"c{i}@example.com"))));

        Assert.Single(responses, r => r.StatusCode == HttpStatusCode.Created);
        Assert.Equal(19, responses.Count(r => r.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(1, await tenant.QueryAsync(db => db.Bookings.CountAsync()));
        Assert.Equal(1, await tenant.QueryAsync(db => db.Allocations.CountAsync()));
        Assert.Equal(1, await tenant.QueryAsync(db => db.Outbox.CountAsync(m => m.TenantId == tenant.Id)));
    }
}
