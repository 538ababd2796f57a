using System.Globalization;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Clients;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>The history of a booking contains what changed, and nothing else.</summary>
public sealed class HistoryTests(PlatformFixture platform)
{
    [Fact]
    public async Task History_contains_old_and_new_values_the_actor_and_the_reason()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(1);
        await tenant.ExecuteAsync("update services set price = 10, currency = 'EUR', durations_minutes = '{60, 120}'");
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { ResourceIds = [tenant.DoctorId] });
        await tenant.ExecuteAsync("update services set price = 20");
        foreach (var (method, path, body) in ((string, string, string)[])
            [
                ("POST", "/reschedule", """{ "start": "2026-03-03T12:00:00Z", "reason": "The client asked" }"""),
                ("POST", "/reschedule", """{ "start": "2026-03-03T12:00:00Z", "durationMinutes": 120 }"""),
                ("POST", "/reassign", """{ "resourceIds": [1], "reason": "Ill" }"""),
                ("PATCH", "", """{ "note": "Brings a dog" }"""),
                ("POST", "/cancel", """{ "reason": "Moved away" }"""),
            ])
        {
            await tenant.SentAsync<BookingResponse>(method, $"/bookings/{booking.Id}{path}", body);
        }

        var history = await HistoryAsync(tenant, booking.Id);

        Assert.Equal(
            [
                "status: - > \"confirmed\"", "start: - > \"2026-03-02T12:00:00Z\"", "end: - > \"2026-03-02T13:00:00Z\"",
                "timeZone: - > \"Etc/UTC\"", "price: - > {\"amount\":10.00,\"currency\":\"EUR\"}",
                $"clientId: - > {booking.Client!.Id}", $"resources: - > [{{\"id\":{tenant.DoctorId},\"name\":\"Dr Who\"}}]",
            ],
            Changes(history[0]));
        Assert.Equal(
            [
                "start: \"2026-03-02T12:00:00Z\" > \"2026-03-03T12:00:00Z\"",
                "end: \"2026-03-02T13:00:00Z\" > \"2026-03-03T13:00:00Z\"",
            ],
            Changes(history[1]));
        Assert.Equal(
            [
                "end: \"2026-03-03T13:00:00Z\" > \"2026-03-03T14:00:00Z\"",
                "price: {\"amount\":10.00,\"currency\":\"EUR\"} > {\"amount\":20.00,\"currency\":\"EUR\"}",
            ],
            Changes(history[2]));
        Assert.Equal(
            [$"resources: [{{\"id\":{tenant.DoctorId},\"name\":\"Dr Who\"}}] > [{{\"id\":1,\"name\":\"R1\"}}]"], Changes(history[3]));
        Assert.Equal(["note: - > -"], Changes(history[4]));
        Assert.Equal(["status: \"confirmed\" > \"cancelled\""], Changes(history[5]));
        Assert.Equal([null, "The client asked", null, "Ill", null, "Moved away"], history.Select(e => e.Reason));
        Assert.All(history, e => Assert.Equal($"user:{tenant.UserId}", e.Actor));
    }

    [Fact]
    public async Task A_request_that_changes_nothing_writes_no_history_and_no_event()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("""update services set cancellation = '{"deadlineMinutes": 60}'""");
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Note = "Dog" });
        var before = await RowsAsync(tenant);

        foreach (var (method, path, body) in ((string, string, string)[])
            [
                ("POST", "/reschedule", """{ "start": "2026-03-02T12:00:00Z" }"""),
                ("POST", "/reschedule", """{ "start": "2026-03-02T13:00", "timeZone": "Europe/Berlin", "reason": "Again" }"""),
                ("POST", "/reschedule", $$"""
                    { "start": "2026-03-02T12:00:00Z", "durationMinutes": 60, "resourceIds": [{{tenant.DoctorId}}] }
                    """),
                ("POST", "/reassign", $$"""{ "resourceIds": [{{tenant.DoctorId}}] }"""),
                ("PATCH", "", """{ "note": "Dog" }"""),
                ("PATCH", "", """{ "answers": { } }"""),
                ("PATCH", "", "{}"),
            ])
        {
            var same = await tenant.SentAsync<BookingResponse>(method, $"/bookings/{booking.Id}{path}", body);
            Assert.Equal((1, 0), (same.Version, same.Sequence));
        }

        Assert.Equal(before, await RowsAsync(tenant));
        Assert.Equal(412, (await tenant.RefusedAsync(
            "POST", $"/bookings/{booking.Id}/reschedule", """{ "start": "2026-03-02T12:00:00Z" }""", version: 7)).Status);
    }

    [Fact]
    public async Task The_price_stays_with_the_length()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set price = 10, currency = 'EUR', durations_minutes = '{60, 120}'");
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync("update services set price = 20, currency = 'USD'");

        var moved = await MovedAsync("""{ "start": "2026-03-02T13:00:00Z" }""");
        var longer = await MovedAsync("""{ "start": "2026-03-02T13:00:00Z", "durationMinutes": 120 }""");
        await tenant.ExecuteAsync("update services set price = null, currency = null");
        var free = await MovedAsync("""{ "start": "2026-03-02T13:00:00Z", "durationMinutes": 60 }""");

        Assert.Equal(new Money(10, "EUR"), moved.Price);
        Assert.Equal(new Money(20, "USD"), longer.Price);
        Assert.Null(free.Price);

        Task<BookingResponse> MovedAsync(string body) =>
            tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booking.Id}/reschedule", body);
    }

    [Fact]
    public async Task Erasing_a_client_erases_the_reasons()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booking.Id}/cancel", """{ "reason": "Ada is ill" }""");

        await tenant.SentAsync<ClientResponse>("POST", $"/clients/{booking.Client!.Id}/erase");

        var history = await HistoryAsync(tenant, booking.Id);
        Assert.Equal([null, null], history.Select(e => e.Reason));
        Assert.Equal(["status: \"confirmed\" > \"cancelled\""], Changes(history[1]));
    }

    private static Task<List<BookingEventResponse>> HistoryAsync(TestTenant tenant, long id) =>
        tenant.SentAsync<List<BookingEventResponse>>("GET", $"/bookings/{id}/events");

    private static IEnumerable<string> Changes(BookingEventResponse e) => e.Changes!.Select(
        c => string.Create(CultureInfo.InvariantCulture, $"{c.Field}: {c.Before?.GetRawText() ?? "-"} > {c.After?.GetRawText() ?? "-"}"));

    private static async Task<string> RowsAsync(TestTenant tenant) =>
        $"{await tenant.ValueAsync("select string_agg(b::text, '|') from bookings b")}"
        + $" {await tenant.CountAsync("select count(*) from booking_events")}"
        + $" {await tenant.CountAsync($"select count(*) from platform.outbox_messages where tenant_id = {tenant.Id}")}";
}
