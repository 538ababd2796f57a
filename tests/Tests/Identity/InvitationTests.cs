using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;
using Platform.Identity.Accounts;
using Platform.Identity.Mails;
using Platform.Tests.Identity.Support;
using Platform.Tests.Worker;

namespace Platform.Tests.Identity;

/// <summary>The mail to an invited person, and the page that its link opens.</summary>
public sealed class InvitationTests(MailingIdentity world) : IClassFixture<MailingIdentity>
{
    private readonly IdentityApp _app = world.App;

    private static string NewEmail() => $"i{Guid.CreateVersion7():n}@example.com";

    [Theory]
    [InlineData("pt-BR", "Convite para Clínica Aurora", "Definir senha")]
    [InlineData("en", "You have been invited to Clínica Aurora", "Set password")]
    public async Task The_link_in_the_mail_sets_a_password_once_and_lets_the_person_in(
        string locale, string subject, string button)
    {
        var email = NewEmail();
        var id = await InviteAsync(email, locale, "Clínica Aurora");
        var mail = Assert.Single(await world.MailsAsync(email));
        using var person = new Person(_app, id, email);

        var page = await person.GoAsync(MailingIdentity.LinkIn(mail));
        var done = await person.SubmitAsync(page, ("Input.Password", DemoTenants.Password), ("Input.Repeat", DemoTenants.Password));
        var again = await person.GoAsync(MailingIdentity.LinkIn(mail));
        var landing = await person.EnterAsync(_app.Client().Request());

        Assert.Contains(subject, mail, StringComparison.Ordinal);
        Assert.Contains("Nova Pessoa", mail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains(button, page.Html, StringComparison.Ordinal);
        Assert.Contains(email, page.Html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, done.Status);
        Assert.Contains($"href=\"{_app.Hub.Url}", done.Html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        Assert.DoesNotContain(email, again.Html, StringComparison.Ordinal);
        Assert.True(landing.IsAt(_app.Client().RedirectUri), landing.Url.ToString());
        await _app.ChangeAccountAsync(id, (_, account) =>
        {
            Assert.True(account.EmailConfirmed);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_person_with_a_password_gets_no_mail_and_a_waiting_person_gets_one_per_minute()
    {
        var token = await TokenAsync();
        using var known = await _app.NewPersonAsync();
        var email = NewEmail();

        await InviteAsync(known.Email, token: token);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => InviteAsync(email, token: token)));
        Assert.Single(await world.MailsAsync(email));
        await InviteAsync(email, token: token);
        _app.Clock.Advance(TimeSpan.FromSeconds(61));
        await InviteAsync(email, token: token);

        Assert.Equal(2, (await world.MailsAsync(email, 2)).Count);
        Assert.DoesNotContain(world.Mail.Messages, m => m.Contains(known.Email, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("", "", "Enter your password.")]
    [InlineData("123456789", "123456789", "Use at least 10 characters.")]
    [InlineData("long enough for us", "long enough for you", "The two passwords are not the same.")]
    public async Task An_unacceptable_password_is_refused_and_the_link_still_works(
        string password, string repeat, string problem)
    {
        var email = NewEmail();
        var id = await InviteAsync(email, "en");
        using var person = new Person(_app, id, email);
        var page = await person.GoAsync(MailingIdentity.LinkIn((await world.MailsAsync(email))[0]));

        var refused = await person.SubmitAsync(page, ("Input.Password", password), ("Input.Repeat", repeat));
        var done = await person.SubmitAsync(page, ("Input.Password", "long enough for us"), ("Input.Repeat", "long enough for us"));

        Assert.Contains(problem, WebUtility.HtmlDecode(refused.Html), StringComparison.Ordinal);
        Assert.Contains("Your password is set.", done.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.BadRequest)]
    public async Task A_link_works_for_three_days(int minutesMore, HttpStatusCode status)
    {
        var email = NewEmail();
        var id = await InviteAsync(email);
        using var person = new Person(_app, id, email);

        var page = await person.GoAsync(await OlderLinkAsync(id, TimeSpan.FromDays(3) + TimeSpan.FromMinutes(minutesMore)));

        Assert.Equal(status, page.Status);
    }

    [Fact]
    public async Task A_forged_link_is_refused()
    {
        var email = NewEmail();
        var id = await InviteAsync(email);
        using var person = new Person(_app, id, email);
        var link = MailingIdentity.LinkIn((await world.MailsAsync(email))[0]);

        foreach (var wrong in (string[])
        [
            $"{link}x", link[..^4], link.Split('?')[0], $"{link.Split('?')[0]}?token=%00",
            $"{link.Split('?')[0]}?token={new string('a', 5_000)}",
            link.Replace("/Account/Accept", "/Account/ResetPassword", StringComparison.Ordinal), // made for another purpose
        ])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await person.GoAsync(wrong)).Status);
        }

        await _app.ChangeAccountAsync(id, async (accounts, account) =>
        {
            account.DeactivatedAt = DateTimeOffset.UnixEpoch;
            await accounts.UpdateAsync(account);
        });
        Assert.Equal(HttpStatusCode.BadRequest, (await person.GoAsync(link)).Status);
    }

    [Fact]
    public async Task Concurrent_uses_of_one_link_set_the_password_once()
    {
        var email = NewEmail();
        var id = await InviteAsync(email, "en");
        using var person = new Person(_app, id, email);
        var page = await person.GoAsync(MailingIdentity.LinkIn((await world.MailsAsync(email))[0]));

        var landings = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => person.SubmitAsync(
            page, ("Input.Password", $"long enough {i}"), ("Input.Repeat", $"long enough {i}"))));

        var winner = Assert.Single(landings.Index(), landing => landing.Item.Status == HttpStatusCode.OK).Index;
        await _app.ChangeAccountAsync(id, async (accounts, account) =>
            Assert.True(await accounts.CheckPasswordAsync(account, $"long enough {winner}")));
    }

    [Fact]
    public async Task A_mail_that_the_server_refuses_is_sent_later()
    {
        var email = NewEmail();
        var token = await TokenAsync();
        var before = world.Mail.Attempts;
        world.Mail.Recipient = _ => "451 later";

        await InviteAsync(email, token: token);
        await Eventually.TrueAsync(() => world.Mail.Attempts > before);
        world.Mail.Recipient = _ => "250 fine";
        _app.Clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Single(await world.MailsAsync(email));
    }

    /// <summary>The link as it would be if it had been made so much earlier.</summary>
    private async Task<string> OlderLinkAsync(long id, TimeSpan by)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var clock = new FakeTimeProvider(_app.Clock.GetUtcNow() - by);
        var values = new ProtectedValues(services.GetRequiredService<IDataProtectionProvider>(), clock);
        var db = services.GetRequiredService<IdentityDb>();
        return new AccountLinks(values, db, services.GetRequiredService<IConfiguration>())
            .Create(LinkPurpose.FirstPassword, await db.Users.SingleAsync(account => account.Id == id));
    }

    private async Task<string> TokenAsync() =>
        (await _app.Client("api").TokenAsync(("grant_type", "client_credentials"), ("scope", "accounts"))).AccessToken!;

    private async Task<long> InviteAsync(
        string email, string locale = "en", string? organisation = null, string? token = null)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token ?? await TokenAsync());
        using var answer = await http.PostAsJsonAsync(
            $"{_app.Issuer}/api/accounts", new CreateAccountRequest(email, "Nova Pessoa", locale, Invite: true, organisation));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<AccountResponse>())!.Id;
    }
}
