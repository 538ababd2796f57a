using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Hub.Web.Calendar;
using Platform.Tests.Support;

namespace Platform.Tests.HubWeb;

/// <summary>The calendar as people use it, and the openings that it shows.</summary>
public sealed class CalendarTests(HubSite site) : IClassFixture<HubSite>
{
    /// <summary>10:00 in São Paulo on the Tuesday of the fixture.</summary>
    private static readonly DateTimeOffset Ten = new(2026, 3, 3, 13, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_booking_is_dragged_undone_refused_and_moved_by_keyboard_in_the_tenants_zone()
    {
        var tenant = await site.Platform.NewTenantAsync("America/Sao_Paulo");
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Start = Ten });
        await using var visit = await site.OpenAsync(
            HubSite.MemberOf(tenant), new() { TimezoneId = "Asia/Tokyo", ViewportSize = new() { Width = 1280, Height = 1100 } });
        var page = visit.Page;
        await visit.GoAsync(HubSite.Of(tenant, "/calendar?view=day&date=2026-03-03"));
        var open = page.Locator($"[data-open='{booking.Id}']");
        await open.WaitForAsync();
        Assert.Contains("10:00", await open.InnerTextAsync(), StringComparison.Ordinal);
        await visit.ExpectAccessibleAsync("hub-calendar-day");

        await DragAsync(hours: 2);
        await page.Locator(".toast", new() { HasText = "Ada: remarcada para 03/03/2026 12:00." }).WaitForAsync();
        Assert.Equal(Ten.AddHours(2), await StartAsync());
        await visit.ClickAsync("button", "Desfazer");
        await page.Locator(".toast", new() { HasText = "A mudança foi desfeita." }).WaitForAsync();
        Assert.Equal(Ten, await StartAsync());

        await page.WaitForFunctionAsync($"() => document.querySelector('[data-open=\"{booking.Id}\"]')?.textContent.includes('10:00')");
        visit.ExpectNoProblems();
        await DragAsync(hours: 8); // after hours
        await page.Locator(".toast.bad").WaitForAsync();
        Assert.Equal(Ten, await StartAsync());
        Assert.Contains("10:00", await open.InnerTextAsync(), StringComparison.Ordinal);

        await open.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.FillAsync("#booking-start", "2026-03-03T14:00");
        await visit.ExpectAccessibleAsync("hub-calendar-dialog");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".toast", new() { HasText = "Ada: remarcada para 03/03/2026 14:00." }).WaitForAsync();
        Assert.Equal(Ten.AddHours(4), await StartAsync());

        async Task DragAsync(int hours)
        {
            var box = (await open.BoundingBoxAsync())!;
            var hour = box.Height + 2; // the visit takes an hour
            await page.Mouse.MoveAsync(box.X + 20, box.Y + 10);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync(box.X + 20, box.Y + 20, new() { Steps = 3 });
            await page.Mouse.MoveAsync(box.X + 20, box.Y + 10 + (float)(hour * hours), new() { Steps = 8 });
            await page.Mouse.UpAsync();
        }

        async Task<DateTimeOffset> StartAsync() =>
            (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}")).Start;
    }

    [Fact]
    public async Task Every_view_is_accessible_and_what_others_book_appears_by_itself()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.SentAsync<Dictionary<string, object>>("POST", "/blackouts",
            """{ "start": "2026-03-03T09:00:00Z", "end": "2026-03-03T12:00:00Z", "reason": "Reforma" }""");
        await tenant.ExecuteAsync($"""
            insert into outside_busy_times (calendar_id, resource_id, during)
            values ({tenant.CalendarId}, {tenant.DoctorId}, '[2026-03-04T12:00Z,2026-03-04T13:00Z)')
            """);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        foreach (var view in (string[])["week", "month", "resources", "resources-week", "list"])
        {
            await visit.GoAsync(HubSite.Of(tenant, $"/calendar?view={view}&date=2026-03-02&colour=status"));
            await visit.Page.GetByText("Ada", new() { Exact = false }).First.WaitForAsync();
            await visit.ExpectAccessibleInEveryViewAsync($"hub-calendar-{view}");
        }

        await visit.GoAsync(HubSite.Of(tenant, "/calendar?date=2026-03-02"));
        await visit.Page.Locator(".is-blackout", new() { HasText = "Reforma" }).First.WaitForAsync();
        await visit.Page.Locator(".is-busy", new() { HasText = "Ocupado em outra agenda" }).First.WaitForAsync();
        await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddDays(2), Client = new("Bruna") });
        await visit.Page.Locator("[data-open]", new() { HasText = "Bruna" }).WaitForAsync();
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Openings_are_hours_less_blackouts_and_gaps_are_openings_less_bookings()
    {
        var tenant = await site.Platform.NewTenantAsync("America/Sao_Paulo");
        await tenant.SentAsync<Dictionary<string, object>>("POST", "/blackouts",
            """{ "start": "2026-03-03T15:00:00Z", "end": "2026-03-03T16:00:00Z" }""");
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Ten });

        var openings = await tenant.SentAsync<List<OpeningResponse>>("GET", "/openings?from=2026-03-03&to=2026-03-04");
        var bookings = await tenant.SentAsync<List<BookingResponse>>("GET", "/bookings");
        var resources = await tenant.SentAsync<List<ResourceResponse>>("GET", "/resources");
        var gaps = FreeGaps.Of(openings, bookings, resources, Ten.AddMinutes(-30));

        Assert.Equal(["12-15", "16-20"], openings.Select(o => $"{o.Start.Hour}-{o.End.Hour}"));
        Assert.All(openings, opening => Assert.Equal(tenant.DoctorId, opening.ResourceId));
        Assert.Equal(["12:30-13:00", "14:00-15:00", "16:00-20:00"], gaps.Select(g => $"{g.Start:HH:mm}-{g.End:HH:mm}"));
        Assert.Equal((422, Codes.RangeTooLong, "to"), await tenant.RefusedAsync("GET", "/openings?from=2026-01-01&to=2026-06-01"));
        Assert.Equal(404, (await tenant.RefusedAsync("GET", "/openings?from=2026-03-03&to=2026-03-04&resourceId=1")).Item1);
    }
}
