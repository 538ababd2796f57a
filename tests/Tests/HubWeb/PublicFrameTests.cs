using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Tenants;
using Platform.Core.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.HubWeb;

/// <summary>What all public pages share: accessibility, brand, frames, search engines, weight, hosts.</summary>
public sealed class PublicFrameTests(HubSite site) : IClassFixture<HubSite>
{
    private const string SaoPaulo = "America/Sao_Paulo";

    [Fact]
    public async Task Every_public_page_is_accessible()
    {
        var tenant = await BrandedAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { TimeZone = SaoPaulo });
        var links = site.Platform.Api.Services.GetRequiredService<ManageLinks>();
        var (manage, service) = (links.Of(tenant.Id, booking.Id), $"{tenant.ServiceId}-visit");
        string[] paths =
        [
            "", $"/{service}?day=2026-03-03", $"/{service}/details?slot=2026-03-03T12:00:00Z",
            $"/{service}/details?slot=2026-03-02T12:00:00Z", // taken
            $"/{service}/waitlist", $"/done/{manage}", $"/manage/{manage}", $"/manage/{manage}/reschedule?day=2026-03-04",
            $"/manage/{manage}/reminders", "/unknown",
        ];
        await using var visit = await site.OpenAsync(null);

        foreach (var path in paths)
        {
            await visit.GoAsync($"/{tenant.Slug}{path}");
            await visit.ExpectAccessibleInEveryViewAsync($"public-{Array.IndexOf(paths, path)}");
        }

        visit.ExpectNoProblems();
    }

    [Theory]
    [InlineData("en", null, "en")]
    [InlineData("pt-BR", null, "pt-BR")]
    [InlineData("en", "fi", "en")]
    [InlineData("en", "pt-PT", "pt-BR")]
    [InlineData("pt-BR", "fi, en-GB;q=0.5", "en")]
    public async Task A_page_is_in_the_language_of_its_visitor_or_of_the_tenant(string tenantLocale, string? visitor, string shown)
    {
        var tenant = await site.Platform.NewTenantAsync();
        await site.Platform.ExecutePlatformAsync($"update tenants set locale = '{tenantLocale}' where id = {tenant.Id}");
        using var client = new HttpClient();
        if (visitor is not null) client.DefaultRequestHeaders.Add("Accept-Language", visitor);

        using var page = await client.GetAsync($"{site.Url}/{tenant.Slug}");

        Assert.Equal([shown], page.Content.Headers.ContentLanguage);
        Assert.Contains($"<html lang=\"{shown}\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_have_the_brand_the_words_and_the_notices_of_the_tenant_and_structured_data()
    {
        var tenant = await BrandedAsync();
        await using var visit = await site.OpenAsync(null);

        var page = await visit.Page.GotoAsync($"/{tenant.Slug}");
        var html = await page!.TextAsync();

        Assert.Contains("img-src 'self' https://cdn.aurora.example data:", page.Headers["content-security-policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", page.Headers["content-security-policy"], StringComparison.Ordinal);
        Assert.False(page.Headers.ContainsKey("x-robots-tag"));
        Assert.Equal("index, follow", await ContentAsync("robots"));
        Assert.Equal($"{site.Url}/{tenant.Slug}", await visit.Page.GetAttributeAsync("link[rel=canonical]", "href"));
        Assert.Equal($"{site.Url}/{tenant.Slug}?lang=en", await visit.Page.GetAttributeAsync("link[hreflang=en]", "href"));
        Assert.Contains("Aurora Serviços Ltda", await visit.TextOfAsync("footer"), StringComparison.Ordinal);
        Assert.Equal("https://aurora.example/privacidade", await visit.Page.GetAttributeAsync("footer a[rel]", "href"));
        var data = JsonDocument.Parse(await visit.Page.Locator("script[type='application/ld+json']").TextContentAsync() ?? "").RootElement;
        Assert.Equal("Visit", data.GetProperty("makesOffer")[0].GetProperty("itemOffered").GetProperty("name").GetString());
        Assert.DoesNotContain("Platform", html.Replace("/ui/", "", StringComparison.Ordinal), StringComparison.Ordinal);

        await visit.GoAsync($"/{tenant.Slug}/{tenant.ServiceId}?day=2026-03-03");
        var colours = await visit.Page.EvaluateAsync<string>(
            "() => { const s = getComputedStyle(document.querySelector('.days a[aria-current]')); return s.backgroundColor + s.color }");
        Assert.Equal("rgb(255, 221, 0)rgb(16, 19, 26)", colours); // a light brand gets dark text
        await visit.GoAsync($"/{tenant.Slug}/{tenant.ServiceId}/details?slot=2026-03-03T12:00:00Z");
        Assert.Equal("noindex", await ContentAsync("robots"));
        Assert.Contains("Terapia", await visit.TextOfAsync(".facts"), StringComparison.Ordinal); // their word for a service
        Assert.Equal("Autorizo o uso dos meus dados.", await visit.TextOfAsync("label.check span"));

        await tenant.SentAsync<BookingPage>("PUT", "/settings/booking-page", """{ "indexed": false }""");
        var hidden = await visit.Page.GotoAsync($"/{tenant.Slug}");
        Assert.Equal(("noindex", "noindex"), (hidden!.Headers["x-robots-tag"], await ContentAsync("robots")));

        Task<string?> ContentAsync(string name) => visit.Page.GetAttributeAsync($"meta[name={name}]", "content");
    }

    [Fact]
    public async Task A_visitor_chooses_the_language_by_a_link_that_all_pages_keep()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await site.Platform.ExecutePlatformAsync($"update tenants set locale = 'pt-BR' where id = {tenant.Id}");
        await using var visit = await site.OpenAsync(null, new() { Locale = "fr-FR", JavaScriptEnabled = false });

        await visit.GoAsync($"/{tenant.Slug}");
        Assert.Equal("pt-BR", await visit.Page.GetAttributeAsync("html", "lang"));
        await visit.ClickAsync("link", "EN, English");
        await visit.Page.Locator("main a.card").ClickAsync();

        Assert.Equal("en", await visit.Page.GetAttributeAsync("html", "lang"));
        Assert.Contains("Choose a day and time", await visit.TextOfAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_sites_that_the_tenant_names_show_the_pages_in_a_frame_which_grows_with_them()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var clinic = builder.Build();
        var script = "";
        clinic.MapGet("/", () => Results.Content($"<!DOCTYPE html><h1>Aurora</h1>{script}", "text/html"));
        await clinic.StartAsync(TestContext.Current.CancellationToken);
        var origin = clinic.Urls.Single();
        var tenant = await BrandedAsync(origin);
        script = $"<script src='{site.Url}/embed.js' data-slug='{tenant.Slug}' data-service='{tenant.ServiceId}'></script>";
        var manage = site.Platform.Api.Services.GetRequiredService<ManageLinks>()
            .Of(tenant.Id, (await tenant.BookedAsync(tenant.AtNoon())).Id);
        await using var visit = await site.OpenAsync(null);
        var file = await visit.Page.APIRequest.GetAsync("/embed.js");
        Assert.Equal((200, "cross-origin"), (file.Status, file.Headers["cross-origin-resource-policy"]));

        await visit.GoAsync(origin);
        var frame = visit.Page.FrameLocator("iframe");
        await frame.Locator(".slots button").First.ClickAsync();
        await PublicBookingPagesTests.FillAsync(visit.Page.Frames[1], "Íris", "iris@example.com");
        await frame.GetByRole(AriaRole.Button, new() { Name = "Confirmar reserva" }).ClickAsync();
        await frame.GetByText("Reserva confirmada").WaitForAsync();
        await visit.Page.WaitForFunctionAsync(
            "() => { const f = document.querySelector('iframe'); return f.style.height && f.clientHeight > 300 }");
        Assert.Equal(0, await frame.Locator("header.site, footer.site-foot").CountAsync());

        var other = await visit.Page.Context.NewPageAsync();
        await other.GotoAsync(origin.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        await other.WaitForFunctionAsync("() => window.frames.length === 1");
        Assert.Equal(0, await other.FrameLocator("iframe").Locator(".slots").CountAsync());

        var shown = await visit.Page.APIRequest.GetAsync($"/{tenant.Slug}?embed=1");
        Assert.Contains($"frame-ancestors 'self' {origin}", shown.Headers["content-security-policy"], StringComparison.Ordinal);
        Assert.False(shown.Headers.ContainsKey("x-frame-options"));
        var own = await visit.Page.APIRequest.GetAsync($"/{tenant.Slug}/manage/{manage}");
        Assert.Contains("frame-ancestors 'none'", own.Headers["content-security-policy"], StringComparison.Ordinal);
        Assert.Equal("DENY", own.Headers["x-frame-options"]);
    }

    [Fact]
    public async Task Pages_are_light()
    {
        var tenant = await BrandedAsync();
        await using var visit = await site.OpenAsync(null);
        var sizes = new Dictionary<string, int>();
        visit.Page.Response += async (_, response) =>
        {
            if (!response.Url.StartsWith(site.Url, StringComparison.Ordinal)) return;
            lock (sizes) sizes[response.Url] = 0;
            var body = await response.BodyAsync();
            lock (sizes) sizes[response.Url] = Compressed(body);
        };

        await visit.Page.GotoAsync($"/{tenant.Slug}/{tenant.ServiceId}?day=2026-03-03", new() { WaitUntil = WaitUntilState.NetworkIdle });

        // The scripts and styles of tests are not even minified.
        Assert.InRange(sizes.Values.Sum(), 5_000, 40 * 1024);
        Assert.InRange(sizes.Where(size => size.Key.EndsWith(".js", StringComparison.Ordinal)).Sum(size => size.Value), 100, 16 * 1024);
        Assert.True(sizes.Count <= 7, string.Join('\n', sizes.Keys));
    }

    [Fact]
    public async Task A_host_of_the_tenant_has_its_pages_at_the_root_and_no_others()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await site.Platform.ExecutePlatformAsync($"update tenants set custom_domain = 'agenda-{tenant.Id}.example' where id = {tenant.Id}");
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        var index = await GetAsync("/");
        var service = await GetAsync($"/{tenant.ServiceId}");
        var staff = await GetAsync("/signin");

        Assert.Equal((200, 200, 404), (index.Status, service.Status, staff.Status));
        Assert.Contains($"href=\"/{tenant.ServiceId}-visit\"", index.Html, StringComparison.Ordinal);
        Assert.Contains($"http://agenda-{tenant.Id}.example/{tenant.ServiceId}-visit\"", service.Html, StringComparison.Ordinal);

        async Task<(int Status, string Html)> GetAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, site.Url + path) { Headers = { Host = $"agenda-{tenant.Id}.example" } };
            using var response = await client.SendAsync(request);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public void No_tenant_gets_a_slug_that_a_page_of_the_platform_has()
    {
        var first = site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.PathSegments is [var head, ..] ? head.Parts : null)
            .OfType<IReadOnlyList<Microsoft.AspNetCore.Routing.Patterns.RoutePatternPart>>()
            .Where(parts => parts.Count == 1)
            .Select(parts => parts[0]).OfType<Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart>()
            .Select(part => part.Content).Where(name => !name.Contains('.')).Distinct().ToList();

        Assert.Contains("signin", first);
        Assert.Empty(first.Except(ReservedSlugs.All, StringComparer.OrdinalIgnoreCase));
    }

    private async Task<TestTenant> BrandedAsync(string frameOrigin = "https://www.aurora.example")
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await tenant.SentAsync<Branding>("PUT", "/settings/branding", """
            { "primaryColor": "#FFDD00", "faviconUrl": "https://cdn.aurora.example/icon.svg" }
            """);
        await tenant.SentAsync<Labels>("PUT", "/settings/labels", """{ "service": { "singular": "Terapia", "plural": "Terapias" } }""");
        await tenant.SentAsync<BookingPage>("PUT", "/settings/booking-page", $$"""
            {
                "legalName": "Aurora Serviços Ltda", "privacyUrl": "https://aurora.example/privacidade",
                "consentText": "Autorizo o uso dos meus dados.", "contactPhone": "+55 11 3000-0000", "place": "Av. Paulista 1000\nSão Paulo",
                "frameOrigins": ["{{frameOrigin}}"]
            }
            """);
        return tenant;
    }

    private static int Compressed(byte[] body)
    {
        using var small = new MemoryStream();
        using (var brotli = new BrotliStream(small, CompressionLevel.SmallestSize, leaveOpen: true)) brotli.Write(body);
        return (int)small.Length;
    }
}
