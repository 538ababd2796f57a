using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity;

/// <summary>The user-info endpoint (rule U1).</summary>
public sealed class UserInfoTests(IdentityFixture fixture)
{
    [Fact]
    public async Task It_gives_the_claims_of_the_scopes()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var full = await person.TokensAsync(client);
        var narrow = await person.TokensAsync(client, ("scope", "openid"));

        var all = await client.UserInfoAsync(full.AccessToken);
        var little = await client.UserInfoAsync(narrow.AccessToken);

        all.IsGranted();
        Assert.Equal((person.Id.ToString(), "Paula Prova", person.Email), (all["sub"], all["name"], all["email"]));
        Assert.Equal("True", all["email_verified"]);
        Assert.Contains("no-store", $"{all.Response.Headers.CacheControl}", StringComparison.Ordinal);
        Assert.Equal($"{person.Id}", little["sub"]);
        Assert.Null(little["name"]);
        Assert.Null(little["email"]);
    }

    [Fact]
    public async Task The_token_comes_in_the_header_or_the_body_never_in_the_query()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var token = (await person.TokensAsync(app.Client())).AccessToken;
        using var post = new HttpRequestMessage(
            HttpMethod.Post, $"{app.Issuer}/connect/userinfo")
        { Headers = { Authorization = new("Bearer", token) } };
        using var query = new HttpRequestMessage(HttpMethod.Get, $"{app.Issuer}/connect/userinfo?access_token={token}");

        (await RelyingParty.SendAsync(post)).IsGranted();
        (await app.Client().SendAsync("/connect/userinfo", [new("access_token", token)])).IsGranted();
        var refused = await RelyingParty.SendAsync(query);

        Assert.Equal(401, refused.Status);
        Assert.NotEmpty(refused.Response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task Bad_tokens_are_refused()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);
        var own = await app.Client("demo").TokenAsync(("grant_type", "client_credentials"), ("scope", "scheduling"));
        var parts = tokens.AccessToken.Split('.');

        string[] bad =
        [
            tokens.IdToken, $"{parts[0]}.{parts[1]}.{new string('A', parts[2].Length)}",
            $"eyJhbGciOiJub25lIn0.{parts[1]}.", "nonsense",
        ];
        foreach (var token in bad)
        {
            var answer = await client.UserInfoAsync(token);
            Assert.Equal(401, answer.Status);
            Assert.Contains("invalid_token", $"{answer.Response.Headers.WwwAuthenticate}", StringComparison.Ordinal);
        }

        Assert.Equal(403, (await client.UserInfoAsync(own.AccessToken)).Status);
    }

    [Fact]
    public async Task An_expired_token_and_one_of_a_disabled_account_are_refused()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        using var other = await app.NewPersonAsync();
        var client = app.Client();
        var disabled = await other.TokensAsync(client);
        var expired = await person.TokensAsync(client);
        await app.ChangeAccountAsync(other.Id, (accounts, account) =>
        {
            account.DeactivatedAt = app.Clock.GetUtcNow();
            return accounts.UpdateAsync(account);
        });

        Assert.Equal(401, (await client.UserInfoAsync(disabled.AccessToken)).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(16)); // lifetime and the real package's skew
        Assert.Equal(401, (await client.UserInfoAsync(expired.AccessToken)).Status);
    }
}
