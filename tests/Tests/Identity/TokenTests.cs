using System.Net;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity;

/// <summary>
/// Client authentication, the code grant and client credentials (rules C3 to C6, T1, T3 to T6, T8, tokens of 3.3).
/// </summary>
public sealed class TokenTests(IdentityFixture fixture)
{
    [Fact]
    public async Task The_answer_holds_what_was_asked_for_and_is_not_kept()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();

        var answer = await person.TokensAsync(client);
        var id = new JsonWebToken(answer.IdToken);
        var access = new JsonWebToken(answer.AccessToken);

        Assert.Equal("Bearer", answer["token_type"]);
        Assert.Equal("600", answer["expires_in"]);
        Assert.Equal(RelyingParty.FullScope.Split(' ').Order(), answer["scope"]!.Split(' ').Order());
        Assert.Contains("no-store", $"{answer.Response.Headers.CacheControl}", StringComparison.Ordinal);

        Assert.Equal(
            (app.Issuer, $"{person.Id}", "nonce-1", "JWT", "RS256"), (
                id.Issuer, id.Subject, id.GetClaim("nonce").Value, id.Typ, id.Alg));
        Assert.Equal([client.Id], id.Audiences);
        Assert.Equal(300, (id.ValidTo - id.IssuedAt).TotalSeconds);
        Assert.NotEmpty(id.Kid);
        Assert.Contains("pwd", id.Claims.Where(claim => claim.Type == "amr").Select(claim => claim.Value));
        Assert.True(
            id.TryGetClaim("auth_time", out _) && id.TryGetClaim("at_hash", out _) && id.TryGetClaim("sid", out _));
        Assert.False(id.TryGetClaim("name", out _));

        Assert.Equal(
            ("at+jwt", app.Issuer, client.Id), (access.Typ, access.Issuer, access.GetClaim("client_id").Value));
        Assert.Equal(["api"], access.Audiences);
        Assert.Contains("scheduling", access.GetClaim("scope").Value.Split(' '));
        Assert.Equal(id.GetClaim("sid").Value, access.GetClaim("sid").Value);
        Assert.NotEmpty(access.Id);
        Assert.Equal("Paula Prova", access.GetClaim("name").Value);
        Assert.Equal("1", access.GetClaim("tenant_id").Value);
        Assert.False(access.TryGetClaim("platform_role", out _));
    }

    [Fact]
    public async Task Without_the_scopes_there_is_no_refresh_token_and_no_id_token()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        var signIn = await person.TokensAsync(app.Client(), ("scope", "openid"));
        var access = await person.TokensAsync(app.Client("plain-oauth"), ("scope", "scheduling"));

        Assert.Null(signIn["refresh_token"]);
        Assert.NotNull(signIn["id_token"]);
        Assert.Null(access["id_token"]);
    }

    [Fact]
    public async Task A_secret_comes_by_header_or_by_form_but_not_by_both()
    {
        var app = await fixture.SharedAsync();
        var client = app.Client("other");
        Dictionary<string, string> form = new() { ["grant_type"] = "client_credentials", ["scope"] = "scheduling" };
        Dictionary<string, string> withSecret =
            new(form) { ["client_id"] = client.Id, ["client_secret"] = client.Secret };

        var header = await client.SendAsync(
            "/connect/token", form, request =>
                request.Headers.Authorization = RelyingParty.Basic(client.Id, client.Secret));
        var body = await client.SendAsync("/connect/token", withSecret);
        var both = await client.SendAsync(
            "/connect/token", withSecret, request =>
                request.Headers.Authorization = RelyingParty.Basic(client.Id, "wrong"));

        header.IsGranted();
        body.IsGranted();
        both.IsRefused("invalid_request", "invalid_client");
    }

    [Theory]
    [InlineData("other", "wrong")]
    [InlineData("other", "")]
    [InlineData("nobody", "other secret")]
    [InlineData("disabled", RelyingParty.OtherSecret)]
    public async Task Wrong_credentials_are_refused(string id, string secret)
    {
        var app = await fixture.SharedAsync();

        var answer = await app.Client().SendAsync(
            "/connect/token", [new("grant_type", "client_credentials")], request =>
                request.Headers.Authorization = RelyingParty.Basic(id, secret));

        answer.IsRefused("invalid_client");
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic Zm9v")]
    [InlineData("Bearer abc")]
    public async Task Broken_headers_are_refused(string header)
    {
        var app = await fixture.SharedAsync();

        var answer = await app.Client().SendAsync(
            "/connect/token", [new("grant_type", "client_credentials")], request =>
                request.Headers.TryAddWithoutValidation("Authorization", header));

        answer.IsRefused("invalid_client", "invalid_request");
    }

    [Fact]
    public async Task Only_a_url_encoded_post_is_read()
    {
        var app = await fixture.SharedAsync();
        using var get = new HttpRequestMessage(
            HttpMethod.Get, $"{app.Issuer}/connect/token?grant_type=client_credentials");
        using var json = new HttpRequestMessage(HttpMethod.Post, $"{app.Issuer}/connect/token")
        {
            Content = new StringContent("""{"grant_type":"client_credentials"}""", Encoding.UTF8, "application/json"),
        };
        using var query = new HttpRequestMessage(
            HttpMethod.Post, $"{app.Issuer}/connect/token?grant_type=client_credentials")
        {
            Content = new FormUrlEncodedContent([new("scope", "scheduling")]),
            Headers = { Authorization = RelyingParty.Basic("other", RelyingParty.OtherSecret) },
        };

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await RelyingParty.SendAsync(get)).Response.StatusCode);
        Assert.Contains((await RelyingParty.SendAsync(json)).Status, (int[])[400, 415]);
        (await RelyingParty.SendAsync(query)).IsRefused("invalid_request", "unsupported_grant_type");
    }

    [Fact]
    public async Task Grant_types_are_checked()
    {
        var app = await fixture.SharedAsync();

        (await app.Client("other").TokenAsync()).IsRefused("invalid_request", "unsupported_grant_type");
        (await app.Client("other").TokenAsync(("grant_type", "nonsense"))).IsRefused("unsupported_grant_type");
        var password = await app.Client("other").TokenAsync(("grant_type", "password"), ("username", "a"), ("password", "b"));
        password.IsRefused("unsupported_grant_type", "unauthorized_client");
        (await app.Client("hub").TokenAsync(("grant_type", "client_credentials"))).IsRefused("unauthorized_client");
    }

    [Fact]
    public async Task Repeated_parameters_are_refused()
    {
        var app = await fixture.SharedAsync();

        var answer = await app.Client("other").SendAsync(
            "/connect/token",
            [new("grant_type", "client_credentials"), new("scope", "scheduling"), new("scope", "openid")],
            request => request.Headers.Authorization = RelyingParty.Basic("other", RelyingParty.OtherSecret));

        answer.IsRefused("invalid_request", "invalid_scope");
    }

    [Theory]
    [InlineData("code", null)]
    [InlineData("code", "invented")]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "https://evil.example")]
    [InlineData("code_verifier", null)]
    [InlineData("code_verifier", "short")]
    [InlineData("code_verifier", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_code_needs_all_that_belongs_to_it(string name, string? value)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var landing = await person.EnterAsync(client.Request());

        var answer = await client.RedeemAsync(landing.Code, (name, value));

        answer.IsRefused("invalid_grant", "invalid_request");
    }

    [Fact]
    public async Task A_wrong_verifier_of_its_own_client_burns_the_code()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var landing = await person.EnterAsync(client.Request());

        (await client.RedeemAsync(landing.Code, ("code_verifier", new string('A', 43)))).IsRefused("invalid_grant");

        (await client.RedeemAsync(landing.Code)).IsRefused("invalid_grant");
    }

    [Fact]
    public async Task A_code_is_of_no_use_to_another_client()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var landing = await person.EnterAsync(client.Request());

        var stolen = await app.Client("other").RedeemAsync(
            landing.Code, ("redirect_uri", client.RedirectUri), ("code_verifier", client.Verifier));

        stolen.IsRefused("invalid_grant");
    }

    [Fact]
    public async Task A_code_works_once()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var landing = await person.EnterAsync(client.Request());

        (await client.RedeemAsync(landing.Code)).IsGranted();

        (await client.RedeemAsync(landing.Code)).IsRefused("invalid_grant");
    }

    [Fact]
    public async Task Of_many_redemptions_at_once_one_wins()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var landing = await person.EnterAsync(client.Request());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.RedeemAsync(landing.Code)));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.IsRefused("invalid_grant"));
    }

    [Fact]
    public async Task A_code_expires()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var landing = await person.EnterAsync(client.Request());
        app.Clock.Advance(TimeSpan.FromSeconds(61));

        (await client.RedeemAsync(landing.Code)).IsRefused("invalid_grant");
    }

    [Fact]
    public async Task Pkce_may_be_left_out_where_the_client_is_allowed_to_but_not_halfway()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client("no-pkce");
        (string, string?)[] without = [("code_challenge", null), ("code_challenge_method", null)];

        var plain = await person.EnterAsync(client.Request(without));
        var half = await person.EnterAsync(client.Request(without));
        var downgraded = await person.EnterAsync(client.Request());

        (await client.RedeemAsync(plain.Code, ("code_verifier", null))).IsGranted();
        (await client.RedeemAsync(half.Code)).IsRefused("invalid_request", "invalid_grant");
        (await client.RedeemAsync(downgraded.Code, ("code_verifier", null))).IsRefused("invalid_request", "invalid_grant");
    }

    [Fact]
    public async Task A_client_gets_a_token_of_its_own_without_a_user()
    {
        var app = await fixture.SharedAsync();

        var answer = await app.Client("demo").TokenAsync(
            ("grant_type", "client_credentials"), ("scope", "scheduling platform"));
        var access = new JsonWebToken(answer.AccessToken);

        Assert.Null(answer["refresh_token"]);
        Assert.Null(answer["id_token"]);
        Assert.Equal(["api"], access.Audiences);
        Assert.Equal(
            ("demo", "scheduling platform"), (access.GetClaim("client_id").Value, access.GetClaim("scope").Value));
        Assert.Equal("internal_admin", access.GetClaim("platform_role").Value);
        Assert.False(access.TryGetClaim("sid", out _));
    }

    [Theory]
    [InlineData("openid")]
    [InlineData("profile scheduling")]
    [InlineData("offline_access scheduling")]
    [InlineData("platform")]
    [InlineData("nonsense")]
    public async Task A_client_gets_no_scopes_of_users_or_of_others(string scope)
    {
        var app = await fixture.SharedAsync();

        var answer = await app.Client("other").TokenAsync(("grant_type", "client_credentials"), ("scope", scope));

        answer.IsRefused("invalid_scope");
    }

    [Fact]
    public async Task Descriptions_of_errors_repeat_nothing_that_was_sent()
    {
        var app = await fixture.SharedAsync();

        var answer = await app.Client("other").TokenAsync(("grant_type", "<probe>\r\n\"x"));

        Assert.DoesNotContain("probe", answer.Text, StringComparison.Ordinal);
        Assert.Contains("no-store", $"{answer.Response.Headers.CacheControl}", StringComparison.Ordinal);
    }
}
