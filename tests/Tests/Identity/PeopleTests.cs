using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity;

/// <summary>Sign-in and refresh while the Api returns no person context.</summary>
public sealed class PeopleTests(IdentityFixture fixture)
{
    [Fact]
    public async Task The_API_is_called_with_a_token_of_Identity_itself()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        await person.TokensAsync(app.Client());

        var token = new JsonWebToken(app.Api.Authorizations.First()["Bearer ".Length..]);

        Assert.Equal(
            ("identity", "person_context"), (token.GetClaim("client_id").Value, token.GetClaim("scope").Value));
        Assert.Equal(["api"], token.Audiences);
    }

    [Fact]
    public async Task Sign_in_fails_with_an_explanation_while_the_API_is_down_and_works_again_later()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var page = await person.AuthorizeAsync(client.Request());

        app.Api.IsDown = true;
        var refused = await person.FillInAsync(page);
        app.Api.IsDown = false;
        var landing = await person.FillInAsync(page);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.True(refused.IsSignInPage);
        Assert.NotNull(landing["code"]);
    }

    [Fact]
    public async Task A_refresh_keeps_its_claims_for_one_token_lifetime_and_is_not_lost_afterwards()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        app.Api.IsDown = true;
        app.Clock.Advance(TimeSpan.FromMinutes(8));
        var second = await client.RefreshAsync(first.RefreshToken);
        app.Clock.Advance(TimeSpan.FromMinutes(8));
        var third = await client.RefreshAsync(second.RefreshToken);
        app.Api.IsDown = false;
        var fourth = await client.RefreshAsync(second.RefreshToken);

        Assert.Equal("1", new JsonWebToken(second.AccessToken).GetClaim("tenant_id").Value);
        Assert.Equal(503, third.Status);
        Assert.NotEqual("invalid_grant", third["error"]);
        fourth.IsGranted();
    }

    [Fact]
    public async Task A_person_who_is_a_member_of_no_tenant_cannot_sign_in()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        app.Api.SetTenants(person.Id);

        var landing = await person.EnterAsync(app.Client().Request());

        Assert.Equal(HttpStatusCode.Forbidden, landing.Status);
        Assert.True(landing.IsSignInPage);
    }

    [Fact]
    public async Task Only_staff_enters_the_console_of_the_platform()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        using var staff = await app.NewPersonAsync();
        await app.ChangeAccountAsync(staff.Id, (accounts, account) =>
        {
            account.PlatformRole = "internal_admin";
            return accounts.UpdateAsync(account);
        });
        var client = app.Client("admin");
        (string, string?)[] scope = [("scope", "openid profile email offline_access platform")];

        var refused = await person.EnterAsync(client.Request(scope));
        var tokens = await staff.TokensAsync(client, scope);

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal("internal_admin", new JsonWebToken(tokens.AccessToken).GetClaim("platform_role").Value);
    }
}
