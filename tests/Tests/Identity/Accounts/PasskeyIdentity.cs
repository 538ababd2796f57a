using System.Text.Json;
using Microsoft.Playwright;
using Platform.Contracts.Tenants;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;
using Platform.Tests.Ui;
using Person = Platform.Tests.Identity.Support.Person;

namespace Platform.Tests.Identity.Accounts;

/// <summary>Identity under a name, which passkeys need.</summary>
public sealed class PasskeyIdentity(IdentityFixture identity, Chromium chromium) : FactorIdentity(identity)
{
    protected override string Host => "localhost";

    /// <summary>A browser with a device that has a passkey store and verifies its user.</summary>
    internal async Task<PasskeyBrowser> NewBrowserAsync(Person person, string locale = "en")
    {
        var window = await chromium.NewWindowAsync(new() { BaseURL = App.Issuer, Locale = locale });
        return await PasskeyBrowser.StartAsync(window, person);
    }

    public Task<IBrowserContext> NewWindowAsync(BrowserNewContextOptions options) => chromium.NewWindowAsync(options);
}

/// <summary>A person's browser, with a virtual authenticator of Chromium.</summary>
internal sealed class PasskeyBrowser : IAsyncDisposable
{
    private readonly Visit _visit;
    private readonly ICDPSession _devTools;
    private readonly Person _person;
    private string _authenticator = "";

    private PasskeyBrowser(Visit visit, ICDPSession devTools, Person person) =>
        (_visit, _devTools, _person) = (visit, devTools, person);

    public IPage Page => _visit.Page;

    public Visit Visit => _visit;

    public static async Task<PasskeyBrowser> StartAsync(IBrowserContext window, Person person)
    {
        var visit = await Visit.StartAsync(window);
        var browser = new PasskeyBrowser(visit, await window.NewCDPSessionAsync(visit.Page), person);
        await browser._devTools.SendAsync("WebAuthn.enable");
        var added = await browser._devTools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new
            {
                protocol = "ctap2",
                transport = "internal",
                hasResidentKey = true,
                hasUserVerification = true,
                isUserVerified = true,
                automaticPresenceSimulation = true,
            },
        });
        browser._authenticator = added!.Value.GetProperty("authenticatorId").GetString()!;
        return browser;
    }

    /// <summary>Whether the device finds that the right person holds it.</summary>
    public Task VerifiesAsync(bool isVerified) => _devTools.SendAsync("WebAuthn.setUserVerified", new()
    {
        ["authenticatorId"] = _authenticator,
        ["isUserVerified"] = isVerified,
    });

    /// <summary>Fills in the sign-in form on the way to the page about security.</summary>
    /// <param name="other">The person who signs in; by default the person of the browser.</param>
    public async Task EnterPasswordAsync(Person? other = null)
    {
        await Page.GotoAsync("/Account/Login?ReturnUrl=%2FAccount%2FSecurity");
        await Page.Locator("#email").FillAsync((other ?? _person).Email);
        await Page.Locator("#password").FillAsync(DemoTenants.Password);
        await Page.Locator("button[value=signin]").ClickAsync();
        await Page.Locator("nav, #code").First.WaitForAsync();
    }

    public async Task ProveAsync()
    {
        await Page.Locator("#password").FillAsync(DemoTenants.Password);
        await Page.Locator("form[action$='handler=Prove'] button").ClickAsync();
        await Page.Locator("form[action*='handler=AddPasskey']").WaitForAsync();
    }

    public async Task AddAsync(string name)
    {
        await Page.Locator("#name").FillAsync(name);
        await Page.Locator("form[data-passkey*='New'] button").ClickAsync();
        await Page.Locator("main [role=status], .problems, form [role=alert]:visible").First.WaitForAsync();
    }

    /// <summary>Signs in with the password, adds a passkey and signs out.</summary>
    /// <returns>A recovery code.</returns>
    public async Task<string> StartWithPasskeyAsync()
    {
        await EnterPasswordAsync();
        await ProveAsync();
        await AddAsync("Laptop");
        var code = await Page.Locator(".codes code").First.InnerTextAsync();
        await ForgetAsync();
        return code;
    }

    /// <summary>All cookies go; the device keeps its passkeys.</summary>
    public Task ForgetAsync() => Page.Context.ClearCookiesAsync();

    public ILocator UsePasskey => Page.Locator("form[data-passkey*='Challenge'] button");

    public async Task UsePasskeyAsync()
    {
        await UsePasskey.ClickAsync();
        await Page.Locator("nav, .problems, form [role=alert]:visible").First.WaitForAsync();
    }

    /// <summary>Makes the page ask the device for less than the server does.</summary>
    public Task AskForNoVerificationAsync() => Page.RouteAsync("**/Passkeys/Challenge", async route =>
    {
        var answer = await route.FetchAsync();
        var options = JsonSerializer.Deserialize<Dictionary<string, object>>(await answer.TextAsync())!;
        options["userVerification"] = "discouraged";
        await route.FulfillAsync(new() { Response = answer, Body = JsonSerializer.Serialize(options) });
    });

    public bool IsAt(string page) => new Uri(Page.Url).AbsolutePath == $"/Account/{page}";

    public ValueTask DisposeAsync() => _visit.DisposeAsync();
}
