using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Bookings;
using Platform.Core.Outbox;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class ChangeBookingTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_list_can_be_filtered_by_change_time_and_by_external_id()
    {
        var tenant = await platform.NewTenantAsync();
        var noon = await tenant.BookedAsync(tenant.AtNoon());
        var nine = await tenant.BookedAsync(tenant.AtNoon("bob@example.com") with { Start = PlatformFixture.Monday9am });
        await tenant.ExecuteAsync($"""
            alter table bookings disable trigger touch;
            update bookings set uid = 'A-7@{tenant.Id}.import', updated_at = '2026-02-01T00:00:00Z' where id = {nine.Id};
            update bookings set updated_at = '2026-02-02T00:00:00Z' where id = {noon.Id};
            alter table bookings enable trigger touch;
            """);

        Assert.Equal([noon.Id], await ListedAsync("updatedSince=2026-02-02T00:00:00Z"));
        Assert.Equal([noon.Id], await ListedAsync($"uid={noon.Uid}"));
        Assert.Equal([nine.Id], await ListedAsync("externalId=A-7"));
        Assert.Equal([nine.Id], await ListedAsync("clientEmail=BOB@example.com"));
        Assert.Empty(await ListedAsync("clientEmail=ada@example.com&externalId=A-7"));
        Assert.Equal((400, Codes.ValidationFailed, "updatedSince"), await tenant.RefusedAsync("GET", "/bookings?updatedSince=never"));

        async Task<List<long>> ListedAsync(string query) =>
            [.. (await tenant.SentAsync<List<BookingResponse>>("GET", $"/bookings?{query}")).Select(b => b.Id)];
    }

    [Fact]
    public async Task A_list_can_be_searched_sorted_and_saved_as_a_file()
    {
        var tenant = await platform.NewTenantAsync();
        var joao = await tenant.BookedAsync(tenant.AtNoon() with { Client = new("Ana João", "ana@example.com", "+5511987654321") });
        var bob = await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am, Client = new("Bob", "bob@example.com") });

        Assert.Equal([joao.Id], await ListedAsync("q=joao"));
        Assert.Equal([joao.Id], await ListedAsync("q=ANA%20JO%C3%83"));
        Assert.Equal([joao.Id], await ListedAsync("q=%2B5511987"));
        Assert.Equal([bob.Id], await ListedAsync("q=bob@"));
        Assert.Equal([bob.Id], await ListedAsync($"q={bob.Id}"));
        Assert.Empty(await ListedAsync("q=%25"));
        Assert.Equal([bob.Id, joao.Id], await ListedAsync("q="));
        Assert.Equal([joao.Id, bob.Id], await ListedAsync("sort=-start"));
        Assert.Equal([bob.Id, joao.Id], await ListedAsync("sort=-created"));
        var first = await tenant.Client.GetFromJsonAsync<Envelope<List<BookingResponse>>>("/api/v1/bookings?sort=-start&limit=1");
        Assert.Equal([bob.Id], await ListedAsync($"sort=-start&cursor={first!.Meta.Page!.Next}"));
        Assert.Equal((400, Codes.ValidationFailed, "sort"), await tenant.RefusedAsync("GET", "/bookings?sort=name"));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/bookings?q=joao&separator=tab");
        request.Headers.Accept.ParseAdd("text/csv");
        using var file = await tenant.Client.SendAsync(request);
        var lines = (await file.Content.ReadAsStringAsync()).TrimEnd().Split("\r\n");
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("id\tstart\tend", lines[0].TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.Contains("2026-03-02T12:00:00Z\t2026-03-02T13:00:00Z\tEtc/UTC\tconfirmed\tVisit\tDr Who", lines[1], StringComparison.Ordinal);

        async Task<List<long>> ListedAsync(string query) =>
            [.. (await tenant.SentAsync<List<BookingResponse>>("GET", $"/bookings?{query}")).Select(b => b.Id)];
    }

    [Fact]
    public async Task Repeated_cancels_write_one_history_entry_and_one_event()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        using var first = await CancelAsync(tenant, booking.Id, "ill");
        using var second = await CancelAsync(tenant, booking.Id, "again");

        var cancelled = await first.DataAsync<BookingResponse>();
        Assert.Equal(("cancelled", 2), (cancelled.Status, cancelled.Version));
        Assert.Equal("\"2\"", first.Headers.ETag?.Tag);
        Assert.Equivalent(cancelled, await second.DataAsync<BookingResponse>(), strict: true);
        using var history = await tenant.Client.GetAsync($"/api/v1/bookings/{booking.Id}/events");
        Assert.Equal(
            ["1 booking.created", "2 booking.cancelled"],
            (await history.DataAsync<List<BookingEventResponse>>()).Select(e => $"{e.Version} {e.EventType}"));
        var announced = await tenant.QueryAsync(db => db.Outbox
            .Where(m => m.TenantId == tenant.Id).OrderBy(m => m.Position).Select(m => m.EventType).ToListAsync());
        Assert.Equal(["booking.created", "booking.cancelled"], announced);
    }

    [Fact]
    public async Task A_history_past_its_end_is_empty_and_one_of_an_unknown_booking_is_404()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var history = $"/bookings/{booking.Id}/events";

        var behind = await tenant.SentAsync<List<BookingEventResponse>>("GET", $"{history}?cursor=MQ"); // behind the first
        var second = await tenant.SentAsync<List<BookingEventResponse>>("GET", $"{history}?page=2");
        var ofNone = await tenant.RefusedAsync("GET", "/bookings/999999999/events");
        var pageOfNone = await tenant.RefusedAsync("GET", "/bookings/999999999/events?page=1");

        Assert.Empty(behind);
        Assert.Empty(second);
        Assert.Equal((404, Codes.NotFound, null), ofNone);
        Assert.Equal(ofNone, pageOfNone);
    }

    [Fact]
    public async Task Cancel_with_stale_version_returns_412()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        using var stale = await CancelAsync(tenant, booking.Id, "ill", "\"7\"");
        using var nonsense = await CancelAsync(tenant, booking.Id, "ill", "\"x\"");
        using var current = await CancelAsync(tenant, booking.Id, "ill", "\"1\"");

        Assert.Equal((412, Codes.VersionMismatch), await stale.ProblemAsync());
        Assert.Equal((412, Codes.VersionMismatch), await nonsense.ProblemAsync());
        Assert.Equal(HttpStatusCode.OK, current.StatusCode);
    }

    [Fact]
    public async Task A_completed_booking_cannot_be_cancelled()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync("update bookings set status = 'completed'");

        using var response = await CancelAsync(tenant, booking.Id, null);

        Assert.Equal((409, Codes.InvalidTransition), await response.ProblemAsync());
    }

    [Fact]
    public async Task Ten_concurrent_cancels_make_one_change()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CancelAsync(tenant, booking.Id, "ill")));

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(2, await tenant.QueryAsync(db => db.BookingEvents.CountAsync()));
        Assert.Equal(2, await tenant.QueryAsync(db => db.Outbox.CountAsync(m => m.TenantId == tenant.Id)));
    }

    [Fact]
    public async Task A_booking_whose_event_cannot_be_stored_is_rolled_back()
    {
        var tenant = await platform.NewTenantAsync();
        await using (await OutboxFaults.RefuseAsync(tenant))
        {
            using var response = await tenant.BookAsync(tenant.AtNoon(), "a-key");

            Assert.Equal((500, Codes.InternalError), await response.ProblemAsync());
            Assert.Equal(0, await tenant.QueryAsync(db => db.Bookings.CountAsync()));
            Assert.Equal(0, await tenant.QueryAsync(db => db.Allocations.CountAsync()));
            Assert.Equal(0, await tenant.QueryAsync(db => db.BookingEvents.CountAsync()));
        }

        using var again = await tenant.BookAsync(tenant.AtNoon(), "a-key");
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    [Fact]
    public async Task Pages_of_a_list_hold_every_booking_once_in_order_of_time()
    {
        var tenant = await platform.NewTenantAsync();
        for (var hour = 0; hour < 7; hour++)
        {
            await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(6 - hour) });
        }

        List<DateTimeOffset> starts = [];
        string? next = null;
        do
        {
            var page = await tenant.Client.GetFromJsonAsync<Envelope<List<BookingResponse>>>(
                $"/api/v1/bookings?limit=3{(next is null ? "" : $"&cursor={next}")}", PlatformJson.Options);
            starts.AddRange(page!.Data.Select(b => b.Start));
            next = page.Meta.Page!.Next;
        }
        while (next is not null);

        Assert.Equal(Enumerable.Range(0, 7).Select(hour => PlatformFixture.Monday9am.AddHours(hour)), starts);
    }

    [Theory]
    [InlineData("from=2026-03-02T12:00:00Z", 2)]
    [InlineData("to=2026-03-02T12:00:00Z", 1)]
    [InlineData("from=2026-03-03&to=2026-03-04", 0)]
    [InlineData("status=cancelled", 1)]
    [InlineData("resourceId={doctor}&serviceId={service}", 3)]
    public async Task A_list_returns_what_the_filter_selects(string filter, int count)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am });
        await tenant.BookedAsync(tenant.AtNoon());
        var last = await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(4) });
        using var cancelled = await CancelAsync(tenant, last.Id, null);

        var query = filter.Replace("{doctor}", $"{tenant.DoctorId}").Replace("{service}", $"{tenant.ServiceId}");
        using var response = await tenant.Client.GetAsync($"/api/v1/bookings?{query}");
        var leafed = await tenant.Client.GetFromJsonAsync<Envelope<List<BookingResponse>>>(
            $"/api/v1/bookings?{query}&page=1&size=1", PlatformJson.Options);

        Assert.Equal(count, (await response.DataAsync<List<BookingResponse>>()).Count);
        Assert.Equal((Math.Min(count, 1), count), (leafed!.Data.Count, leafed.Meta.Page!.Total));
    }

    [Fact]
    public async Task Any_free_resource_is_taken_and_a_capacity_of_two_allows_two_bookings()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"update resources set capacity = 2 where id = {tenant.DoctorId}");

        var responses = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => tenant.BookAsync(tenant.AtNoon($"c{i}@example.com"))));

        Assert.Equal(2, responses.Count(r => r.StatusCode == HttpStatusCode.Created));
        Assert.Equal(2, responses.Count(r => r.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(2, await tenant.QueryAsync(db => db.Allocations.SumAsync(a => a.Units)));
    }

    [Fact]
    public async Task Buffers_of_neighbours_add_up()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set before_buffer_minutes = 30, after_buffer_minutes = 31");
        await tenant.BookedAsync(tenant.AtNoon());

        // They are an hour apart, and the buffers on both sides take 61 minutes.
        using var near = await tenant.BookAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(5) });
        using var clear = await tenant.BookAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(6) });

        Assert.Equal((409, Codes.BookingConflict), await near.ProblemAsync());
        Assert.Equal(HttpStatusCode.Created, clear.StatusCode);
    }

    private static Task<HttpResponseMessage> CancelAsync(TestTenant tenant, long id, string? reason, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/bookings/{id}/cancel")
        {
            Content = JsonContent.Create(new CancelBookingRequest(reason)),
        };
        if (ifMatch is not null) request.Headers.Add("If-Match", ifMatch);
        return tenant.Client.SendAsync(request);
    }
}
