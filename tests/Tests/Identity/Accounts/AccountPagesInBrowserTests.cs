namespace Platform.Tests.Identity.Accounts;

/// <summary>Every page of one's account and of sign-in, as people see it.</summary>
public sealed class AccountPagesInBrowserTests(PasskeyIdentity world) : IClassFixture<PasskeyIdentity>
{
    private static readonly string[] OfAccount =
        ["/", "/Account/Email", "/Account/Password", "/Account/Security", "/Account/Sessions", "/Account/History", "/Account/Delete"];

    private static readonly string[] ForAnybody =
        ["/Account/Login", "/Account/ForgotPassword", "/Account/ResetPassword", "/Account/ConfirmEmail", "/Account/ConfirmSignUp", "/Error/404"];

    [Theory]
    [InlineData("en")]
    [InlineData("pt-BR")]
    public async Task Every_page_is_accessible_in_both_languages(string locale)
    {
        using var person = await world.NewPersonAsync(locale: locale);
        await using var browser = await world.NewBrowserAsync(person, locale);

        foreach (var path in ForAnybody)
        {
            await browser.Page.GotoAsync(path);
            await browser.Visit.ExpectAccessibleAsync($"identity{path.Replace('/', '-')}-{locale}");
        }

        await browser.Page.GotoAsync("/Account/Login");
        await browser.EnterPasswordAsync();
        foreach (var path in OfAccount)
        {
            await browser.Page.GotoAsync(path);
            await browser.Visit.ExpectAccessibleAsync($"identity-of-account{path.Replace('/', '-')}-{locale}");
        }
    }
}
