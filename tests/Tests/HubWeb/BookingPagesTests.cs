using System.Globalization;
using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;
using Platform.Ui.Time;

namespace Platform.Tests.HubWeb;

/// <summary>The main job as a person does it: see what is free, book it, find it again, cancel it.</summary>
public sealed class BookingPagesTests(HubSite site) : IClassFixture<HubSite>
{
    private const string SaoPaulo = "America/Sao_Paulo";

    /// <summary>09:00 in São Paulo on the Monday of the fixture.</summary>
    private static readonly DateTimeOffset Nine = PlatformFixture.Monday9am.AddHours(3);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_is_booked_with_and_without_script_in_the_tenants_time(bool script)
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(
            HubSite.MemberOf(tenant), new() { JavaScriptEnabled = script, TimezoneId = "Asia/Tokyo" });

        await visit.GoAsync(HubSite.Of(tenant, "/book"));
        await visit.Page.Locator("main a.card", new() { HasText = "Visit" }).ClickAsync();
        await visit.Page.Locator(".days a").Nth(1).ClickAsync(); // Tuesday
        await visit.Page.Locator("h2", new() { HasText = "terça-feira, 3 de março de 2026" }).WaitForAsync();
        await visit.Page.Locator(".slots").GetByText("09:00", new() { Exact = true }).ClickAsync();
        await visit.Page.FillAsync("#Input_Name", "Íris Melo");
        await visit.Page.FillAsync("#Input_Email", "iris@example.com");
        await visit.ClickAsync("button", "Confirmar reserva");

        await visit.Page.WaitForURLAsync("**/book/done/*");
        var booking = Assert.Single(await BookingsOf(tenant));
        Assert.Equal("Reserva confirmada", await visit.HeadingAsync());
        Assert.Contains("iris@example.com", await visit.TextOfAsync("main"), StringComparison.Ordinal);
        Assert.Equal(("Íris Melo", Nine.AddDays(1)), (booking.Client?.Name, booking.Start));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task The_strip_counts_what_is_free_on_each_day()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine.AddDays(1) });
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync(HubSite.Of(tenant, $"/book/{tenant.ServiceId}"));

        var days = await visit.Page.Locator(".days li .vh").AllInnerTextsAsync();
        Assert.Equal(14, days.Count);
        Assert.Equal("terça-feira, 3 de março de 2026: 7 horários livres", days[1]);
        Assert.Equal("quarta-feira, 4 de março de 2026: 8 horários livres", days[2]);
        Assert.Equal("sábado, 7 de março de 2026: sem horários livres", days[5]);
        Assert.Contains("America/Sao Paulo, UTC−03:00", await visit.TextOfAsync("#times"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_conflict_keeps_the_entered_values_and_offers_the_nearest_times(bool script)
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant), new() { JavaScriptEnabled = script });
        await visit.GoAsync(DetailsOf(tenant, Nine));
        await visit.Page.FillAsync("#Input_Name", "Íris Melo");
        await visit.Page.FillAsync("#Input_Note", "Traz exames.");
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine });

        var answer = await visit.Page.RunAndWaitForResponseAsync(
            () => visit.ClickAsync("button", "Confirmar reserva"), response => response.Request.Method == "POST");

        Assert.Equal(409, answer.Status);
        Assert.Contains("Alguém acabou de ocupar", await visit.TextOfAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal("Íris Melo", await visit.Page.InputValueAsync("#Input_Name"));
        Assert.Equal("Traz exames.", await visit.Page.InputValueAsync("#Input_Note"));
        var offers = await visit.Page.Locator(".choices b").AllInnerTextsAsync();
        Assert.Equal(["10:00", "11:00", "12:00"], offers);

        await visit.Page.Locator(".choices label").First.ClickAsync();
        await visit.ClickAsync("button", "Confirmar reserva");
        await visit.Page.WaitForURLAsync("**/book/done/*");
        Assert.Equal([Nine, Nine.AddHours(1)], (await BookingsOf(tenant)).Select(booking => booking.Start).Order());
    }

    [Fact]
    public async Task Submitting_the_form_again_creates_no_second_booking()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(DetailsOf(tenant, Nine));
        await visit.Page.FillAsync("#Input_Name", "Íris Melo");
        var fields = await visit.Page.EvaluateAsync<Dictionary<string, string>>(
            "() => Object.fromEntries(new FormData(document.querySelector('main form')))");

        var addresses = new List<string>();
        for (var sent = 0; sent < 2; sent++)
        {
            var form = visit.Page.APIRequest.CreateFormData();
            foreach (var (name, value) in fields) form.Append(name, value);
            addresses.Add((await visit.Page.APIRequest.PostAsync(visit.Page.Url, new() { Form = form })).Url);
        }

        Assert.Contains("/book/done/", addresses[0], StringComparison.Ordinal);
        Assert.Equal(addresses[0], addresses[1]);
        Assert.Single(await BookingsOf(tenant));
    }

    [Fact]
    public async Task Errors_appear_above_the_form_and_beside_their_fields_and_receive_the_focus()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(DetailsOf(tenant, Nine));
        await visit.Page.FillAsync("#Input_Email", "nobody");

        await visit.ClickAsync("button", "Confirmar reserva");
        await visit.Page.Locator("[role=alert]").WaitForAsync();

        Assert.Equal("Preencha este campo", await visit.TextOfAsync("#Input_Name-error"));
        Assert.Equal("Digite um e-mail como nome@exemplo.com", await visit.TextOfAsync("#Input_Email-error"));
        Assert.Equal("alert", await visit.Page.Locator(":focus").GetAttributeAsync("role"));
        Assert.StartsWith("Erro: ", await visit.Page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal("nobody", await visit.Page.InputValueAsync("#Input_Email"));
        Assert.Empty(await BookingsOf(tenant));
    }

    [Fact]
    public async Task A_cancelled_booking_is_shown_as_cancelled_and_frees_its_time()
    {
        var tenant = await site.Platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync(HubSite.Of(tenant, "/bookings"));
        await visit.Page.Locator("table a").First.ClickAsync();
        await visit.Page.Locator("summary").ClickAsync();
        await visit.Page.FillAsync("#reason", "Doente");
        await visit.ClickAsync("button", "Cancelar reserva");

        await visit.Page.Locator("[role=status]", new() { HasText = "A reserva foi cancelada." }).WaitForAsync();
        Assert.Equal(["Reservada", "Cancelada"], await visit.Page.Locator("tbody th").AllInnerTextsAsync());
        Assert.Equal(BookingStatuses.Cancelled, Assert.Single(await BookingsOf(tenant)).Status);
        await tenant.BookedAsync(tenant.AtNoon("again@example.com"));
        Assert.EndsWith($"/bookings/{booking.Id}", visit.Page.Url, StringComparison.Ordinal);
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

        await visit.GoAsync(HubSite.Of(tenant, $"/bookings/{booking.Id}"));

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

        await visit.GoAsync(HubSite.Of(tenant, $"/bookings/{booking.Id}"));
        var rows = await visit.Page.Locator("tbody tr").AllInnerTextsAsync();
        var open = await visit.Page.Locator("#reason").CountAsync();
        await tenant.ExecuteAsync("update bookings set start_at = '2026-03-02 07:00Z', end_at = '2026-03-02 08:00Z'");
        await visit.GoAsync(HubSite.Of(tenant, $"/bookings/{booking.Id}"));

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

    private static string DetailsOf(TestTenant tenant, DateTimeOffset start) =>
        string.Create(CultureInfo.InvariantCulture, $"{HubSite.Of(tenant)}/book/{tenant.ServiceId}/details?start={start.ToIso()}");

    private static async Task<IReadOnlyList<BookingResponse>> BookingsOf(TestTenant tenant) =>
        (await tenant.Client.GetFromJsonAsync<Envelope<IReadOnlyList<BookingResponse>>>("/api/v1/bookings"))!.Data;
}
