using Microsoft.Playwright;
using Platform.Contracts.Tenants;

namespace Platform.Tests.Identity.Accounts;

/// <summary>The pages about second factors, as people see them and as keyboards reach them.</summary>
public sealed class FactorPageTests(PasskeyIdentity world) : IClassFixture<PasskeyIdentity>
{
    [Theory]
    [InlineData("en", "Security", "Second step")]
    [InlineData("pt-BR", "Segurança", "Segunda etapa")]
    public async Task Pages_are_accessible_in_both_languages(string locale, string security, string secondStep)
    {
        using var person = await world.NewPersonAsync(locale: locale);
        await using var browser = await world.NewBrowserAsync(person, locale);
        var visit = browser.Visit;

        await browser.Page.GotoAsync("/Account/Login");
        await visit.ExpectAccessibleAsync($"login-{locale}");
        await browser.EnterPasswordAsync();
        await visit.ExpectAccessibleAsync($"security-{locale}");
        Assert.Equal(security, await visit.HeadingAsync());

        await browser.ProveAsync();
        await browser.AddAsync("Laptop");
        await visit.ExpectAccessibleAsync($"security-codes-{locale}");
        await browser.Page.GotoAsync("/Account/Authenticator");
        await visit.ExpectAccessibleAsync($"authenticator-{locale}");
        var secret = (await browser.Page.Locator("#secret").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal);
        await browser.Page.Locator("#code").FillAsync("000000");
        await browser.Page.Locator("#code").PressAsync("Enter");
        await browser.Page.Locator(".problems").WaitForAsync();
        await visit.ExpectAccessibleAsync($"authenticator-wrong-{locale}");
        await browser.Page.Locator("#code").FillAsync(world.Code(secret));
        await browser.Page.Locator("#code").PressAsync("Enter");
        await browser.Page.Locator(".saved").WaitForAsync();
        await visit.ExpectAccessibleAsync($"security-all-{locale}");

        await browser.ForgetAsync();
        await browser.EnterPasswordAsync();
        Assert.Equal(secondStep, await visit.HeadingAsync());
        await visit.ExpectAccessibleAsync($"second-step-{locale}");
        visit.ExpectNoProblems();
    }

    [Theory]
    [InlineData("en")]
    [InlineData("pt-BR")]
    public async Task The_set_up_of_staff_is_accessible_in_both_languages(string locale)
    {
        using var person = await world.NewPersonAsync(isStaff: true, locale);
        await using var browser = await world.NewBrowserAsync(person, locale);

        await browser.EnterPasswordAsync();
        await browser.Visit.ExpectAccessibleAsync($"set-up-{locale}");
        await browser.AddAsync("Laptop");
        await browser.Visit.ExpectAccessibleAsync($"set-up-codes-{locale}");
        browser.Visit.ExpectNoProblems();
    }

    [Fact]
    public async Task The_keyboard_alone_signs_in_with_a_passkey_and_with_a_code()
    {
        using var person = await world.NewPersonAsync();
        await using var browser = await world.NewBrowserAsync(person);
        await browser.EnterPasswordAsync();
        await browser.ProveAsync();
        await browser.AddAsync("Laptop");
        var code = await browser.Page.Locator(".codes code").First.InnerTextAsync();

        await browser.ForgetAsync();
        await browser.Page.GotoAsync("/Account/Login?ReturnUrl=%2FAccount%2FSecurity");
        await PressUntilAsync(browser.Page, "form[data-passkey] button");
        await browser.Page.Keyboard.PressAsync("Enter");
        await browser.Page.Locator("nav").WaitForAsync();
        await browser.ForgetAsync();
        await browser.Page.GotoAsync("/Account/Login?ReturnUrl=%2FAccount%2FSecurity");
        await browser.Page.Locator("#email:focus").WaitForAsync(); // the first field has the focus
        await browser.Page.Keyboard.TypeAsync(person.Email);
        await browser.Page.Keyboard.PressAsync("Tab");
        await browser.Page.Keyboard.TypeAsync(DemoTenants.Password);
        await browser.Page.Keyboard.PressAsync("Enter");
        await browser.Page.Locator("#code").WaitForAsync();
        await browser.Page.Keyboard.TypeAsync(code);
        await browser.Page.Keyboard.PressAsync("Enter");
        await browser.Page.Locator("nav").WaitForAsync();

        Assert.True(browser.IsAt("Security"), browser.Page.Url);
        Assert.Contains("sign_in hwk mfa", await world.AuditAsync(person));
        Assert.Contains("sign_in pwd otp mfa", await world.AuditAsync(person));
    }

    [Fact]
    public async Task Without_scripts_the_password_works_and_no_passkey_is_offered()
    {
        using var person = await world.NewPersonAsync();
        var window = await world.NewWindowAsync(new() { BaseURL = world.App.Issuer, JavaScriptEnabled = false });
        await using var closing = window;
        var page = await window.NewPageAsync();

        await page.GotoAsync("/Account/Login");
        var offered = await page.Locator("form[data-passkey]").IsVisibleAsync();
        await page.Locator("#email").FillAsync(person.Email);
        await page.Locator("#password").FillAsync(DemoTenants.Password);
        await page.Locator("#password").PressAsync("Enter");
        await page.Locator("nav").WaitForAsync();

        Assert.False(offered);
        Assert.Equal("/", new Uri(page.Url).AbsolutePath);
    }

    private static async Task PressUntilAsync(IPage page, string selector)
    {
        for (var i = 0; i < 20; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.Locator(selector).EvaluateAsync<bool>("element => element === document.activeElement")) return;
        }

        Assert.Fail($"The keyboard does not reach {selector}.");
    }
}
