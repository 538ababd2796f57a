using System.Globalization;
using Platform.Contracts.Clients;
using Platform.Tests.Support;

namespace Platform.Tests.HubWeb;

/// <summary>Home, clients and reports.</summary>
public sealed class ClientPagesTests(HubSite site) : IClassFixture<HubSite>
{
    [Fact]
    public async Task A_client_is_created_found_edited_merged_exported_and_erased()
    {
        var tenant = await site.Platform.NewTenantAsync("America/Sao_Paulo");
        await tenant.SentAsync<Dictionary<string, object>>("POST", "/custom-fields",
            """{ "appliesTo": "client", "key": "plan", "label": "Convênio", "type": "text" }""");
        var old = await tenant.SentAsync<ClientResponse>("POST", "/clients",
            """{ "name": "Iris Mello", "email": "iris.old@example.com", "phone": "+5511912345678" }""");
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        var page = visit.Page;

        await visit.GoAsync(HubSite.Of(tenant, "/clients"));
        await visit.ClickAsync("link", "Novo cliente");
        await page.FillAsync("#Input_Name", "Íris Melo");
        await page.FillAsync("#Input_Email", "iris.old@example.com");
        await page.FillAsync("#Input_Phone", "12");
        await visit.ClickAsync("button", "Gravar");
        await page.Locator("[role=alert]").WaitForAsync();
        await visit.ExpectAccessibleAsync("hub-client-new");
        Assert.Equal("Íris Melo", await page.InputValueAsync("#Input_Name"));
        await page.FillAsync("#Input_Phone", "11 98765-4321");
        await visit.ClickAsync("button", "Gravar");
        Assert.Contains("já existe", await visit.TextOfAsync("#Input_Email-error"), StringComparison.OrdinalIgnoreCase);
        await page.FillAsync("#Input_Email", "iris@example.com");
        await page.FillAsync("#Input_Metadata_plan_", "Ouro");
        await visit.ClickAsync("button", "Gravar");
        await NoticeAsync("O cliente foi gravado.");
        Assert.Contains("+5511987654321", await visit.TextOfAsync("main"), StringComparison.Ordinal);
        Assert.Contains("Ouro", await visit.TextOfAsync("main"), StringComparison.Ordinal);

        await visit.GoAsync(HubSite.Of(tenant, "/clients?q=iris"));
        Assert.Equal(2, await page.Locator("tbody tr").CountAsync());
        await visit.ExpectAccessibleAsync("hub-clients");
        await visit.ClickAsync("link", "Íris Melo");
        await page.Locator("summary", new() { HasText = "Editar" }).ClickAsync();
        await page.FillAsync("#Input_Metadata_plan_", "Prata");
        await visit.ExpectAccessibleAsync("hub-client");
        await visit.ClickAsync("button", "Gravar");
        await NoticeAsync("O cliente foi gravado.");
        await visit.ClickAsync("link", "Unificar");
        await page.FillAsync("#q", "Iris Mello");
        await visit.ClickAsync("button", "Procurar");
        await page.Locator("main .list a").First.ClickAsync();
        await page.Locator("[name=Name][value=other]").CheckAsync();
        await page.Locator("[name=Email][value=other]").CheckAsync();
        await visit.ExpectAccessibleAsync("hub-merge");
        await visit.ClickAsync("button", "Unificar os cadastros");
        await NoticeAsync("Os cadastros foram unificados.");
        var kept = await tenant.SentAsync<ClientResponse>("GET", $"/clients/{old.Id}");
        Assert.Equal(("Iris Mello", "iris.old@example.com", "+5511987654321"), (kept.Name, kept.Email, kept.Phone));

        var file = await page.APIRequest.GetAsync((await page.Locator("a[download]").GetAttributeAsync("href"))!);
        Assert.Contains("iris.old@example.com", await file.TextAsync(), StringComparison.Ordinal);
        await visit.ClickAsync("link", "Apagar dados");
        await visit.ExpectAccessibleAsync("hub-erase");
        await visit.ClickAsync("button", "Apagar os dados desta pessoa");
        await NoticeAsync("Os dados foram apagados.");
        Assert.NotNull((await tenant.SentAsync<ClientResponse>("GET", $"/clients/{old.Id}")).ErasedAt);
        visit.ExpectNoProblems();

        Task NoticeAsync(string text) => page.Locator("[role=status]", new() { HasText = text }).WaitForAsync();
    }

    [Fact]
    public async Task Duplicates_lead_to_the_merge()
    {
        var tenant = await site.Platform.NewTenantAsync();
        foreach (var email in (string[])["a@example.com", "b@example.com"])
        {
            await tenant.SentAsync<ClientResponse>(
                "POST", "/clients", $$"""{ "name": "Ada Lovelace", "email": "{{email}}", "phone": "+5511987654321" }""");
        }

        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, "/clients/duplicates"));
        await visit.ExpectAccessibleAsync("hub-duplicates");
        await visit.ClickAsync("link", "Unificar Ada Lovelace e Ada Lovelace");

        Assert.Equal("Unificar dois cadastros", await visit.HeadingAsync());
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Home_shows_today_gaps_applications_and_licences_and_reports_show_the_period()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        await site.Platform.ExecutePlatformAsync(string.Create(CultureInfo.InvariantCulture, $"""
            insert into tenant_applications (tenant_id_fk, application_id_fk, status, user_limit, seats_used, activated_at)
            values ({tenant.Id}, 1, 'active', 5, 1, '2026-01-01Z');
            insert into user_application_access (tenant_id_fk, user_id_fk, application_id_fk, granted_at)
            values ({tenant.Id}, {tenant.UserId}, 1, '2026-01-01Z');
            """));
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync(HubSite.Of(tenant));
        var tiles = await visit.Page.Locator(".tiles dd").AllInnerTextsAsync();
        var gaps = await visit.Page.Locator("section[aria-labelledby=gaps] li").AllInnerTextsAsync();
        await visit.Page.Locator("details summary", new() { HasText = "Usuários (1)" }).ClickAsync();
        await visit.ExpectAccessibleAsync("hub-home");

        Assert.Equal(["1", "0 de 1", "0", "0"], tiles);
        Assert.Equal(2, gaps.Count);
        Assert.Contains("09:00–12:00", gaps[0], StringComparison.Ordinal);
        Assert.Contains("1 de 5 licenças em uso", await visit.TextOfAsync("main"), StringComparison.Ordinal);
        Assert.Equal("badge bad", await visit.Page.Locator(".people .badge").First.GetAttributeAsync("class"));
        await visit.Page.Locator("section[aria-labelledby=apps] a.card").First.ClickAsync();
        await visit.ExpectAccessibleAsync("hub-application");

        await visit.GoAsync(HubSite.Of(tenant, "/reports?from=2026-03-01&to=2026-03-07"));
        await visit.ExpectAccessibleAsync("hub-reports");
        Assert.Contains("Dr Who", await visit.TextOfAsync("table.heat"), StringComparison.Ordinal);
        Assert.Equal(7, await visit.Page.Locator("svg.bars rect:not(.gone)").CountAsync());
        foreach (var link in await visit.Page.Locator("a[download]").AllAsync())
        {
            var file = await visit.Page.APIRequest.GetAsync((await link.GetAttributeAsync("href"))!);
            Assert.Equal(200, file.Status);
            Assert.StartsWith("text/csv", file.Headers["content-type"], StringComparison.Ordinal);
        }

        visit.ExpectNoProblems();
    }
}
