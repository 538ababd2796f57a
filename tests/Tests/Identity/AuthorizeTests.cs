using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

namespace Platform.Tests.Identity;

/// <summary>The authorize endpoint (rules A1 to A14).</summary>
[Trait(Sets.Name, Sets.Protocol)]
public sealed class AuthorizeTests(IdentityFixture fixture)
{
    public static TheoryData<string, string?> NothingToTrust => new()
    {
        { "client_id", null },
        { "client_id", "nobody" },
        { "client_id", "disabled" },
        { "client_id", new string('x', 101) },
        { "redirect_uri", null },
        { "redirect_uri", "https://evil.example/cb" },
        { "redirect_uri", "https://other.example/cb" },
        { "redirect_uri", "https://other.example/cb?fixed=1&more=2" },
        { "redirect_uri", "https://other.example/cb/?fixed=1" },
        { "redirect_uri", "https://other.example:443/cb?fixed=1" },
        { "redirect_uri", "http://other.example/cb?fixed=1" },
        { "redirect_uri", "https://other.example/cb?fixed=1#fragment" },
        { "redirect_uri", "https://other.example@evil.example/cb?fixed=1" },
        { "redirect_uri", "//other.example/cb?fixed=1" },
    };

    [Theory, MemberData(nameof(NothingToTrust))]
    public async Task A_request_without_a_trusted_redirect_URI_ends_on_our_own_page(string name, string? value)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        var landing = await person.AuthorizeAsync(app.Client("other").Request((name, value)));

        Assert.True(landing.IsErrorPage, $"{landing.Url}");
        Assert.Equal(HttpStatusCode.BadRequest, landing.Status);
    }

    public static TheoryData<string, string?, string> Faults => new()
    {
        { "response_type", null, "invalid_request unsupported_response_type" },
        { "response_type", "token", "unsupported_response_type unauthorized_client" },
        { "response_type", "id_token token", "unsupported_response_type unauthorized_client" },
        { "response_type", "nonsense", "unsupported_response_type" },
        { "response_mode", "nonsense", "invalid_request unsupported_response_type" },
        { "scope", null, "invalid_scope invalid_request" },
        { "scope", "openid nonsense", "invalid_scope" },
        { "scope", "openid platform", "invalid_scope" },
        { "code_challenge", null, "invalid_request" },
        { "code_challenge", "short", "invalid_request" },
        { "code_challenge_method", "plain", "invalid_request" },
        { "code_challenge_method", null, "invalid_request" },
        { "code_challenge_method", "S512", "invalid_request" },
        { "prompt", "none login", "invalid_request" },
        { "max_age", "soon", "invalid_request" },
        { "max_age", "-1", "invalid_request" },
        { "nonce", "long", "invalid_request" },
        { "request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported invalid_request_object" },
        { "request_uri", "https://evil.example/request", "request_uri_not_supported invalid_request invalid_request_uri" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task A_faulty_request_gets_no_code(string name, string? value, string codes)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        if (value == "long") value = new string('n', 301);

        var landing = await person.AuthorizeAsync(app.Client("other").Request((name, value)));

        Assert.Null(landing["code"]);
        Assert.False(landing.IsSignInPage);
        if (landing.IsErrorPage) return; // where the real package shows most of them

        Assert.Contains(landing["error"], codes.Split(' '));
        Assert.Equal("s+t/a=t e&é", landing["state"]);
    }

    [Theory]
    [InlineData("client_id", "evil")]
    [InlineData("redirect_uri", "https://evil.example/")]
    [InlineData("scope", "openid")]
    [InlineData("nonce", "other")]
    [InlineData("code_challenge", "other")]
    public async Task A_repeated_parameter_is_refused(string name, string value)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var url = QueryHelpers.AddQueryString($"{app.Issuer}/connect/authorize", app.Client("other").Request());

        var landing = await person.GoAsync(QueryHelpers.AddQueryString(url, name, value));

        Assert.Null(landing["code"]);
        Assert.False(landing.IsSignInPage);
        Assert.False(landing.IsAt("https://evil.example/"));
    }

    [Fact]
    public async Task A_client_without_the_code_flow_gets_no_code()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        var landing = await person.AuthorizeAsync(app.Client("no-code").Request());

        Assert.False(landing.IsSignInPage);
        Assert.True(landing.IsErrorPage || landing["error"] == "unauthorized_client");
    }

    [Fact]
    public async Task A_request_by_post_comes_to_the_same_end()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();

        var page = await person.PostAsync($"{app.Issuer}/connect/authorize", client.Request()!);
        var landing = await person.FillInAsync(page);

        Assert.True(landing.IsAt(client.RedirectUri));
        (await client.RedeemAsync(landing.Code)).IsGranted();
    }

    [Fact]
    public async Task Redirects_do_not_repeat_a_post_and_are_not_cached()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{app.Issuer}/connect/authorize")
        {
            Content = new FormUrlEncodedContent(app.Client().Request()),
        };

        using var response = await person.SendAsync(request);

        Assert.True(response.StatusCode is HttpStatusCode.SeeOther or HttpStatusCode.Found, $"{response.StatusCode}");
    }

    [Fact]
    public async Task Prompt_none_without_a_session_answers_at_once()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();

        var landing = await person.AuthorizeAsync(client.Request(("prompt", "none"), ("state", new string('s', 128))));

        Assert.True(landing.IsAt(client.RedirectUri));
        Assert.Equal("login_required", landing["error"]);
        Assert.Equal(new string('s', 128), landing["state"]);
    }

    [Fact]
    public async Task Prompt_none_with_a_session_gives_a_code_without_asking()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        var landing = await person.AuthorizeAsync(client.Request(("prompt", "none"), ("id_token_hint", first.IdToken)));
        var second = await client.RedeemAsync(landing.Code);

        Assert.Equal(Claim(first, "sub"), Claim(second, "sub"));
        Assert.Equal(Claim(first, "auth_time"), Claim(second, "auth_time"));
        Assert.Equal(Claim(first, "sid"), Claim(second, "sid"));
    }

    [Fact]
    public async Task Prompt_login_asks_again_once()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        await person.TokensAsync(client);

        var page = await person.AuthorizeAsync(client.Request(("prompt", "login")));
        var landing = await person.FillInAsync(page);

        Assert.True(page.IsSignInPage);
        (await client.RedeemAsync(landing.Code)).IsGranted();
    }

    [Fact]
    public async Task Max_age_asks_again_when_the_sign_in_is_older()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);
        app.Clock.Advance(TimeSpan.FromMinutes(5));

        var young = await person.AuthorizeAsync(client.Request(("max_age", "1000")));
        var page = await person.AuthorizeAsync(client.Request(("max_age", "60")));
        var silent = await person.AuthorizeAsync(client.Request(("max_age", "60"), ("prompt", "none")));
        var second = await client.RedeemAsync((await person.FillInAsync(page)).Code);

        Assert.NotNull(young["code"]);
        Assert.True(page.IsSignInPage);
        Assert.Equal("login_required", silent["error"]);
        Assert.True(long.Parse(Claim(second, "auth_time"), null) >= long.Parse(Claim(first, "auth_time"), null) + 300);
    }

    [Fact]
    public async Task Max_age_zero_asks_again_once()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        await person.TokensAsync(client);

        var page = await person.AuthorizeAsync(client.Request(("max_age", "0")));
        var landing = await person.FillInAsync(page);

        Assert.True(page.IsSignInPage);
        Assert.NotNull(landing["code"]);
    }

    [Fact]
    public async Task A_hint_of_another_person_is_not_answered_silently()
    {
        var app = await fixture.SharedAsync();
        using var one = await app.NewPersonAsync();
        using var other = await app.NewPersonAsync();
        var client = app.Client();
        var hint = (await one.TokensAsync(client)).IdToken;
        await other.TokensAsync(client);

        var landing = await other.AuthorizeAsync(client.Request(("prompt", "none"), ("id_token_hint", hint)));

        Assert.Null(landing["code"]);
    }

    [Fact]
    public async Task Optional_parameters_never_fail_a_request_and_the_hint_is_filled_in()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        var page = await person.AuthorizeAsync(app.Client().Request(
            ("display", "popup"), ("ui_locales", "xx de en"), ("claims_locales", "se"), ("acr_values", "1 2"),
            ("login_hint", "\"><b>x@example.com"), ("claims", "{}"), ("extra", "foobar")));
        var landing = await person.FillInAsync(page);

        Assert.DoesNotContain("\"><b>", page.Html, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;x@example.com", page.Html, StringComparison.Ordinal);
        Assert.NotNull(landing["code"]);
    }

    [Fact]
    public async Task The_answer_can_be_a_form()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();

        var page = await person.EnterAsync(client.Request(("response_mode", "form_post"), ("state", "\"><script>")));

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains($"action=", page.Html, StringComparison.Ordinal);
        Assert.Contains("name=\"code\"", page.Html.Replace('\'', '"'), StringComparison.Ordinal);
        Assert.DoesNotContain("\"><script>", page.Html, StringComparison.Ordinal);
        Assert.Contains(
            "script-src 'self' 'sha256-", string.Join(
                ' ', page.Response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("no-store", $"{page.Response.Headers.CacheControl}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_redirects_to_the_client_with_access_denied()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();

        var page = await person.AuthorizeAsync(client.Request());
        var landing = await person.SubmitAsync(page, ("action", "cancel"));

        Assert.True(landing.IsAt(client.RedirectUri));
        Assert.Equal("access_denied", landing["error"]);
        Assert.Equal("s+t/a=t e&é", landing["state"]);
    }

    [Fact]
    public async Task The_tenant_of_the_request_is_the_tenant_of_the_token()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();

        var first = await person.TokensAsync(client, ("acr_values", "tenant:porto-cowork"));
        var page = await person.AuthorizeAsync(client.Request(("acr_values", "tenant:clinica-aurora")));

        Assert.Equal("porto-cowork", new JsonWebToken(first.AccessToken).GetClaim("tenant_slug").Value);
        Assert.True(page.IsSignInPage); // the session is in the other tenant
    }

    private static string Claim(Answer answer, string name) => new JsonWebToken(answer.IdToken).GetClaim(name).Value;
}
