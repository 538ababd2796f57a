using System.Net;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Contracts.Tenants;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.Accounts;

/// <summary>The steps between the sign-in form and the session.</summary>
public sealed class SignInStepsTests(IdentityFixture fixture)
{
    [Fact]
    public async Task A_member_of_several_organisations_chooses_one()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var form = await person.AuthorizeAsync(client.Request());

        var choice = await person.SubmitAsync(form, ("Input.Email", person.Email), ("Input.Password", DemoTenants.Password), ("action", "signin"));
        var landing = await person.SubmitAsync(choice, ("tenant", "porto-cowork"));
        var tokens = await client.RedeemAsync(landing.Code);

        Assert.True(choice.IsChoicePage);
        Assert.Contains("Clínica Aurora", choice.Text, StringComparison.Ordinal);
        Assert.Equal("porto-cowork", new JsonWebToken(tokens.AccessToken).GetClaim("tenant_slug").Value);
    }

    [Fact]
    public async Task An_organisation_without_membership_cannot_be_chosen()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var form = await person.AuthorizeAsync(app.Client().Request());
        var choice = await person.SubmitAsync(form, ("Input.Email", person.Email), ("Input.Password", DemoTenants.Password), ("action", "signin"));

        var foreign = await person.SubmitAsync(choice, ("tenant", "of-somebody-else"));

        Assert.Equal(HttpStatusCode.Forbidden, foreign.Status);
        Assert.Equal("", person.Cookie(app.Issuer, "id.session"));
    }

    [Fact]
    public async Task A_browser_without_a_password_step_cannot_choose_an_organisation()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        using var thief = await app.NewPersonAsync();
        var form = await person.AuthorizeAsync(app.Client().Request());
        var choice = await person.SubmitAsync(form, ("Input.Email", person.Email), ("Input.Password", DemoTenants.Password), ("action", "signin"));

        Assert.True((await thief.GoAsync(choice.Url.ToString())).IsSignInPage); // in another browser
    }

    [Fact]
    public async Task A_sign_in_that_waits_for_a_choice_ends_with_a_change_of_the_password()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var form = await person.AuthorizeAsync(app.Client().Request());
        var choice = await person.SubmitAsync(form, ("Input.Email", person.Email), ("Input.Password", DemoTenants.Password), ("action", "signin"));

        await app.ChangeAccountAsync(person.Id, (accounts, account) => accounts.UpdateSecurityStampAsync(account));
        var landing = await person.SubmitAsync(choice, ("tenant", "porto-cowork"));

        Assert.True(landing.IsSignInPage);
    }

    [Fact]
    public async Task The_sign_in_page_has_the_look_of_the_organisation_that_the_person_comes_from()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        app.Api.Brands["violet-clinic"] = new(
            7, "violet-clinic", "Violet & Clinic", "Europe/Lisbon", "en", JsonDocument.Parse("""{"primaryColor":"#6d28d9"}""").RootElement,
            JsonDocument.Parse("{}").RootElement);

        var page = await person.AuthorizeAsync(app.Client().Request(("acr_values", "tenant:violet-clinic")));
        var css = await person.GoAsync($"{app.Issuer}/brand/violet-clinic.css");
        var none = await person.AuthorizeAsync(app.Client().Request(("acr_values", "tenant:nobody")));
        var strange = await person.GoAsync($"{app.Issuer}/brand/..%2f..%2fpeople.css");

        Assert.Contains("<span class=\"brand\">Violet &amp; Clinic</span>", page.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"/brand/violet-clinic.css\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("--brand-primary:#6d28d9", css.Html, StringComparison.Ordinal);
        Assert.Contains("<span>Platform</span>", none.Html, StringComparison.Ordinal);
        Assert.Equal("", strange.Html);
    }

    [Fact]
    public async Task Two_tabs_with_the_form_sign_in_one_after_the_other()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        (string, string?) tenant = ("acr_values", "tenant:clinica-aurora");
        var first = await person.AuthorizeAsync(app.Client().Request(tenant));
        var second = await person.AuthorizeAsync(app.Client().Request(tenant, ("state", "of the second")));

        await person.FillInAsync(first);
        var landing = await person.FillInAsync(second); // its antiforgery token is from before the sign-in

        Assert.Equal("of the second", landing["state"]);
        Assert.NotNull(landing["code"]);
    }

    [Fact]
    public async Task A_form_that_was_open_during_a_sign_out_elsewhere_is_shown_again()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        await person.TokensAsync(client, ("acr_values", "tenant:clinica-aurora"));
        var form = await person.AuthorizeAsync(client.Request(("prompt", "login"), ("acr_values", "tenant:clinica-aurora")));
        await person.SubmitAsync(await person.GoAsync($"{app.Issuer}/Account/Logout"));

        var again = await person.FillInAsync(form);
        var landing = await person.FillInAsync(again);

        Assert.Contains("This page had been open for too long", again.Text, StringComparison.Ordinal);
        Assert.Contains($"value=\"{person.Email}\"", again.Html, StringComparison.Ordinal);
        Assert.NotNull(landing["code"]);
    }

    [Fact]
    public async Task A_tab_that_is_restored_after_an_hour_starts_the_request_again()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        var form = await person.AuthorizeAsync(app.Client().Request(("acr_values", "tenant:clinica-aurora")));
        app.Clock.Advance(TimeSpan.FromMinutes(61));

        var landing = await person.FillInAsync(form);

        Assert.NotNull(landing["code"]);
    }
}
