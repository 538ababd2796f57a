using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

namespace Platform.Tests.Identity;

/// <summary>Introspection and revocation (rules I1, R1).</summary>
[Trait(Sets.Name, Sets.Protocol)]
public sealed class RevocationTests(IdentityFixture fixture)
{
    [Fact]
    public async Task A_client_sees_its_own_tokens_only()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);

        var refresh = await IntrospectAsync(client, tokens.RefreshToken, "refresh_token");
        var foreign = await IntrospectAsync(app.Client("other"), tokens.RefreshToken, "refresh_token");
        var unknown = await IntrospectAsync(client, "nonsense");

        Assert.Equal(("True", $"{person.Id}"), (refresh["active"], refresh["sub"]));
        Assert.Contains("no-store", $"{refresh.Response.Headers.CacheControl}", StringComparison.Ordinal);
        Assert.Equal("""{"active":false}""", foreign.Text);
        Assert.Equal("""{"active":false}""", unknown.Text);
    }

    [Fact]
    public async Task Introspection_needs_a_token_and_a_client()
    {
        var app = await fixture.SharedAsync();

        (await app.Client().PostAsync("/connect/introspect")).IsRefused("invalid_request", "missing_token");
        Assert.Equal(401, (await app.Client().SendAsync("/connect/introspect", [new("token", "x")])).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("refresh_token")]
    [InlineData("access_token")]
    public async Task A_revoked_refresh_token_is_refused(string? hint)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);

        var answer = await RevokeAsync(client, tokens.RefreshToken, hint);

        Assert.Equal(200, answer.Status);
        (await client.RefreshAsync(tokens.RefreshToken)).IsRefused("invalid_grant");
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(client, tokens.RefreshToken)).Text);
    }

    [Fact]
    public async Task Revoking_an_unknown_token_returns_200()
    {
        var app = await fixture.SharedAsync();

        Assert.Equal(200, (await RevokeAsync(app.Client(), "nonsense", null)).Status);
        Assert.Equal(200, (await RevokeAsync(app.Client(), "a.b.c", "access_token")).Status);
        (await RevokeAsync(app.Client(), null, null)).IsRefused("invalid_request");
    }

    [Fact]
    public async Task A_client_cannot_revoke_the_token_of_another_client()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);

        await RevokeAsync(app.Client("other"), tokens.RefreshToken, "refresh_token");
        var anonymous = await client.SendAsync("/connect/revocation", [new("token", tokens.RefreshToken)]);
        anonymous.IsRefused("invalid_client", "invalid_request");

        (await client.RefreshAsync(tokens.RefreshToken)).IsGranted();
    }

    private static Task<Answer> RevokeAsync(RelyingParty client, string? token, string? hint) =>
        client.PostAsync("/connect/revocation", ("token", token), ("token_type_hint", hint));

    private static Task<Answer> IntrospectAsync(RelyingParty client, string token, string? hint = null) =>
        client.PostAsync("/connect/introspect", ("token", token), ("token_type_hint", hint));
}
