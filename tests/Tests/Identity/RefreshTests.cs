using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity;

/// <summary>Refresh tokens (rule T7).</summary>
public sealed class RefreshTests(IdentityFixture fixture)
{
    [Fact]
    public async Task A_refresh_gives_new_tokens_of_the_same_sign_in()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        var second = await client.RefreshAsync(first.RefreshToken);
        var third = await client.RefreshAsync(second.RefreshToken);

        third.IsGranted();
        Assert.NotEqual(first.AccessToken, second.AccessToken);
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        Assert.Contains("no-store", $"{second.Response.Headers.CacheControl}", StringComparison.Ordinal);

        var (before, after) = (new JsonWebToken(first.IdToken), new JsonWebToken(second.IdToken));
        Assert.False(after.TryGetClaim("nonce", out _) && !before.TryGetClaim("nonce", out _));
        foreach (var claim in (string[])["iss", "sub", "aud", "auth_time", "sid"])
        {
            Assert.Equal(before.GetClaim(claim).Value, after.GetClaim(claim).Value);
        }
    }

    [Fact]
    public async Task A_used_refresh_token_is_refused()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);
        (await client.RefreshAsync(first.RefreshToken)).IsGranted();

        (await client.RefreshAsync(first.RefreshToken)).IsRefused("invalid_grant");
    }

    [Fact]
    public async Task Of_many_refreshes_at_once_one_wins_at_most()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.RefreshAsync(first.RefreshToken)));

        Assert.InRange(answers.Count(answer => answer.Status == 200), 0, 1);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.IsRefused("invalid_grant"));
    }

    [Fact]
    public async Task A_refresh_token_belongs_to_its_client()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        (await app.Client("other").RefreshAsync(first.RefreshToken)).IsRefused("invalid_grant");

        (await client.RefreshAsync(first.RefreshToken)).IsGranted(); // and is not burned by somebody else
    }

    [Theory]
    [InlineData(null)]
    [InlineData("invented")]
    public async Task Without_a_known_token_there_is_nothing(string? token)
    {
        var app = await fixture.SharedAsync();

        var answer = await app.Client().TokenAsync(("grant_type", "refresh_token"), ("refresh_token", token));

        answer.IsRefused("invalid_grant", "invalid_request");
    }

    [Fact]
    public async Task A_disabled_account_or_a_changed_password_ends_it()
    {
        var app = await fixture.SharedAsync();
        var client = app.Client();
        using var disabled = await app.NewPersonAsync();
        using var changed = await app.NewPersonAsync();
        var (one, two) = (await disabled.TokensAsync(client), await changed.TokensAsync(client));

        await app.ChangeAccountAsync(disabled.Id, (accounts, account) =>
        {
            account.DeactivatedAt = app.Clock.GetUtcNow();
            return accounts.UpdateAsync(account);
        });
        await app.ChangeAccountAsync(changed.Id, (accounts, account) => accounts.UpdateSecurityStampAsync(account));

        (await client.RefreshAsync(one.RefreshToken)).IsRefused("invalid_grant");
        (await client.RefreshAsync(two.RefreshToken)).IsRefused("invalid_grant");
    }

    [Fact]
    public async Task A_lost_membership_ends_it_and_changed_roles_show()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        app.Clock.Advance(TimeSpan.FromMinutes(1));
        app.Api.SetTenants(person.Id, ApiStub.Clinic with { Roles = ["viewer"] });
        var second = await client.RefreshAsync(first.RefreshToken);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        app.Api.SetTenants(person.Id, ApiStub.Coworking);
        var third = await client.RefreshAsync(second.RefreshToken);

        Assert.Equal("viewer", new JsonWebToken(second.AccessToken).GetClaim("roles").Value);
        third.IsRefused("invalid_grant");
    }

    [Fact]
    public async Task The_end_of_the_session_ends_it()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        await person.GoAsync($"{app.Issuer}/connect/endsession?id_token_hint={first.IdToken}");

        (await client.RefreshAsync(first.RefreshToken)).IsRefused("invalid_grant");
    }

    [Fact]
    public async Task Use_keeps_the_session_alive_and_idleness_ends_it()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);

        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(20)); // longer than half of the idle time, shorter than all
            tokens = await client.RefreshAsync(tokens.RefreshToken);
            tokens.IsGranted();
        }

        app.Clock.Advance(TimeSpan.FromMinutes(31));
        (await client.RefreshAsync(tokens.RefreshToken)).IsRefused("invalid_grant");
    }
}
