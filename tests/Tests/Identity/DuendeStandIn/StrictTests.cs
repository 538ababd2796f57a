using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.DuendeStandIn;

/// <summary>
/// Where the stand-in is stricter than the real package, and tests that run against both must allow either. The letters
/// are those of the rules in its README.
/// </summary>
public sealed class StrictTests(IdentityFixture fixture)
{
    [Theory]
    [InlineData("https://OTHER.example/cb?fixed=1")]
    [InlineData("https://other.example/CB?fixed=1")]
    public async Task A2_redirect_addresses_differ_by_case(string uri)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        Assert.True((await person.AuthorizeAsync(app.Client("other").Request(("redirect_uri", uri)))).IsErrorPage);
    }

    [Theory]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("scope", null, "invalid_scope")]
    [InlineData("scope", "profile", "invalid_scope")]
    [InlineData("scope", "openid platform", "invalid_scope")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("prompt", "nonsense", "invalid_request")]
    [InlineData("prompt", "consent", "consent_required")]
    [InlineData("max_age", "x", "invalid_request")]
    [InlineData("request", "e30.e30.", "request_not_supported")]
    [InlineData("request_uri", "https://evil.example", "request_uri_not_supported")]
    [InlineData("registration", "{}", "registration_not_supported")]
    public async Task A3_every_other_fault_goes_back_to_the_client_with_issuer_and_state(
        string name, string? value, string code)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        var landing = await person.AuthorizeAsync(app.Client("other").Request((name, value)));

        Assert.True(landing.IsAt(RelyingParty.OtherUri), $"{landing.Url}");
        Assert.Equal(
            (code, app.Issuer, "s+t/a=t e&é", "1"), (
                landing["error"], landing["iss"], landing["state"], landing["fixed"]));
    }

    [Theory]
    [InlineData("scope")]
    [InlineData("state")]
    [InlineData("nonce")]
    public async Task A12_a_repeated_parameter_is_an_invalid_request(string name)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var url = QueryHelpers.AddQueryString($"{app.Issuer}/connect/authorize", app.Client("other").Request());

        var landing = await person.GoAsync(QueryHelpers.AddQueryString(url, name, "again"));

        Assert.Equal("invalid_request", landing["error"]);
    }

    [Fact]
    public async Task P1_a_pushed_request_survives_the_try_of_another_client_and_has_a_size()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var pushed = await client.PostAsync(
            "/connect/par", [.. client.Request().Select(pair => (pair.Key, pair.Value))]);
        Dictionary<string, string?> reference =
            new() { ["client_id"] = "other", ["request_uri"] = pushed["request_uri"] };

        Assert.True((await person.AuthorizeAsync(reference)).IsErrorPage);
        reference["client_id"] = client.Id;
        Assert.NotNull((await person.EnterAsync(reference))["code"]);
        Assert.Equal(413, (await client.PostAsync("/connect/par", ("state", new string('x', 70_000)))).Status);
    }

    [Fact]
    public async Task T1_failed_client_authentication_is_401_with_a_challenge()
    {
        var app = await fixture.SharedAsync();
        var client = app.Client();

        foreach (var path in (string[])["token", "par", "introspect", "revocation"])
        {
            var none = await client.SendAsync($"/connect/{path}", [new("token", "x")]);
            var wrong = await client.SendAsync(
                $"/connect/{path}", [], request => request.Headers.Authorization = RelyingParty.Basic("hub", "wrong"));
            var both = await client.SendAsync(
                $"/connect/{path}", [new("client_id", "hub"), new("client_secret", client.Secret)],
                request => request.Headers.Authorization = RelyingParty.Basic("hub", client.Secret));

            Assert.All([none, wrong], answer => Assert.Equal((401, "invalid_client", "Basic realm=\"identity\""),
                (answer.Status, answer["error"], $"{answer.Response.Headers.WwwAuthenticate}")));
            Assert.Equal((400, "invalid_request"), (both.Status, both["error"]));
        }
    }

    [Fact]
    public async Task T3_T4_a_missing_parameter_is_an_invalid_request()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var landing = await person.EnterAsync(client.Request());

        Assert.Equal("invalid_request", (await client.TokenAsync())["error"]);
        Assert.Equal("invalid_request", (await client.RedeemAsync(landing.Code, ("code", null)))["error"]);
        Assert.Equal("invalid_request", (await client.RedeemAsync(landing.Code, ("code_verifier", null)))["error"]);
        Assert.Equal(
            415, (
                await client.SendAsync(
                    "/connect/token", [], request => request.Content = new StringContent("{}"))).Status);
    }

    [Fact]
    public async Task T4_the_try_of_another_client_does_not_burn_a_code()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var landing = await person.EnterAsync(client.Request());

        (await app.Client("other").RedeemAsync(landing.Code)).IsRefused("invalid_grant");

        (await client.RedeemAsync(landing.Code)).IsGranted();
    }

    [Fact]
    public async Task T5_a_replayed_code_takes_its_tokens_along()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var landing = await person.EnterAsync(client.Request());
        var tokens = await client.RedeemAsync(landing.Code);

        (await client.RedeemAsync(landing.Code, ("code_verifier", new string('A', 43)))).IsRefused("invalid_grant");
        Assert.Equal(200, (await client.UserInfoAsync(tokens.AccessToken)).Status); // a thief without the verifier breaks nothing

        (await client.RedeemAsync(landing.Code)).IsRefused("invalid_grant");
        Assert.Equal(401, (await client.UserInfoAsync(tokens.AccessToken)).Status);
        (await client.RefreshAsync(tokens.RefreshToken)).IsRefused("invalid_grant");
    }

    [Fact]
    public async Task T7_a_used_refresh_token_ends_its_family_and_no_other()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);
        var other = await person.TokensAsync(client);
        var second = await client.RefreshAsync(first.RefreshToken);

        (await client.RefreshAsync(first.RefreshToken)).IsRefused("invalid_grant");

        (await client.RefreshAsync(second.RefreshToken)).IsRefused("invalid_grant");
        Assert.Equal(401, (await client.UserInfoAsync(second.AccessToken)).Status);
        (await client.RefreshAsync(other.RefreshToken)).IsGranted();
    }

    [Fact]
    public async Task T7_scopes_may_shrink_for_one_access_token_but_not_grow()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client, ("scope", "openid email offline_access scheduling"));

        (await client.RefreshAsync(first.RefreshToken, ("scope", "openid licensing"))).IsRefused("invalid_scope");
        var narrow = await client.RefreshAsync(first.RefreshToken, ("scope", "scheduling"));
        var wide = await client.RefreshAsync(narrow.RefreshToken);

        Assert.Equal("scheduling", new JsonWebToken(narrow.AccessToken).GetClaim("scope").Value);
        Assert.Null(narrow["id_token"]);
        Assert.Equal(first["scope"], wide["scope"]);
    }

    [Fact]
    public async Task T7_with_leeway_parallel_refreshes_do_not_sign_anybody_out()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client("patient");
        var first = await person.TokensAsync(client);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.RefreshAsync(first.RefreshToken)));
        Assert.All(answers, answer => answer.IsGranted());

        // Each replaced the one before: of their refresh tokens one is left, and with it the leeway ends.
        var used = await Task.WhenAll(
            answers.Select(answer => client.PostAsync("/connect/introspect", ("token", answer.RefreshToken))));
        var last = Assert.Single(answers.Zip(used), pair => pair.Second["active"] == "True").First;
        (await client.RefreshAsync(last.RefreshToken)).IsGranted();
        (await client.RefreshAsync(first.RefreshToken)).IsRefused("invalid_grant");
    }

    [Fact]
    public async Task U1_without_a_token_there_is_a_challenge_without_an_error()
    {
        var app = await fixture.SharedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{app.Issuer}/connect/userinfo");

        var answer = await RelyingParty.SendAsync(request);

        Assert.Equal((401, "Bearer realm=\"identity\""), (answer.Status, $"{answer.Response.Headers.WwwAuthenticate}"));
    }

    [Fact]
    public async Task I1_access_tokens_are_seen_by_their_client_alone()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);

        var own = await client.PostAsync(
            "/connect/introspect", ("token", tokens.AccessToken), ("token_type_hint", "nonsense"));
        var foreign = await app.Client("other").PostAsync("/connect/introspect", ("token", tokens.AccessToken));

        Assert.Equal(("True", $"{person.Id}", "1"), (own["active"], own["sub"], own["tenant_id"]));
        Assert.Equal("""{"active":false}""", foreign.Text);
    }

    [Fact]
    public async Task R1_an_access_token_can_be_revoked_by_its_client_alone()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);

        (await app.Client("other").PostAsync("/connect/revocation", ("token", tokens.AccessToken))).IsRefused("invalid_grant");
        (await app.Client("other").PostAsync("/connect/revocation", ("token", tokens.RefreshToken))).IsRefused("invalid_grant");
        Assert.Equal(200, (await client.UserInfoAsync(tokens.AccessToken)).Status);

        Assert.Equal(
            200, (
                await client.PostAsync(
                    "/connect/revocation", ("token", tokens.AccessToken), ("token_type_hint", "nonsense"))).Status);
        Assert.Equal(401, (await client.UserInfoAsync(tokens.AccessToken)).Status);
        (await client.RefreshAsync(tokens.RefreshToken)).IsGranted();
    }

    [Fact]
    public async Task R1_with_a_refresh_token_the_access_tokens_of_its_family_go()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);

        await client.PostAsync("/connect/revocation", ("token", tokens.RefreshToken));

        Assert.Equal(401, (await client.UserInfoAsync(tokens.AccessToken)).Status);
    }

    [Fact]
    public async Task E2_with_the_session_its_access_tokens_go()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var tokens = await person.TokensAsync(client);

        await person.GoAsync($"{app.Issuer}/connect/endsession?id_token_hint={tokens.IdToken}");

        Assert.Equal(401, (await client.UserInfoAsync(tokens.AccessToken)).Status);
    }

    [Fact]
    public async Task D1_the_metadata_promise_nothing_that_is_not_there()
    {
        var app = await fixture.SharedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{app.Issuer}/.well-known/openid-configuration");

        var metadata = await RelyingParty.SendAsync(request);

        Assert.Equal("""["code"]""", metadata["response_types_supported"]);
        Assert.Equal("""["query","form_post"]""", metadata["response_modes_supported"]);
        Assert.Equal("""["S256"]""", metadata["code_challenge_methods_supported"]);
        Assert.Equal(
            ("False", "False", "False"), (
                metadata["request_parameter_supported"], metadata["request_uri_parameter_supported"], metadata["claims_parameter_supported"]));
        Assert.DoesNotContain("implicit", metadata.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("password", metadata.Text, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(5), metadata.Response.Headers.CacheControl!.MaxAge);
    }
}
