using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Platform.Contracts;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.HubWeb;

/// <summary>What all pages share: accessibility, headers, language, access.</summary>
public sealed class FrameTests(HubSite site) : IClassFixture<HubSite>
{
    [Fact]
    public async Task Every_page_is_accessible()
    {
        var tenant = await site.Platform.NewTenantAsync("America/Sao_Paulo");
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var service = tenant.ServiceId.ToString(CultureInfo.InvariantCulture);
        string[] paths =
        [
            "", "/book", $"/book?serviceId={service}&start=2026-03-03T12:00:00Z",
            $"/book?serviceId={service}&start=2026-03-02T12:00:00Z", // taken
            $"/book/done/{booking.Id}", "/bookings", "/bookings?view=past", $"/bookings/{booking.Id}",
            $"/bookings/{booking.Id}/move", $"/bookings/{booking.Id}/reassign", "/bookings/attention", "/waitlist", "/nowhere",
        ];
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        foreach (var path in paths)
        {
            await visit.GoAsync(HubSite.Of(tenant, path));
            await visit.ExpectAccessibleInEveryViewAsync($"hub-{Array.IndexOf(paths, path)}");
        }

        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_page_runs_only_our_scripts_and_is_not_cached()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        var page = await visit.Page.GotoAsync(HubSite.Of(tenant));

        var headers = page!.Headers;
        var policy = headers["content-security-policy"].Split("; ");
        Assert.Superset(
            new HashSet<string> { "default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'" },
            policy.ToHashSet());
        Assert.Contains($"form-action 'self' {TestTokens.Issuer}", policy);
        Assert.DoesNotContain(policy, rule => rule.Contains("unsafe", StringComparison.Ordinal));
        Assert.Equal("nosniff", headers["x-content-type-options"]);
        Assert.Equal("no-store", headers["cache-control"]);
        Assert.False(headers.ContainsKey("server"));
        var script = await visit.Page.GetAttributeAsync("script[src]", "src");
        Assert.Matches("^/ui/app\\.[a-z0-9]+\\.js$", script!);
        Assert.True((await (await visit.Page.APIRequest.GetAsync(script!)).BodyAsync()).Length > 10_000);
    }

    [Fact]
    public async Task A_reader_chooses_the_language_and_stays_on_the_page()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant), new() { JavaScriptEnabled = false });
        await visit.GoAsync(HubSite.Of(tenant, "/bookings?view=past"));
        Assert.Equal("pt-BR", await visit.Page.GetAttributeAsync("html", "lang"));

        await visit.ClickAsync("button", "EN, English");

        Assert.Equal("en", await visit.Page.GetAttributeAsync("html", "lang"));
        Assert.EndsWith("/bookings?view=past", visit.Page.Url, StringComparison.Ordinal);
        Assert.Equal("Bookings", await visit.HeadingAsync());
    }

    [Theory]
    [InlineData("pt-PT", "pt-BR")]
    [InlineData("en-GB", "en")]
    [InlineData("fr-FR", "pt-BR")]
    public async Task Pages_use_the_language_of_the_browser_where_it_is_supported(string browser, string page)
    {
        await using var visit = await site.OpenAsync(null, new() { Locale = browser });

        await visit.GoAsync("/signed-out");

        Assert.Equal(page, await visit.Page.GetAttributeAsync("html", "lang"));
    }

    [Fact]
    public async Task While_Identity_refuses_sign_in_requests_the_page_offers_a_retry()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var identity = builder.Build();
        identity.MapGet("/.well-known/openid-configuration", (HttpRequest request) => new Dictionary<string, string>
        {
            ["issuer"] = $"http://{request.Host}",
            ["authorization_endpoint"] = $"http://{request.Host}/connect/authorize",
            ["pushed_authorization_request_endpoint"] = $"http://{request.Host}/connect/par",
        });
        identity.MapPost("/connect/par", () => Results.Json(new { error = "temporarily_unavailable" }, statusCode: 503));
        await identity.StartAsync(TestContext.Current.CancellationToken);
        await using var hub = site.WithWebHostBuilder(host => host.UseSetting("Identity:Issuer", identity.Urls.Single()));
        using var browser = hub.CreateClient(new() { AllowAutoRedirect = false });

        using var page = await browser.GetAsync("/bookings");

        Assert.Equal(503, (int)page.StatusCode);
        Assert.Contains("href=\"/bookings\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_keyboard_reaches_the_content_first()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync("/");

        await visit.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Ir para o conteúdo", await visit.TextOfAsync(":focus"));
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Keyboard.PressAsync("Tab");

        Assert.Equal("Nova reserva", (await visit.TextOfAsync(":focus")).Trim());
    }

    [Fact]
    public async Task What_was_typed_survives_the_end_of_the_session()
    {
        var tenant = await site.Platform.UntouchedTenantAsync();
        var page = HubSite.Of(tenant, "/clients/new");
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(page);
        await visit.Page.FillAsync("#Input_Name", "Íris Melo");
        await visit.Page.SelectOptionAsync("#Input_Locale", "pt-BR");
        await visit.Page.Context.ClearCookiesAsync(new() { Name = "__Host-hub.session" });
        await visit.ClickAsync("button", "Gravar");
        await visit.Page.ArriveAsync("**/signin-error*"); // there is no provider

        await site.SignInAsync(visit.Page, HubSite.MemberOf(tenant));
        await visit.GoAsync($"{page}#resume");

        await visit.Page.Locator(".toast", new() { HasText = "Sua sessão tinha terminado." }).WaitForAsync();
        Assert.Equal("Íris Melo", await visit.Page.InputValueAsync("#Input_Name"));
        Assert.Equal("pt-BR", await visit.Page.InputValueAsync("#Input_Locale"));
        Assert.EndsWith(page, visit.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_without_a_tenant_gets_403_with_an_explanation()
    {
        var staff = new Person("Sofia", TestTokens.For(1, null, true, Scopes.Scheduling), ("sub", "1"));
        await using var visit = await site.OpenAsync(staff);

        var answer = await visit.Page.GotoAsync("/");

        Assert.Equal(403, answer!.Status);
        Assert.Equal("Você não tem acesso a esta página", await visit.HeadingAsync());
        Assert.Contains("sofia@example.com", await visit.TextOfAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_header_names_tenant_and_person_and_offers_the_way_out()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync("/");

        var header = await visit.Page.Locator("header.top").InnerTextAsync();
        Assert.Contains($"Tenant {tenant.Id}", header, StringComparison.Ordinal);
        Assert.Contains("Uma", header, StringComparison.Ordinal);
        Assert.Equal(1, await visit.Page.Locator("form[action='/signout'] button").CountAsync());
    }
}
