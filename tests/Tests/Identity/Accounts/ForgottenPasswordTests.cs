using System.Net;
using System.Text.RegularExpressions;
using Platform.Contracts.Tenants;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.Accounts;

public sealed partial class ForgottenPasswordTests(MailingIdentity world) : IClassFixture<MailingIdentity>
{
    private const string NewPassword = "quite another phrase";
    private readonly IdentityApp _app = world.App;

    [Fact]
    public async Task The_link_sets_a_password_once_and_ends_every_session()
    {
        using var person = await _app.NewPersonAsync();
        var client = _app.Client();
        var tokens = await person.TokensAsync(client);

        var sent = await AskAsync(person, person.Email);
        var mail = Assert.Single(await world.MailsAsync(person.Email));
        var page = await person.GoAsync(MailingIdentity.LinkIn(mail));
        var done = await person.SubmitAsync(page, ("Input.Password", NewPassword), ("Input.Repeat", NewPassword));
        var again = await person.GoAsync(MailingIdentity.LinkIn(mail));

        Assert.Contains("If this address has an account", sent.Html, StringComparison.Ordinal);
        Assert.Contains("Defina uma nova senha", mail, StringComparison.Ordinal);
        Assert.Contains("A sua senha está definida", WebUtility.HtmlDecode(done.Html), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        (await client.RefreshAsync(tokens.RefreshToken)).IsRefused("invalid_grant");
        Assert.True((await person.EnterAsync(client.Request(), DemoTenants.Password)).IsSignInPage);
        Assert.NotNull((await person.EnterAsync(client.Request(), NewPassword)).Code);
        Assert.Contains("A sua senha foi alterada", (await world.MailsAsync(person.Email, 2))[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_response_does_not_reveal_whether_the_address_has_an_account()
    {
        using var person = await _app.NewPersonAsync();
        var unknown = $"u{Guid.CreateVersion7():n}@example.com";

        var (first, second) = (await AskAsync(person, person.Email), await AskAsync(person, unknown));

        Assert.Equal(Neutral(first.Html), Neutral(second.Html));
        Assert.Single(await world.MailsAsync(person.Email));
        Assert.Empty(world.MailsTo(unknown));
    }

    [Fact]
    public async Task A_second_request_within_a_minute_sends_no_second_mail()
    {
        using var person = await _app.NewPersonAsync();

        await AskAsync(person, person.Email);
        await AskAsync(person, person.Email.ToUpperInvariant());
        await world.MailsAsync(person.Email);
        _app.Clock.Advance(TimeSpan.FromSeconds(61));
        await AskAsync(person, person.Email);

        Assert.Equal(2, (await world.MailsAsync(person.Email, 2)).Count);
    }

    [Fact]
    public async Task A_link_works_for_one_hour()
    {
        using var person = await _app.NewPersonAsync();
        await AskAsync(person, person.Email);
        var link = MailingIdentity.LinkIn((await world.MailsAsync(person.Email))[0]);

        _app.Clock.Advance(TimeSpan.FromMinutes(58));
        var before = await person.GoAsync(link);
        _app.Clock.Advance(TimeSpan.FromMinutes(3));
        var after = await person.GoAsync(link);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (before.Status, after.Status));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no address")]
    [InlineData("a b@example.com")]
    [InlineData("Name <a@example.com>")]
    public async Task An_invalid_address_is_reported_on_the_page(string email)
    {
        using var person = await _app.NewPersonAsync();

        var page = await AskAsync(person, email);

        Assert.Contains("aria-invalid=\"true\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("class=\"problems\"", page.Html, StringComparison.Ordinal);
    }

    private async Task<Landing> AskAsync(Person person, string email)
    {
        var page = await person.GoAsync($"{_app.Issuer}/Account/ForgotPassword");
        return await person.SubmitAsync(page, ("Email", email));
    }

    private static string Neutral(string html) => Token().Replace(html, "");

    [GeneratedRegex("""value="CfDJ8[^"]+""")]
    private static partial Regex Token();
}
