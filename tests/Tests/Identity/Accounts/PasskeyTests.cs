using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Platform.Contracts.Tenants;
using Platform.Identity.Factors;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.Accounts;

/// <summary>Passkeys in Chromium, with its virtual authenticator.</summary>
public sealed class PasskeyTests(PasskeyIdentity world) : IClassFixture<PasskeyIdentity>
{
    [Fact]
    public async Task A_person_adds_a_passkey_and_signs_in_with_it_alone()
    {
        using var person = await world.NewPersonAsync();
        await using var browser = await world.NewBrowserAsync(person);

        await browser.EnterPasswordAsync();
        await browser.ProveAsync();
        await browser.AddAsync("Laptop of Paula");
        var codes = await browser.Page.Locator(".codes code").CountAsync();
        await browser.ForgetAsync();
        await browser.Page.GotoAsync("/Account/Login?ReturnUrl=%2FAccount%2FSecurity");
        await browser.UsePasskeyAsync();

        Assert.True(browser.IsAt("Security"), browser.Page.Url);
        Assert.Equal(10, codes);
        Assert.Equal("Laptop of Paula", await browser.Page.Locator(".cards h3").InnerTextAsync());
        Assert.Contains("sign_in hwk mfa", await world.AuditAsync(person));
        Assert.Contains("factor_added passkey", await world.AuditAsync(person));
        Assert.Contains("factors_changed", await world.MailsAsync(person));
        Assert.NotNull((await SummaryAsync(person)).Passkeys.Single().LastUsedAt);
        browser.Visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_passkey_is_the_second_factor_after_the_password()
    {
        using var person = await world.NewPersonAsync();
        await using var browser = await world.NewBrowserAsync(person);
        await browser.StartWithPasskeyAsync();

        await browser.EnterPasswordAsync();
        var asked = browser.IsAt("ShowSecondFactor");
        await browser.UsePasskeyAsync();

        Assert.True(asked);
        Assert.True(browser.IsAt("Security"), browser.Page.Url);
        Assert.Contains("sign_in pwd hwk mfa", await world.AuditAsync(person));
    }

    [Fact]
    public async Task A_device_that_did_not_verify_the_person_is_refused_by_the_browser_and_by_the_server()
    {
        using var person = await world.NewPersonAsync();
        await using var browser = await world.NewBrowserAsync(person);
        await browser.StartWithPasskeyAsync();
        await browser.VerifiesAsync(false);

        await browser.Page.GotoAsync("/Account/Login");
        await browser.UsePasskeyAsync();
        var byBrowser = await browser.Page.Locator("form [role=alert]:visible").CountAsync();
        await browser.AskForNoVerificationAsync();
        await browser.UsePasskeyAsync();

        Assert.Equal(1, byBrowser);
        Assert.True(browser.IsAt("Login"));
        Assert.Equal(1, await browser.Page.Locator(".problems").CountAsync());
        Assert.DoesNotContain("sign_in hwk mfa", await world.AuditAsync(person));
    }

    [Fact]
    public async Task A_removed_passkey_opens_nothing()
    {
        using var person = await world.NewPersonAsync();
        await using var browser = await world.NewBrowserAsync(person);
        await browser.EnterPasswordAsync();
        await browser.ProveAsync();
        await browser.AddAsync("Laptop");

        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Remove Laptop" }).ClickAsync();
        await browser.Page.Locator(".saved").WaitForAsync();
        await browser.ForgetAsync();
        await browser.Page.GotoAsync("/Account/Login");
        await browser.UsePasskeyAsync();
        var refused = (browser.IsAt("Login"), await browser.Page.Locator(".problems").CountAsync());
        await browser.Page.Locator("#email").FillAsync(person.Email);
        await browser.Page.Locator("#password").FillAsync(DemoTenants.Password);
        await browser.Page.Locator("#password").PressAsync("Enter");
        await browser.Page.Locator("nav").WaitForAsync();

        Assert.Equal((true, 1), refused);
        Assert.False((await world.AccountAsync(person)).TwoFactorEnabled);
        Assert.Contains("factor_removed passkey", await world.AuditAsync(person));
    }

    [Fact]
    public async Task Renaming_a_passkey_keeps_its_sessions()
    {
        using var person = await world.NewPersonAsync();
        await using var browser = await world.NewBrowserAsync(person);
        await browser.EnterPasswordAsync();
        await browser.ProveAsync();
        await browser.AddAsync("Laptop");

        await browser.Page.Locator("#name-0").FillAsync("  Grey <laptop> ");
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await browser.Page.Locator(".saved").WaitForAsync();
        var renamed = await browser.Page.Locator(".cards h3").InnerTextAsync();
        await browser.Page.Locator("#name-0").FillAsync("   ");
        await browser.Page.Locator("form[action*='handler=RenamePasskey']").EvaluateAsync("form => form.noValidate = true");
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await browser.Page.Locator(".problems").WaitForAsync();

        Assert.Equal("Grey <laptop>", renamed);
        Assert.Equal("Grey <laptop>", (await SummaryAsync(person)).Passkeys.Single().Name);
        Assert.Contains("factor_renamed passkey", await world.AuditAsync(person));
    }

    [Fact]
    public async Task A_passkey_response_works_once()
    {
        using var person = await world.NewPersonAsync();
        await using var browser = await world.NewBrowserAsync(person);
        await browser.StartWithPasskeyAsync();
        await browser.Page.GotoAsync("/Account/Login");

        var sent = await browser.Page.RunAndWaitForRequestAsync(
            () => browser.UsePasskeyAsync(), request => request.Url.Contains("handler=Passkey", StringComparison.Ordinal));
        var cookies = (await sent.AllHeadersAsync())["cookie"];
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using var replay = new HttpRequestMessage(HttpMethod.Post, sent.Url)
        {
            Content = new StringContent(sent.PostData!, null, "application/x-www-form-urlencoded"),
        };
        replay.Headers.Add("Cookie", cookies);
        using var answer = await client.SendAsync(replay);

        Assert.Contains("id.passkey=", cookies, StringComparison.Ordinal);
        Assert.Contains("sign_in hwk mfa", await world.AuditAsync(person));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode); // the form again
        Assert.DoesNotContain("id.session=", $"{answer.Headers}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passkey_of_another_person_is_refused_as_second_factor_and_as_proof()
    {
        using var person = await world.NewPersonAsync();
        using var stranger = await world.NewPersonAsync();
        await using var own = await world.NewBrowserAsync(person);
        var recoveryCode = await own.StartWithPasskeyAsync();
        await using var browser = await world.NewBrowserAsync(stranger); // has the stranger's device
        await browser.StartWithPasskeyAsync();

        await browser.EnterPasswordAsync(person);
        await browser.UsePasskeyAsync();
        var atSecondStep = browser.IsAt("ShowSecondFactor");
        var code = browser.Page.Locator("#code");
        await code.FillAsync(recoveryCode);
        await code.PressAsync("Enter");
        await browser.Page.Locator("nav").WaitForAsync();
        await browser.UsePasskeyAsync();
        await browser.Page.Locator(".problems").WaitForAsync();

        Assert.True(atSecondStep);
        Assert.Contains("sign_in_failed WrongPasskey", await world.AuditAsync(person));
        Assert.Equal(0, await browser.Page.Locator("form[action*='handler=AddPasskey']").CountAsync());
    }

    [Fact]
    public async Task A_passkey_confirms_a_change_of_factors()
    {
        using var person = await world.NewPersonAsync();
        await using var browser = await world.NewBrowserAsync(person);
        await browser.StartWithPasskeyAsync();
        await browser.EnterPasswordAsync();
        await browser.UsePasskeyAsync();

        await browser.UsePasskey.ClickAsync();

        await browser.Page.Locator("form[action*='handler=AddPasskey']").WaitForAsync();
        Assert.Equal(0, await browser.Page.Locator("form[action*='handler=Prove']").CountAsync());
    }

    [Fact]
    public async Task Staff_set_a_passkey_up_in_the_middle_of_the_sign_in()
    {
        using var person = await world.NewPersonAsync(isStaff: true);
        await using var browser = await world.NewBrowserAsync(person);

        await browser.EnterPasswordAsync();
        var asked = browser.IsAt("SetUpSecondFactor");
        await browser.AddAsync("Laptop");
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await browser.Page.Locator("nav").WaitForAsync();

        Assert.True(asked);
        Assert.True(browser.IsAt("Security"), browser.Page.Url);
        Assert.Contains("sign_in pwd hwk mfa", await world.AuditAsync(person));
    }

    [Fact]
    public async Task A_locked_account_does_not_open_to_its_passkey()
    {
        using var person = await world.NewPersonAsync();
        await using var browser = await world.NewBrowserAsync(person);
        await browser.StartWithPasskeyAsync();
        await world.App.ChangeAccountAsync(person.Id, (accounts, account) =>
            accounts.SetLockoutEndDateAsync(account, world.App.Clock.GetUtcNow().AddMinutes(5)));

        await browser.Page.GotoAsync("/Account/Login");
        await browser.UsePasskeyAsync();

        Assert.Equal(1, await browser.Page.Locator(".problems").CountAsync());
        Assert.Contains("sign_in_failed Locked", await world.AuditAsync(person));
    }

    [Theory]
    [InlineData("/Passkeys/Challenge")]
    [InlineData("/Passkeys/New")]
    [InlineData("/Passkeys/New?signingIn=true")]
    public async Task Challenges_are_available_to_our_pages_only(string path)
    {
        using var client = new HttpClient();

        using var content = new FormUrlEncodedContent([]);
        using var answer = await client.PostAsync(world.App.Issuer + path, content);
        using var unreadable = new StringContent("a=\0", null, "multipart/form-data");
        using var strange = await client.PostAsync(world.App.Issuer + path, unreadable);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (answer.StatusCode, strange.StatusCode));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"id\":\"AAAA\",\"type\":\"public-key\",\"response\":{}}")]
    public async Task An_invalid_passkey_response_is_refused(string credential)
    {
        using var person = await world.NewPersonAsync();
        await using var browser = await world.NewBrowserAsync(person);
        await browser.Page.GotoAsync("/Account/Login");
        await browser.Page.RouteAsync("**/Passkeys/Challenge", async route =>
        {
            await route.FetchAsync(); // the browser has the cookie, and the page no challenge
            await route.AbortAsync();
        });

        await browser.Page.Locator("form[data-passkey]").EvaluateAsync(
            "(form, credential) => { form.elements.Credential.value = credential; form.submit(); }", credential);
        await browser.Page.Locator(".problems").WaitForAsync();

        Assert.True(browser.IsAt("Login"));
    }

    private Task<FactorSummary> SummaryAsync(Person person) => world.InScopeAsync(services =>
        services.GetRequiredService<SecondFactors>().DescribeAsync(person.Id, TestContext.Current.CancellationToken));
}
