using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Tests.Identity.Support;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

/// <summary>Changes of a person by staff also apply to their account in Identity.</summary>
[Collection(typeof(WithIdentity))]
public sealed class CarriedOverTests(InvitingPlatform world, PlatformFixture withoutIdentity)
{
    private readonly PlatformFixture _platform = world.Platform;

    [Fact]
    public async Task A_name_and_a_language_reach_the_account_and_end_no_session()
    {
        using var person = await KnownPersonAsync();
        var client = world.Identity.Client();
        var tokens = await person.TokensAsync(client);

        await _platform.StaffAsync<StaffUserResponse>("PATCH", $"/users/{person.Id}", """{ "name": "Nome Novo", "locale": "en" }""");

        var account = await AccountAsync(person);
        Assert.Equal(("Nome Novo", "en", null), (account.Name, account.Locale, account.DeactivatedAt));
        (await client.RefreshAsync(tokens.RefreshToken)).IsGranted();
    }

    [Fact]
    public async Task A_deactivated_person_gets_no_tokens_and_sees_the_reason_after_the_right_password()
    {
        using var person = await KnownPersonAsync();
        var client = world.Identity.Client();
        var tokens = await person.TokensAsync(client);
        using var browser = new Person(world.Identity, person.Id, person.Email);
        var form = await browser.AuthorizeAsync(client.Request(("ui_locales", "en")));

        await _platform.StaffAsync<StaffUserResponse>("PATCH", $"/users/{person.Id}", """{ "active": false }""");
        var refresh = await client.RefreshAsync(tokens.RefreshToken);
        var landing = await browser.FillInAsync(form);
        var wrong = await browser.FillInAsync(form, "not the password");
        var session = await person.AuthorizeAsync(client.Request());

        refresh.IsRefused("invalid_grant");
        Assert.Equal(HttpStatusCode.Forbidden, landing.Status);
        Assert.Contains("This account has been deactivated.", landing.Html, StringComparison.Ordinal);
        Assert.Contains("We could not sign you in.", wrong.Html, StringComparison.Ordinal);
        Assert.True(session.IsSignInPage);

        await _platform.StaffAsync<StaffUserResponse>("PATCH", $"/users/{person.Id}", """{ "active": true }""");
        (await client.RefreshAsync(tokens.RefreshToken)).IsRefused("invalid_grant");
        Assert.True((await person.AuthorizeAsync(client.Request())).IsSignInPage); // the old session has ended for good
        await person.TokensAsync(client);
    }

    [Fact]
    public async Task A_refused_change_does_not_reach_the_account()
    {
        using var person = await KnownPersonAsync();

        var stale = await _platform.StaffRefusedAsync("PATCH", $"/users/{person.Id}", """{ "name": "X", "active": false }""", 7);

        var account = await AccountAsync(person);
        Assert.Equal((412, Codes.VersionMismatch), stale);
        Assert.Equal(("Paula Prova", null), (account.Name, account.DeactivatedAt));
    }

    [Fact]
    public async Task While_Identity_is_unavailable_a_change_returns_503_and_changes_nothing()
    {
        var tenant = await withoutIdentity.NewCustomerAsync();
        var member = await withoutIdentity.MemberAsync(tenant);

        var refused = await withoutIdentity.StaffRefusedAsync("PATCH", $"/users/{member}", """{ "name": "X", "active": false }""");
        var same = await withoutIdentity.StaffAsync<StaffUserResponse>("PATCH", $"/users/{member}", """{ "active": true }""");

        Assert.Equal((503, Codes.Unavailable), refused);
        Assert.Equal((true, 1L), (same.Active, same.Version));
        Assert.Equal(0, await withoutIdentity.PlatformValueAsync<long>(
            $"select count(*) from audit_log where target_type = 'user' and target_id = {member}"));
    }

    /// <summary>A person with an account and a password who is known to the platform.</summary>
    private async Task<Person> KnownPersonAsync()
    {
        var person = await world.Identity.NewPersonAsync();
        await _platform.ExecutePlatformAsync($"""
            insert into users (id, name, email, locale) values ({person.Id}, 'Paula Prova', '{person.Email}', 'pt-BR')
            """);
        return person;
    }

    private async Task<Account> AccountAsync(Person person)
    {
        await using var scope = world.Identity.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().FindByIdAsync($"{person.Id}"))!;
    }
}
