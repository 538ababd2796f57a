using Microsoft.Playwright;
using Platform.Contracts.Tenants;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.Proxies;

/// <summary>People in a browser that knows the proxy alone.</summary>
[Collection(typeof(BehindProxy))]
public sealed class JourneyTests(ProxiedPlatform platform, Chromium chromium)
{
    [Fact]
    public async Task A_member_signs_in_at_the_hub_and_books()
    {
        var page = await SignInAsync("hub", DemoTenants.Clinic.Users[0]);

        var book = $"{platform.Proxy.UrlOf("hub")}/t/{DemoTenants.Clinic.Slug}/book";
        await page.GotoAsync(book);
        var service = await page.Locator("[name='Input.ServiceId'] option", new() { HasText = "Consulta" }).First.GetAttributeAsync("value");
        await page.RunAndWaitForResponseAsync(
            () => page.SelectOptionAsync("[name='Input.ServiceId']", service!),
            response => response.Url.Contains("handler=Refresh", StringComparison.Ordinal));
        await page.Locator(".times label").First.ClickAsync();
        await page.FillAsync("[name='Input.Name']", "Paula Proxy");
        await page.FillAsync("[name='Input.Email']", "paula@example.com");
        await page.Locator("main form button[type=submit]").Last.ClickAsync();

        await page.ArriveAsync($"{book}/done/*");
        Assert.Contains("Paula Proxy", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.All(await page.Context.CookiesAsync(), cookie =>
        {
            Assert.True(cookie.Secure, cookie.Name);
            Assert.StartsWith("__Host-", cookie.Name, StringComparison.Ordinal);
        });
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Staff_sign_in_at_admin_and_out_again()
    {
        var page = await SignInAsync("admin", DemoTenants.Staff);

        Assert.Contains("Clínica Aurora", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.ClickAsync("form[action='/signout'] button");

        await page.ArriveAsync($"{platform.Proxy.UrlOf("admin")}/signed-out");
        await page.Context.CloseAsync();
    }

    private async Task<IPage> SignInAsync(string app, DemoUser user)
    {
        var window = await chromium.NewWindowAsync(new() { IgnoreHTTPSErrors = true, Locale = "pt-BR" });
        var page = await window.NewPageAsync();
        await page.GotoAsync(platform.Proxy.UrlOf(app));
        await page.ArriveAsync($"{platform.Proxy.UrlOf("id")}/**");
        await page.FillAsync("[name='Input.Email']", user.Email);
        await page.FillAsync("[name='Input.Password']", DemoTenants.Password);
        await page.ClickAsync("button[value=signin]");
        await page.ArriveAsync($"{platform.Proxy.UrlOf(app)}/**");
        return page;
    }
}
