using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

namespace Platform.Tests.Identity;

/// <summary>Sign-out by a client and what follows from it (rules E1, E2, back-channel logout of 3.7).</summary>
[Trait(Sets.Name, Sets.Protocol)]
public sealed class EndSessionTests(IdentityFixture fixture)
{
    [Fact]
    public async Task A_client_with_the_users_id_token_signs_out_and_gets_the_user_back()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);

        var landing = await EndAsync(
            app, person, ("id_token_hint", tokens.IdToken), (
                "post_logout_redirect_uri", client.PostLogoutUri), ("state", "a b+c"));

        Assert.True(landing.IsAt(client.PostLogoutUri), $"{landing.Url}");
        Assert.Equal("a b+c", landing["state"]);
        Assert.Single(QueryHelpers.ParseQuery(landing.Url.Query));
        await IsSignedOutAsync(app, person);
    }

    [Fact]
    public async Task A_request_without_state_redirects_without_state()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var tokens = await person.TokensAsync(app.Client());

        var landing = await EndAsync(
            app, person, ("id_token_hint", tokens.IdToken), ("post_logout_redirect_uri", app.Client().PostLogoutUri));

        Assert.Equal("", landing.Url.Query);
    }

    [Fact]
    public async Task The_request_may_be_a_post()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var tokens = await person.TokensAsync(app.Client());

        await person.PostAsync($"{app.Issuer}/connect/endsession", [new("id_token_hint", tokens.IdToken)]);

        await IsSignedOutAsync(app, person);
    }

    [Fact]
    public async Task An_unknown_redirect_URI_is_not_followed()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var tokens = await person.TokensAsync(app.Client());

        var landing = await EndAsync(
            app, person, ("id_token_hint", tokens.IdToken), (
                "post_logout_redirect_uri", "https://evil.example"), ("state", "x"));

        Assert.StartsWith(app.Issuer, landing.Url.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("foreign")]
    [InlineData("unsigned")]
    [InlineData("nonsense")]
    [InlineData("other client")]
    public async Task Without_a_valid_hint_the_user_is_asked_and_no_redirect_is_followed(string kind)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);
        var parts = tokens.IdToken.Split('.');
        var hint = kind switch
        {
            "foreign" => $"{parts[0]}.{parts[1]}.{new string('A', parts[2].Length)}",
            "unsigned" => $"eyJhbGciOiJub25lIn0.{parts[1]}.",
            "nonsense" => "nonsense",
            "other client" => tokens.IdToken,
            _ => null,
        };

        var page = await EndAsync(
            app, person, ("id_token_hint", hint), (
                "client_id", kind == "other client"
                    ? "other"
                    : null), ("post_logout_redirect_uri", client.PostLogoutUri));
        var stillThere = await person.AuthorizeAsync(client.Request(("prompt", "none")));
        var after = kind == "other client" ? page : await person.SubmitAsync(page);

        Assert.StartsWith(app.Issuer, page.Url.ToString(), StringComparison.Ordinal);
        Assert.NotNull(stillThere["code"]);
        Assert.StartsWith(app.Issuer, after.Url.ToString(), StringComparison.Ordinal);
        if (kind != "other client") await IsSignedOutAsync(app, person);
    }

    [Fact]
    public async Task Only_the_user_can_confirm_the_sign_out()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        await person.TokensAsync(app.Client());
        var page = await EndAsync(app, person);

        var forged = await person.PostAsync(page.Url.ToString(), []);

        Assert.Equal("/Account/Logout", forged.Url.AbsolutePath); // the question again
        Assert.NotNull((await person.AuthorizeAsync(app.Client().Request(("prompt", "none"))))["code"]);
    }

    [Fact]
    public async Task Clients_of_the_session_are_notified_through_the_back_channel()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);
        var id = new JsonWebToken(tokens.IdToken);

        await EndAsync(app, person, ("id_token_hint", tokens.IdToken));

        await WaitUntilAsync(() => !app.Hub.LogoutTokens.IsEmpty);
        var logout = new JsonWebToken(Assert.Single(app.Hub.LogoutTokens));
        Assert.Equal("logout+jwt", logout.Typ);
        Assert.Equal((app.Issuer, id.Kid, id.Subject), (logout.Issuer, logout.Kid, logout.Subject));
        Assert.Equal([client.Id], logout.Audiences);
        Assert.Equal(id.GetClaim("sid").Value, logout.GetClaim("sid").Value);
        Assert.NotEmpty(logout.Id);
        Assert.False(logout.TryGetClaim("nonce", out _));
        Assert.InRange((logout.ValidTo - logout.IssuedAt).TotalMinutes, 0, 5);

        using var events = JsonDocument.Parse(logout.GetClaim("events").Value);
        var only = Assert.Single(events.RootElement.EnumerateObject());
        Assert.Equal(
            ("http://schemas.openid.net/event/backchannel-logout", "{}"), (only.Name, only.Value.GetRawText()));
    }

    [Fact]
    public async Task A_sign_in_of_another_person_in_the_same_browser_ends_the_first_session()
    {
        await using var app = await fixture.StartAsync();
        using var first = await app.NewPersonAsync();
        using var second = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await first.TokensAsync(client);

        var page = await first.AuthorizeAsync(client.Request(("prompt", "login")));
        await first.FillInAsync(page, address: second.Email);

        (await client.RefreshAsync(tokens.RefreshToken)).IsRefused("invalid_grant");
        await WaitUntilAsync(() => !app.Hub.LogoutTokens.IsEmpty);
        Assert.Equal($"{first.Id}", new JsonWebToken(app.Hub.LogoutTokens.First()).Subject);
    }

    private static Task<Landing> EndAsync(
        IdentityApp app, Person person, params (string Name, string? Value)[] parameters) =>
        person.GoAsync(QueryHelpers.AddQueryString(
            $"{app.Issuer}/connect/endsession",
            parameters.Where(pair => pair.Value is not null).Select(
                pair => KeyValuePair.Create(pair.Name, pair.Value))));

    private static async Task IsSignedOutAsync(IdentityApp app, Person person) =>
        Assert.Equal(
            "login_required", (await person.AuthorizeAsync(app.Client().Request(("prompt", "none"))))["error"]);

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition()) await Task.Delay(20, limit.Token);
    }
}
