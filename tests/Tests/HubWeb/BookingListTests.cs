using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Playwright;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.HubWeb;

/// <summary>Bookings that are there: found again, changed, cancelled; and those who wait for one.</summary>
public sealed class BookingListTests(HubSite site) : IClassFixture<HubSite>
{
    private const string SaoPaulo = "America/Sao_Paulo";

    /// <summary>09:00 in São Paulo on the Monday of the fixture.</summary>
    private static readonly DateTimeOffset Nine = PlatformFixture.Monday9am.AddHours(3);

    [Fact]
    public async Task The_list_is_searched_filtered_sorted_paged_and_saved()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon() with { Client = new("João Souza", "joao@example.com") });
        for (var day = 1; day < 4; day++)
        {
            for (var hour = 0; hour < 8; hour++)
            {
                await tenant.BookedAsync(tenant.AtNoon() with
                {
                    Start = PlatformFixture.Monday9am.AddDays(day).AddHours(hour),
                    Client = new($"Client {day}{hour}"),
                });
            }
        }

        await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddDays(4), Client = new("Zoe") });
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        var page = visit.Page;
        await visit.GoAsync(HubSite.Of(tenant, "/bookings"));
        Assert.Contains("1–25 de 26", await visit.TextOfAsync("#results"), StringComparison.Ordinal);
        await visit.ClickAsync("link", "Próxima página");
        await page.Locator("#results", new() { HasText = "26–26 de 26" }).WaitForAsync();

        await visit.GoAsync(HubSite.Of(tenant, "/bookings"));
        await page.FillAsync("#q", "joao");
        await page.Locator("#results", new() { HasText = "1–1 de 1" }).WaitForAsync();
        await page.ArriveAsync("**q=joao*");
        Assert.Equal("1–1 de 1", await visit.TextOfAsync("#announce"));
        var file = await page.APIRequest.GetAsync((await page.Locator("a[download]").GetAttributeAsync("href"))!);
        var lines = (await file.TextAsync()).TrimEnd().Split("\r\n");
        Assert.Equal(2, lines.Length);
        Assert.Contains("João Souza", lines[1], StringComparison.Ordinal);
        Assert.Contains(";", lines[0], StringComparison.Ordinal);
        await page.FillAsync("#q", "nobody");
        await page.Locator("#results", new() { HasText = "Nenhuma reserva corresponde." }).WaitForAsync();
        await visit.ClickAsync("link", "Limpar filtros");
        await visit.ClickAsync("link", "Quando");
        Assert.Contains("Zoe", await page.Locator("tbody tr").First.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("descending", await page.Locator("thead th").First.GetAttributeAsync("aria-sort"));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_booking_is_confirmed_moved_reassigned_noted_and_completed()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await tenant.SentAsync<Dictionary<string, object>>("PATCH", $"/services/{tenant.ServiceId}", """{ "requiresApproval": true }""");
        await tenant.ExecuteAsync($"""
            insert into resources (id, category_id, name) values ({tenant.DoctorId + 5}, {tenant.CategoryId}, 'Dr Jekyll');
            insert into schedules (id, resource_id) values ({tenant.DoctorId + 5}, {tenant.DoctorId + 5});
            insert into schedule_rules (schedule_id, day, start_minute, end_minute)
            select {tenant.DoctorId + 5}, day, 9 * 60, 17 * 60 from generate_series(1, 5) as day;
            """);
        await tenant.SentAsync<Dictionary<string, object>>("PATCH", $"/services/{tenant.ServiceId}",
            $$"""{ "requirements": [{ "categoryId": {{tenant.CategoryId}} }] }""");
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { ResourceIds = [tenant.DoctorId] });
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        var page = visit.Page;
        await visit.GoAsync(Of(tenant, booking));
        await visit.ExpectAccessibleAsync("hub-pending");

        await visit.ClickAsync("button", "Confirmar");
        await NoticeAsync("A reserva foi confirmada.");
        await visit.ClickAsync("link", "Remarcar");
        await visit.ExpectAccessibleAsync("hub-move");
        await visit.ClickAsync("button", "14:00");
        await NoticeAsync("A reserva agora é segunda-feira, 2 de março de 2026 14:00.");
        await visit.ClickAsync("link", "Trocar responsável");
        await visit.ExpectAccessibleAsync("hub-reassign");
        await page.SelectOptionAsync("main select", new SelectOptionValue { Label = "Dr Jekyll, livre" });
        await visit.ClickAsync("button", "Trocar");
        await NoticeAsync("A reserva agora é com Dr Jekyll.");
        await page.Locator("summary", new() { HasText = "observação" }).ClickAsync();
        await page.FillAsync("#note", "Sala 2");
        await visit.ClickAsync("button", "Gravar observação");
        await NoticeAsync("A observação foi gravada.");
        await tenant.SentAsync<BookingResponse>("PATCH", $"/bookings/{booking.Id}", """{ "note": "Sala 3" }""");
        await visit.ClickAsync("button", "Registrar chegada");
        Assert.Contains("Alguém mudou", await visit.TextOfAsync("[role=alert]"), StringComparison.Ordinal);
        await visit.ClickAsync("button", "Registrar chegada");
        await NoticeAsync("A chegada foi registrada.");
        await visit.ClickAsync("button", "Concluir");
        await NoticeAsync("A reserva foi concluída.");

        var done = Assert.Single(await BookingsOf(tenant));
        Assert.Equal(("completed", "Dr Jekyll", 14), (done.Status, done.Resources[0].Name, done.Start.Hour));
        visit.ExpectNoProblems();

        Task NoticeAsync(string text) => page.Locator("[role=status]", new() { HasText = text }).WaitForAsync();
    }

    [Fact]
    public async Task A_cancelled_booking_is_shown_as_cancelled_and_frees_its_time()
    {
        var tenant = await site.Platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync(HubSite.Of(tenant, "/bookings"));
        await visit.Page.Locator("tbody a").First.ClickAsync();
        await visit.Page.Locator("summary", new() { HasText = "Cancelar" }).ClickAsync();
        await visit.Page.FillAsync("#reason", "Doente");
        await visit.ClickAsync("button", "Cancelar reserva");

        await visit.Page.Locator("[role=status]", new() { HasText = "A reserva foi cancelada." }).WaitForAsync();
        Assert.Equal(["Reservada", "Cancelada"], await visit.Page.Locator("tbody th").AllInnerTextsAsync());
        Assert.Equal(BookingStatuses.Cancelled, Assert.Single(await BookingsOf(tenant)).Status);
        await tenant.BookedAsync(tenant.AtNoon("again@example.com"));
        Assert.EndsWith($"/bookings/{booking.Id}", visit.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_late_cancellation_names_its_fee_which_staff_may_waive()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await tenant.SentAsync<Dictionary<string, object>>("PATCH", $"/services/{tenant.ServiceId}",
            """{ "cancellation": { "deadlineMinutes": 1440, "fee": { "amount": 40, "currency": "EUR" } } }""");
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync(Of(tenant, booking));
        await visit.Page.Locator("summary", new() { HasText = "Cancelar" }).ClickAsync();
        var words = await visit.TextOfAsync("details[open]");
        await visit.Page.CheckAsync("[name=waive]");
        await visit.ClickAsync("button", "Cancelar reserva");
        await visit.Page.Locator("[role=status]", new() { HasText = "A reserva foi cancelada." }).WaitForAsync();

        Assert.Contains("O prazo foi até 01/03/2026 12:00: cancelar custa € 40,00.", words.Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.Null(Assert.Single(await BookingsOf(tenant)).FeeDue);
    }

    [Fact]
    public async Task Clients_join_and_leave_the_waitlist_and_what_no_longer_fits_is_listed()
    {
        var tenant = await site.Platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.SentAsync<Dictionary<string, object>>("POST", "/blackouts",
            """{ "start": "2026-03-02T10:00:00Z", "end": "2026-03-02T15:00:00Z", "reason": "Reforma" }""");
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, "/waitlist"));
        await visit.Page.Locator("summary").ClickAsync();
        await visit.ClickAsync("button", "Incluir na lista");
        Assert.Equal("Preencha este campo", await visit.TextOfAsync("#Input_Name-error"));
        await visit.Page.FillAsync("#Input_Name", "Íris Melo");
        await visit.ExpectAccessibleAsync("hub-waitlist");
        await visit.ClickAsync("button", "Incluir na lista");
        await visit.Page.Locator("[role=status]", new() { HasText = "Íris Melo está na lista de espera" }).WaitForAsync();
        await visit.ClickAsync("button", "Remover Íris Melo da lista de espera");
        await visit.Page.Locator("[role=status]", new() { HasText = "Íris Melo saiu" }).WaitForAsync();

        await visit.ClickAsync("link", "Atenção");
        Assert.Contains("Está fechado", await visit.TextOfAsync("tbody"), StringComparison.Ordinal);
        await visit.ExpectAccessibleAsync("hub-attention");
        await visit.ClickAsync("link", $"Remarcar a reserva {booking.Id}");
        Assert.Equal("Remarcar a reserva", await visit.HeadingAsync());
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_booking_shows_its_whole_history_from_all_pages_of_the_API()
    {
        var tenant = await site.Platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync($"""
            insert into booking_events (booking_id, version, event_type, occurred_at, actor)
            select {booking.Id}, n, 'booking.updated', now(), 'system' from generate_series(2, 120) n
            """);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync(Of(tenant, booking));

        Assert.Equal(120, await visit.Page.Locator("tbody th").CountAsync());
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_booking_shows_its_changes_and_cannot_be_cancelled_once_it_has_ended()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine.AddDays(1) });
        await tenant.SentAsync<BookingResponse>(
            "POST", $"/bookings/{booking.Id}/reschedule", """{ "start": "2026-03-03T13:00:00Z", "reason": "Feriado" }""");
        await tenant.SentAsync<BookingResponse>("PATCH", $"/bookings/{booking.Id}", """{ "note": "Sala 2" }""");
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync(Of(tenant, booking));
        var rows = await visit.Page.Locator("tbody tr").AllInnerTextsAsync();
        var open = await visit.Page.Locator("#reason").CountAsync();
        await tenant.ExecuteAsync("update bookings set start_at = '2026-03-02 07:00Z', end_at = '2026-03-02 08:00Z'");
        await visit.GoAsync(Of(tenant, booking));

        Assert.Equal(3, rows.Count);
        Assert.Contains("Remarcada", rows[1], StringComparison.Ordinal);
        Assert.Contains("Início: 03/03/2026 09:00 → 03/03/2026 10:00", rows[1], StringComparison.Ordinal);
        Assert.Contains("Motivo: Feriado", rows[1], StringComparison.Ordinal);
        Assert.Contains("Você", rows[1], StringComparison.Ordinal);
        Assert.Contains("Observação", rows[2], StringComparison.Ordinal);
        Assert.Equal((1, 0), (open, await visit.Page.Locator("#reason").CountAsync()));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task An_unknown_booking_is_a_404_page_with_a_link_to_the_start()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        var answer = await visit.Page.GotoAsync(HubSite.Of(tenant, "/bookings/999999999"));

        Assert.Equal(404, answer!.Status);
        Assert.Equal("Esta página não existe", await visit.HeadingAsync());
        await visit.ClickAsync("link", "Ir para o início");
        Assert.Equal("Olá, Uma", await visit.HeadingAsync());
    }

    private static string Of(TestTenant tenant, BookingResponse booking) =>
        HubSite.Of(tenant, string.Create(CultureInfo.InvariantCulture, $"/bookings/{booking.Id}"));

    private static async Task<IReadOnlyList<BookingResponse>> BookingsOf(TestTenant tenant) =>
        (await tenant.Client.GetFromJsonAsync<Envelope<IReadOnlyList<BookingResponse>>>("/api/v1/bookings"))!.Data;
}
