using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using Platform.Tests.SignIn;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.Identity.SingleSignOn;

/// <summary>The pages of a sign-in at one's organisation, as people see and use them.</summary>
public sealed class SingleSignOnPageTests(SingleSignOnApp world, Chromium chromium) : IClassFixture<SingleSignOnApp>
{
    public static TheoryData<string, string, string, string> Languages => new()
    {
        { "en", "light", "Use my organisation’s sign-in", "Sign-in at your organisation" },
        { "en", "phone", "Use my organisation’s sign-in", "Sign-in at your organisation" },
        { "pt-BR", "dark", "Usar o login da minha organização", "Login na sua organização" },
    };

    [Theory, MemberData(nameof(Languages))]
    public async Task A_person_uses_single_sign_on_with_the_keyboard_and_returns_from_the_error(
        string language, string view, string button, string title)
    {
        await using var provider = await TestProvider.StartAsync();
        var tenant = SingleSignOnApp.NewTenant();
        await world.SetUpAsync(tenant, SingleSignOnApp.RequestOf(tenant, provider.Issuer));
        var options = Views.Named(view);
        options.Locale = language;
        await using var visit = await Visit.StartAsync(await chromium.NewWindowAsync(options));

        await visit.Page.GotoAsync(SignInUrl());
        await visit.ExpectAccessibleAsync($"sso-form-{language}-{view}");
        await visit.Page.Locator("#email").FillAsync($"ana@{SingleSignOnApp.DomainOf(tenant)}");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = button }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.ArriveAsync($"**/sso/{tenant}?*"); // the provider says no e-mail address

        Assert.Equal(title, await visit.HeadingAsync());
        await visit.ExpectAccessibleAsync($"sso-refused-{language}-{view}");
        await visit.Page.Locator("main a").ClickAsync();
        await visit.Page.ArriveAsync("**/Account/Login?*");
        Assert.Contains("ReturnUrl", visit.Page.Url, StringComparison.Ordinal);
    }

    private string SignInUrl() =>
        QueryHelpers.AddQueryString($"{world.App.Issuer}/connect/authorize", world.App.Client().Request());
}
