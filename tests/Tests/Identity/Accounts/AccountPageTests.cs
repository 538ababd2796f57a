using System.Net;
using System.Text.RegularExpressions;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Contracts.Tenants;
using Platform.Tests.Identity.Support;
using Platform.Tests.Worker;

namespace Platform.Tests.Identity.Accounts;

/// <summary>What people do with their own account.</summary>
public sealed partial class AccountPageTests(MailingIdentity world) : IClassFixture<MailingIdentity>
{
    private const string NewPassword = "quite another phrase";
    private readonly IdentityApp _app = world.App;

    [Fact]
    public async Task Name_and_language_are_saved_and_reported_to_the_Api_also_after_an_outage()
    {
        using var person = await SignedInAsync();
        var page = await person.GoAsync($"{_app.Issuer}/");

        _app.Api.IsDown = true;
        var saved = await person.SubmitAsync(page, ("Name", "Paula Nova"), ("Locale", "en"));
        _app.Api.IsDown = false;

        Assert.Contains("Saved.", saved.Html, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => _app.Api.Profiles.ContainsKey(person.Id));
        Assert.Equal(("Paula Nova", "en", person.Email), (_app.Api.Profiles[person.Id].Name, _app.Api.Profiles[person.Id].Locale, _app.Api.Profiles[person.Id].Email));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\u0007b")]
    public async Task An_invalid_name_is_not_saved(string name)
    {
        using var person = await SignedInAsync();

        var page = await person.SubmitAsync(await person.GoAsync($"{_app.Issuer}/"), ("Name", name), ("Locale", "en"));

        Assert.Contains("class=\"problems\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("value=\"Paula Prova\"", (await person.GoAsync($"{_app.Issuer}/")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_password_needs_the_old_one_and_ends_the_other_sessions()
    {
        using var person = await SignedInAsync();
        using var other = person.InAnotherBrowser();
        var client = _app.Client();
        var elsewhere = await other.TokensAsync(client);
        var page = await person.GoAsync($"{_app.Issuer}/Account/Password");

        var wrong = await ChangeAsync(page, "not the old one");
        var changed = await ChangeAsync(page, DemoTenants.Password);

        Assert.Contains("id=\"current\" name=\"Input.Current\"", wrong.Html, StringComparison.Ordinal);
        Assert.Contains("class=\"problems\"", wrong.Html, StringComparison.Ordinal);
        Assert.Contains("class=\"saved\"", changed.Html, StringComparison.Ordinal);
        Assert.Equal("/Account/Password", (await person.GoAsync($"{_app.Issuer}/Account/Password")).Url.AbsolutePath);
        Assert.True((await other.GoAsync($"{_app.Issuer}/Account/Password")).IsSignInPage);
        (await client.RefreshAsync(elsewhere.RefreshToken)).IsRefused("invalid_grant");
        Assert.Contains("A sua senha foi alterada", string.Concat(await world.MailsAsync(person.Email, 2)), StringComparison.Ordinal);

        Task<Landing> ChangeAsync(Landing at, string current) => person.SubmitAsync(
            at, ("Input.Current", current), ("Input.Password", NewPassword), ("Input.Repeat", NewPassword));
    }

    [Fact]
    public async Task The_address_changes_when_both_addresses_have_confirmed_it()
    {
        using var person = await SignedInAsync();
        var email = $"n{Guid.CreateVersion7():n}@example.com";
        var page = await person.GoAsync($"{_app.Issuer}/Account/Email");

        var wrong = await person.SubmitAsync(page, ("NewEmail", email), ("Password", "not the password"));
        await person.SubmitAsync(page, ("NewEmail", email), ("Password", DemoTenants.Password));
        var atOld = MailingIdentity.LinkIn((await world.MailsAsync(person.Email))[^1]);
        var atNew = MailingIdentity.LinkIn((await world.MailsAsync(email))[0]);
        await person.GoAsync(atNew); // a mail scanner opens it
        var first = await person.SubmitAsync(await person.GoAsync(atOld));
        var twice = await person.SubmitAsync(await person.GoAsync(atOld));
        var between = await person.GoAsync($"{_app.Issuer}/");
        var second = await person.SubmitAsync(await person.GoAsync(atNew));

        Assert.Contains("class=\"problems\"", wrong.Html, StringComparison.Ordinal);
        Assert.Contains("Confirmado.", first.Html, StringComparison.Ordinal);
        Assert.Contains("Confirmado.", twice.Html, StringComparison.Ordinal);
        Assert.Equal("/", between.Url.AbsolutePath); // still signed in
        Assert.Contains("O e-mail da sua conta foi alterado", second.Html, StringComparison.Ordinal);
        Assert.True((await person.GoAsync($"{_app.Issuer}/")).IsSignInPage);
        Assert.True((await person.EnterAsync(_app.Client().Request())).IsSignInPage); // not by the old address
        var form = await person.AuthorizeAsync(_app.Client().Request());
        Assert.NotNull((await person.FillInAsync(form, address: email)).Code);
        await Eventually.TrueAsync(() => _app.Api.Profiles.TryGetValue(person.Id, out var profile) && profile.Email == email);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.GoAsync(atNew)).Status);
    }

    [Fact]
    public async Task An_address_of_another_account_is_refused_only_after_its_mail_was_confirmed()
    {
        using var person = await SignedInAsync();
        using var other = await _app.NewPersonAsync();

        var asked = await person.SubmitAsync(
            await person.GoAsync($"{_app.Issuer}/Account/Email"), ("NewEmail", other.Email), ("Password", DemoTenants.Password));
        foreach (var address in new[] { person.Email, other.Email })
        {
            var link = MailingIdentity.LinkIn((await world.MailsAsync(address))[^1]);
            var page = await person.SubmitAsync(await person.GoAsync(link));
            if (address == other.Email) Assert.Equal(HttpStatusCode.Conflict, page.Status);
        }

        Assert.Contains("class=\"saved\"", asked.Html, StringComparison.Ordinal);
        Assert.NotNull((await person.EnterAsync(_app.Client().Request(("acr_values", "tenant:porto-cowork"), ("prompt", "login")))).Code);
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended_and_their_applications_are_notified()
    {
        using var person = await SignedInAsync();
        using var other = person.InAnotherBrowser();
        var client = _app.Client();
        var tokens = await other.TokensAsync(client);
        var sid = new JsonWebToken(tokens.IdToken).GetClaim("sid").Value;

        var page = await person.GoAsync($"{_app.Issuer}/Account/Sessions");
        var ended = await person.SubmitAsync(page with { Url = new($"{page.Url}?handler=End") }, ("id", sid));

        Assert.Equal(2, Cards().Count(page.Html));
        Assert.Contains("Platform Hub", page.Html, StringComparison.Ordinal);
        Assert.Contains("Firefox, Windows", page.Html, StringComparison.Ordinal);
        Assert.Equal(1, Cards().Count(ended.Html));
        (await client.RefreshAsync(tokens.RefreshToken)).IsRefused("invalid_grant");
        await Eventually.TrueAsync(() => _app.Hub.LogoutTokens.Any(token => new JsonWebToken(token).GetClaim("sid").Value == sid));
    }

    [Fact]
    public async Task A_person_cannot_end_the_session_of_another_person()
    {
        using var person = await SignedInAsync();
        using var victim = await _app.NewPersonAsync();
        var client = _app.Client();
        var tokens = await victim.TokensAsync(client);
        var page = await person.GoAsync($"{_app.Issuer}/Account/Sessions");

        await person.SubmitAsync(
            page with { Url = new($"{page.Url}?handler=End") }, ("id", new JsonWebToken(tokens.IdToken).GetClaim("sid").Value));

        (await client.RefreshAsync(tokens.RefreshToken)).IsGranted();
    }

    [Fact]
    public async Task The_history_shows_what_happened_at_sign_in()
    {
        using var person = await _app.NewPersonAsync();
        var form = await person.AuthorizeAsync(_app.Client().Request());
        await person.FillInAsync(form, "a wrong password");
        await person.FillInAsync(form);

        var page = await person.GoAsync($"{_app.Issuer}/Account/History");

        Assert.Matches("(?s)Entrou.*Falha ao entrar", page.Html);
        Assert.Contains("Platform Hub", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_from_another_browser_sends_a_mail_and_one_from_the_same_browser_does_not()
    {
        using var person = await _app.NewPersonAsync();
        using var other = person.InAnotherBrowser();

        await person.TokensAsync(_app.Client());
        await person.TokensAsync(_app.Client(), ("prompt", "login"));
        await other.TokensAsync(_app.Client());

        var mail = Assert.Single(await world.MailsAsync(person.Email));
        Assert.Contains("Firefox, Windows", mail, StringComparison.Ordinal);
        Assert.Contains("/Account/ForgotPassword", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_deletion_of_an_account_is_asked_for_and_withdrawn()
    {
        using var person = await SignedInAsync();
        var page = await person.GoAsync($"{_app.Issuer}/Account/Delete");

        var asked = await person.SubmitAsync(page with { Url = new($"{page.Url}?handler=Ask") });
        var withdrawn = await person.SubmitAsync(page with { Url = new($"{page.Url}?handler=Withdraw") });

        Assert.Contains("Você solicitou a exclusão", asked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Você solicitou a exclusão", withdrawn.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_of_an_earlier_session_saves_nothing_and_is_shown_again()
    {
        using var person = await SignedInAsync();
        var page = await person.GoAsync($"{_app.Issuer}/Account/Delete");

        var again = await person.PostAsync($"{page.Url}?handler=Ask", [new("__RequestVerificationToken", "of another session")]);

        Assert.Contains("Nada foi salvo", again.Html, StringComparison.Ordinal);
        Assert.Equal(("/Account/Delete", HttpStatusCode.OK), (again.Url.AbsolutePath, again.Status));
        Assert.DoesNotContain("Você solicitou a exclusão", again.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/Account/Email")]
    [InlineData("/Account/Password")]
    [InlineData("/Account/Sessions")]
    [InlineData("/Account/History")]
    [InlineData("/Account/Delete")]
    public async Task Without_a_session_the_pages_lead_to_the_sign_in_form_and_back(string path)
    {
        using var person = await _app.NewPersonAsync();

        var form = await person.GoAsync($"{_app.Issuer}{path}");
        var landing = await person.FillInAsync(form);

        Assert.True(form.IsSignInPage);
        Assert.Equal(path, landing.Url.AbsolutePath);
    }

    private async Task<Person> SignedInAsync()
    {
        var person = await _app.NewPersonAsync();
        await person.FillInAsync(await person.GoAsync($"{_app.Issuer}/Account/Login"));
        return person;
    }

    [GeneratedRegex("<h2>")]
    private static partial Regex Cards();
}
