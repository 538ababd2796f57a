using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts.Bookings;
using Platform.Core.Bookings;
using Platform.Core.Clients;
using Platform.Tests.Bookings;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.HubWeb;

/// <summary>What clients do by the links of their mails: see, move and cancel, stop reminders, take an offer.</summary>
public sealed class PublicManagePagesTests(HubSite site) : IClassFixture<HubSite>
{
    private const string SaoPaulo = "America/Sao_Paulo";

    private static readonly DateTimeOffset Nine = PlatformFixture.Monday9am.AddHours(27);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_moves_and_cancels_a_booking_by_its_link(bool script)
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        var (booking, link) = await BookedAsync(tenant);
        await using var visit = await site.OpenAsync(null, new() { JavaScriptEnabled = script });

        await visit.GoAsync(link);
        Assert.Contains("sem custo até o início", await visit.TextOfAsync("main"), StringComparison.Ordinal);
        await visit.ClickAsync("link", "Remarcar a reserva");
        await visit.ClickAsync("link", "11:00");
        Assert.Contains("terça-feira, 3 de março de 2026, 11:00", await visit.TextOfAsync(".facts"), StringComparison.Ordinal);
        await visit.ClickAsync("button", "Mudar para este horário");
        await visit.Page.Locator("[role=status]", new() { HasText = "A reserva mudou para o novo horário." }).WaitForAsync();
        var moved = await FindAsync(tenant, booking.Id);
        await visit.Page.Locator("summary").ClickAsync();
        await visit.Page.FillAsync("#Reason", "Viagem");
        await visit.ClickAsync("button", "Cancelar agora");
        await visit.Page.Locator("[role=status]", new() { HasText = "A reserva foi cancelada." }).WaitForAsync();

        Assert.Equal(Nine.AddHours(2), moved.StartAt);
        var ended = await FindAsync(tenant, booking.Id);
        Assert.Equal((BookingStatuses.Cancelled, "Viagem"), (ended.Status, ended.CancelReason));
        Assert.Equal("Cancelada", await visit.TextOfAsync(".badge"));
        Assert.Equal(0, await visit.Page.Locator("summary, a[download]").CountAsync());
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task After_the_deadline_the_page_says_what_cancelling_costs_and_does_not_charge_by_surprise()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        var (booking, link) = await BookedAsync(tenant);
        await tenant.ExecuteAsync("update bookings set cancel_deadline = '2026-03-02 12:00Z', cancel_fee = 30, cancel_currency = 'BRL'");
        await using var visit = await site.OpenAsync(null);
        await visit.GoAsync(link);
        await visit.Page.Locator("summary").ClickAsync();
        Assert.Contains("Cancelar agora é gratuito", await visit.TextOfAsync("details"), StringComparison.Ordinal);

        await tenant.ExecuteAsync("update bookings set cancel_deadline = '2026-03-02 08:00Z'"); // while the page is open
        await visit.ClickAsync("button", "Cancelar agora");
        Assert.Contains("O prazo para cancelar nesse valor terminou", await visit.TextOfAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal(BookingStatuses.Confirmed, (await FindAsync(tenant, booking.Id)).Status);
        Assert.Equal(0, await visit.Page.GetByText("Remarcar a reserva").CountAsync());
        Assert.Contains("custa R$ 30,00", (await visit.TextOfAsync("details")).Replace('\u00a0', ' '), StringComparison.Ordinal);

        await visit.ClickAsync("button", "Cancelar agora");
        await visit.Page.GetByText("Taxa a pagar: R$").WaitForAsync();
        Assert.Equal(30, (await FindAsync(tenant, booking.Id)).FeeDue);
    }

    [Fact]
    public async Task A_client_stops_and_resumes_reminders_on_the_page_of_the_mails()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        var (booking, link) = await BookedAsync(tenant);
        await using var visit = await site.OpenAsync(null, new() { JavaScriptEnabled = false });

        await visit.GoAsync($"{link}/reminders");
        await visit.ClickAsync("button", "Não receber lembretes");
        await visit.Page.Locator("[role=status]").WaitForAsync();
        Assert.Contains("Você não recebe lembretes", await visit.TextOfAsync("main"), StringComparison.Ordinal);
        Assert.False((await tenant.QueryAsync(db => db.Clients.SingleAsync(c => c.Id == booking.Client!.Id))).Reminders);
        await visit.ClickAsync("button", "Voltar a receber lembretes");
        Assert.Contains("Você recebe lembretes", await visit.TextOfAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visitor_waits_for_a_place_and_takes_the_offer()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        var (booking, _) = await BookedAsync(tenant);
        await using var visit = await site.OpenAsync(null);

        await visit.GoAsync($"/{tenant.Slug}/{tenant.ServiceId}?day=2026-03-03");
        await visit.ClickAsync("link", "Nenhum horário serve? Entre na lista de espera");
        await visit.Page.FillAsync("#To", "2026-03-03");
        await PublicBookingPagesTests.FillAsync(visit.Page, "Vi", "vi@example.com");
        await visit.ClickAsync("button", "Entrar na lista de espera");
        await visit.Page.ArriveAsync("**/waitlist/*");
        Assert.Equal("Você está na lista de espera", await visit.HeadingAsync());
        var entry = visit.Page.Url;

        await tenant.CancelledAsync(booking);
        await visit.Page.ReloadAsync();
        Assert.Equal("Uma vaga para você", await visit.HeadingAsync());
        Assert.Contains("terça-feira, 3 de março de 2026, 09:00–10:00", await visit.TextOfAsync("main"), StringComparison.Ordinal);
        await visit.ClickAsync("button", "Ficar com a vaga");
        Assert.NotEqual("", await visit.TextOfAsync("#Consent-error"));
        await visit.Page.CheckAsync("#Consent");
        await visit.ClickAsync("button", "Ficar com a vaga");
        await visit.Page.ArriveAsync("**/done/*");

        var booked = await tenant.QueryAsync(db => db.Bookings.SingleAsync(b => b.Status == BookingStatuses.Confirmed));
        var client = await tenant.QueryAsync(db => db.Clients.SingleAsync(c => c.Id == booked.ClientId));
        Assert.Equal(("vi@example.com", Nine), (client.Email, booked.StartAt));
        await visit.GoAsync(entry);
        Assert.Equal("Você ficou com a vaga", await visit.HeadingAsync());
    }

    private static async Task<Booking> FindAsync(TestTenant tenant, long id) =>
        await tenant.QueryAsync(db => db.Bookings.AsNoTracking().SingleAsync(b => b.Id == id));

    private async Task<(BookingResponse Booking, string Link)> BookedAsync(TestTenant tenant)
    {
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine, TimeZone = SaoPaulo });
        var token = site.Platform.Api.Services.GetRequiredService<ManageLinks>().Of(tenant.Id, booking.Id);
        return (booking, $"/{tenant.Slug}/manage/{token}");
    }
}
