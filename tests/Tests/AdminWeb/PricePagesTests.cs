using Microsoft.Playwright;
using Platform.Admin.Web.Pages.Applications;
using Platform.Contracts.Licensing;
using Platform.Tests.Licensing;

namespace Platform.Tests.AdminWeb;

/// <summary>The catalogue and its prices, as staff change them.</summary>
public sealed class PricePagesTests(AdminSite site) : IClassFixture<AdminSite>
{
    [Fact]
    public async Task A_price_that_overlaps_stays_in_the_dialog_and_supersedes_the_other_when_asked_to()
    {
        var application = await PricedAsync();
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/applications/{application.Id}");
        await visit.ClickAsync("link", "Agendar preço: Operação, BRL");
        var dialog = visit.Page.Locator("#dialog[open]");
        await dialog.Locator("#Input_Price").WaitForAsync();
        Assert.Contains("R$ 35,00 por mês", await Plain(dialog.Locator("#preview")), StringComparison.Ordinal);

        await dialog.Locator("#Input_Price").FillAsync("40,50");
        await dialog.Locator("#preview", new() { HasText = "40,50" }).WaitForAsync();
        await dialog.Locator("#Input_From").FillAsync("2026-04-01T00:00");
        await dialog.Locator("button[type=submit]").Last.ClickAsync();
        await dialog.Locator("[data-conflict]").WaitForAsync();

        Assert.Contains("02/03/2026", await Plain(dialog.Locator("[data-conflict]")), StringComparison.Ordinal);
        Assert.Contains("01/04/2026", await Plain(dialog.Locator("[data-conflict]")), StringComparison.Ordinal);
        Assert.Equal("Input_From-error Input_From-hint", await dialog.Locator("#Input_From").GetAttributeAsync("aria-describedby"));
        Assert.Equal("40,50", await dialog.Locator("#Input_Price").InputValueAsync());
        await visit.ExpectAccessibleAsync("admin-price-conflict");

        await dialog.Locator("[data-conflict] input").CheckAsync();
        await dialog.Locator("button[type=submit]").Last.ClickAsync();
        await visit.Page.Locator("main .alert.ok").WaitForAsync();

        Assert.Contains("R$ 40,50 por mês", await Plain(visit.Page.Locator("main .alert.ok")), StringComparison.Ordinal);
        Assert.Equal(2, await visit.Page.Locator("svg.timeline rect.bar").CountAsync());
        Assert.Equal(["Agendado", "Em vigor"], await visit.Page.Locator("section[aria-labelledby=history] .badge").AllInnerTextsAsync());
        var prices = await PricesAsync(application.Id);
        Assert.Equal(prices[0].ValidTo, prices[1].ValidFrom);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_price_ends_and_a_scheduled_one_is_deleted_without_script()
    {
        var application = await PricedAsync();
        var member = await site.Platform.NewCustomerAsync();
        await site.Platform.LicenseAsync(member, application: application.Slug);
        var user = await site.Platform.MemberAsync(member);
        await member.GrantedAsync(user, application.Slug);
        await site.Platform.StaffAsync<PriceResponse>(
            "POST", $"/applications/{application.Id}/pricing",
            """{ "userType": "admin", "price": 80, "validFrom": "2026-05-01T00:00:00Z" }""");
        await using var visit = await site.OpenAsync(AdminSite.Staff, new() { JavaScriptEnabled = false });
        await visit.GoAsync($"/applications/{application.Id}");

        await visit.ClickAsync("link", "Encerrar o preço: Operação, BRL");
        Assert.Contains("1 assento ativo mantém", await Plain(visit.Page.Locator(".preview")), StringComparison.Ordinal);
        await visit.Page.FillAsync("#At", "2001-01-01T00:00");
        await visit.ClickAsync("button", "Encerrar preço atual");
        Assert.Equal("2001-01-01T00:00", await visit.Page.InputValueAsync("#At"));
        await visit.Page.Locator("#At-error").WaitForAsync();
        await visit.Page.FillAsync("#At", "");
        await visit.ClickAsync("button", "Encerrar preço atual");
        await visit.Page.Locator(".alert.ok").WaitForAsync();
        await visit.ClickAsync("link", "Excluir R$ 80,00 por mês, Administrador");
        await visit.ClickAsync("button", "Excluir");
        await visit.Page.Locator(".alert.ok").WaitForAsync();

        var price = Assert.Single(await PricesAsync(application.Id));
        Assert.NotNull(price.ValidTo);
    }

    [Fact]
    public async Task An_application_is_created_once_retired_and_taken_back()
    {
        var slug = $"app-{Guid.CreateVersion7():n}"[..24];
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync("/applications");
        await visit.ClickAsync("link", "Nova aplicação");
        await visit.Page.FillAsync("#dialog #Input_Name", "Agenda Ágil");
        await visit.Page.FillAsync("#dialog #Slug", "tq");
        await visit.Page.ClickAsync("#dialog button[type=submit]");
        await visit.Page.Locator("#dialog [role=alert]").WaitForAsync();
        Assert.Equal("Agenda Ágil", await visit.Page.InputValueAsync("#dialog #Input_Name"));

        await visit.Page.FillAsync("#dialog #Slug", slug);
        await visit.Page.ClickAsync("#dialog button[type=submit]");
        await visit.Page.Locator("h1", new() { HasText = "Agenda Ágil" }).WaitForAsync();
        await visit.ClickAsync("link", "Retirar");
        await visit.Page.ClickAsync("#dialog button.danger");
        await visit.Page.Locator("main .badge", new() { HasText = "Retirada" }).WaitForAsync();
        await visit.ClickAsync("button", "Desfazer");

        await visit.Page.Locator("main .badge", new() { HasText = "Ativa" }).WaitForAsync();
        visit.ExpectNoProblems();
    }

    [Fact]
    public void The_timeline_shows_at_most_two_years_of_the_past_and_some_months_ahead()
    {
        var now = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        var old = Price(now.AddYears(-10), now.AddYears(-1));
        var next = Price(now.AddMonths(1), null);

        var (from, to) = PriceTimeline.RangeOf([old, next], now);
        var empty = PriceTimeline.RangeOf([], now);

        Assert.Equal((now.AddDays(-730), next.ValidFrom.AddDays(120)), (from, to));
        Assert.Equal((now.AddDays(-120), now.AddDays(120)), empty);
    }

    /// <summary>35 BRL for operations, from now on.</summary>
    private async Task<ApplicationResponse> PricedAsync()
    {
        var application = await site.Platform.NewApplicationAsync();
        await site.Platform.StaffAsync<PriceResponse>(
            "POST", $"/applications/{application.Id}/pricing", """{ "userType": "operations", "price": 35 }""");
        return application;
    }

    private Task<List<PriceResponse>> PricesAsync(long id) =>
        site.Platform.StaffAsync<List<PriceResponse>>("GET", $"/applications/{id}/pricing?history=true");

    /// <summary>The text with plain spaces: money is written with one that does not break.</summary>
    private static async Task<string> Plain(ILocator where) => (await where.InnerTextAsync()).Replace('\u00a0', ' ');

    private static PriceResponse Price(DateTimeOffset from, DateTimeOffset? to) =>
        new(1, 1, "operations", 1, "BRL", "monthly", from, to, "active", 1, from, null, from, null);
}
