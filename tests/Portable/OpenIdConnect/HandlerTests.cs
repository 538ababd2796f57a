using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Platform.Tests.SignIn;

namespace Platform.Portable.OpenIdConnect;

/// <summary>
/// The stand-in by itself, with the options of the package, against a provider that does as it is told.
/// </summary>
public sealed class HandlerTests
{
    public static TheoryData<string> AttackNames => Attacks.Names;

    [Theory, MemberData(nameof(AttackNames))]
    public async Task Nobody_is_signed_in_by(string attack)
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(provider.Issuer);
        using var browser = new Browser();
        Attacks.All[attack](provider);

        using var response = await browser.FollowAsync($"{app.Url}/me");
        using var after = await browser.GetAsync($"{app.Url}/me");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotNull(app.Failure);
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
    }

    [Theory]
    [InlineData(OpenIdConnectResponseMode.Query, false)]
    [InlineData(OpenIdConnectResponseMode.Query, true)]
    [InlineData(OpenIdConnectResponseMode.FormPost, false)]
    public async Task Signs_in(string responseMode, bool pushed)
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(provider.Issuer, options => options.ResponseMode = responseMode);
        using var browser = new Browser();
        provider.TakesPushedRequests = pushed;

        using var response = await SignInAsync(browser, app);

        var me = await RelyingParty.MeAsync(response);
        Assert.Equal(["11"], me!.Claims["sub"]);
        Assert.DoesNotContain("nonce", me.Claims.Keys);
        Assert.DoesNotContain("iss", me.Claims.Keys);
        Assert.Equal(["access_token", "expires_at", "id_token", "refresh_token", "token_type"], me.Tokens.Keys.Order());
        Assert.Equal("S256", provider.Request["code_challenge_method"]);
        Assert.Equal("openid profile", provider.Request["scope"]);
        Assert.Equal(pushed, provider.Request.ContainsKey("client_secret"));
        Assert.Equal([".AspNetCore.cookie"], browser.Cookies.Keys.Select(c => c.Name));
    }

    [Fact]
    public async Task Wishes_of_one_challenge_go_before_the_options()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(provider.Issuer, options =>
        {
            options.Prompt = "consent";
            options.MaxAge = TimeSpan.FromHours(1);
            options.UsePkce = false;
            options.AdditionalAuthorizationParameters["ui_locales"] = "pt-BR";
        });
        using var browser = new Browser();

        using var byOptions = await browser.FollowAsync($"{app.Url}/me", stopAt: "/signin-oidc");
        Assert.Equal(("consent", "3600"), (provider.Request["prompt"], provider.Request["max_age"]));
        Assert.Equal("pt-BR", provider.Request["ui_locales"]);
        Assert.DoesNotContain("code_challenge", provider.Request.Keys);

        using var byWish = await browser.FollowAsync($"{app.Url}/challenge?prompt=login", stopAt: "/signin-oidc");
        Assert.Equal(("login", "300"), (provider.Request["prompt"], provider.Request["max_age"]));
        Assert.Equal("openid extra", provider.Request["scope"]);
    }

    [Fact]
    public async Task User_information_is_mapped_and_what_the_id_token_said_is_not_doubled()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(provider.Issuer, options =>
        {
            options.GetClaimsFromUserInfoEndpoint = true;
            options.ClaimActions.MapJsonKey("site", "website");
        });
        using var browser = new Browser();

        var me = await RelyingParty.MeAsync(await browser.FollowAsync($"{app.Url}/me"));

        Assert.Equal(["11"], me!.Claims["sub"]);
        Assert.Equal(["Ana"], me.Claims["name"]);
        Assert.Equal(["https://ana.example"], me.Claims["site"]);
    }

    [Theory]
    [InlineData("another")]
    [InlineData(null)]
    public async Task User_information_of_somebody_else_is_refused(string? subject)
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(
            provider.Issuer, options => options.GetClaimsFromUserInfoEndpoint = true);
        using var browser = new Browser();
        provider.OnUserInfo = user =>
        {
            if (subject is null) user.Remove("sub");
            else user["sub"] = subject;
        };

        using var response = await browser.FollowAsync($"{app.Url}/me");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_new_key_is_fetched_while_the_sign_in_waits_and_fetching_has_its_limit()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(provider.Issuer);
        using var browser = new Browser();
        using var first = await browser.FollowAsync($"{app.Url}/me");

        provider.Key = SigningKey.Second;
        using var another = new Browser();
        using var second = await another.FollowAsync($"{app.Url}/me");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
    }

    [Fact]
    public async Task An_answer_is_good_for_one_browser_and_one_use()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(provider.Issuer);
        using var browser = new Browser();
        using var other = new Browser();
        using var answer = await browser.FollowAsync($"{app.Url}/me", stopAt: "/signin-oidc");
        var callback = Browser.Location(answer)!;

        using var elsewhere = await other.FollowAsync(callback);
        using var here = await browser.FollowAsync(callback);
        using var again = await browser.FollowAsync(callback);

        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);
        Assert.Equal(HttpStatusCode.OK, here.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Fact]
    public async Task A_path_with_two_slashes_does_not_lead_elsewhere_after_sign_in()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(provider.Issuer, options => options.Events.OnTicketReceived = context =>
        {
            Assert.StartsWith("/evil.example", context.ReturnUri, StringComparison.Ordinal);
            return Task.CompletedTask;
        });
        using var browser = new Browser();
        var url = new UriBuilder(app.Url) { Path = "//evil.example/me" }.ToString();

        using var response = await browser.FollowAsync(url);

        Assert.StartsWith(app.Url, response.RequestMessage!.RequestUri!.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_goes_over_the_provider_with_the_id_token_and_back()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(provider.Issuer);
        using var browser = new Browser();
        var me = await RelyingParty.MeAsync(await browser.FollowAsync($"{app.Url}/me"));

        using var post = await browser.PostAsync($"{app.Url}/signout", []);
        using var end = await browser.FollowAsync(Browser.Location(post)!);

        Assert.Equal(me!.Tokens["id_token"], provider.EndSessionRequest!["id_token_hint"]);
        Assert.Equal($"{app.Url}/signout-callback-oidc", provider.EndSessionRequest["post_logout_redirect_uri"]);
        Assert.Equal("/bye", end.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Empty(browser.Cookies);
    }

    [Fact]
    public async Task After_signing_out_a_made_up_state_leads_nowhere()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(provider.Issuer);
        using var browser = new Browser();

        using var response = await browser.GetAsync($"{app.Url}/signout-callback-oidc?state=https://evil.example");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("sid=session-1", true)]
    [InlineData("sid=another", false)]
    [InlineData("", false)]
    [InlineData("sid=session-1&iss=https://evil.example", false)]
    public async Task A_front_channel_logout_has_to_know_the_session(string query, bool ends)
    {
        await using var provider = await TestProvider.StartAsync();
        await using var app = await RelyingParty.StartAsync(provider.Issuer);
        using var browser = new Browser();
        using var signedIn = await browser.FollowAsync($"{app.Url}/me");

        using var logout = await browser.GetAsync($"{app.Url}/signout-oidc?{query}");
        using var after = await browser.GetAsync($"{app.Url}/me");

        Assert.Equal(ends ? HttpStatusCode.Redirect : HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Events_see_each_step_in_order_and_may_stop_it()
    {
        await using var provider = await TestProvider.StartAsync();
        List<string> seen = [];
        await using var app = await RelyingParty.StartAsync(provider.Issuer, options =>
        {
            options.GetClaimsFromUserInfoEndpoint = true;
            options.Events.OnRedirectToIdentityProvider = _ => Saw("redirect");
            options.Events.OnMessageReceived = _ => Saw("message");
            options.Events.OnAuthorizationCodeReceived = _ => Saw("code");
            options.Events.OnTokenResponseReceived = _ => Saw("tokens");
            options.Events.OnTokenValidated = _ => Saw("validated");
            options.Events.OnUserInformationReceived = _ => Saw("user");
            options.Events.OnTicketReceived = context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                context.HandleResponse();
                return Saw("ticket");
            };
        });
        using var browser = new Browser();

        using var response = await browser.FollowAsync($"{app.Url}/me");

        Assert.Equal(["redirect", "message", "code", "tokens", "validated", "user", "ticket"], seen);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain(browser.Cookies.Keys, c => c.Name is ".AspNetCore.cookie");

        Task Saw(string step)
        {
            seen.Add(step);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void What_it_does_not_know_is_refused_at_start()
    {
        static OpenIdConnectOptions Options(string type, string mode) => new()
        {
            ClientId = "app",
            SignInScheme = "cookie",
            ResponseType = type,
            ResponseMode = mode,
            ConfigurationManager =
                new Microsoft.IdentityModel.Protocols.StaticConfigurationManager<OpenIdConnectConfiguration>(new()),
        };

        Options("code", "query").Validate();
        Options("code", "form_post").Validate();
        Assert.Throws<NotSupportedException>(() => Options("id_token", "query").Validate());
        Assert.Throws<NotSupportedException>(() => Options("code id_token", "form_post").Validate());
        Assert.Throws<NotSupportedException>(() => Options("code", "fragment").Validate());
    }

    /// <summary>Signs in, doing by hand what a browser does with the page of <c>form_post</c>.</summary>
    private static async Task<HttpResponseMessage> SignInAsync(Browser browser, RelyingParty app)
    {
        var response = await browser.FollowAsync($"{app.Url}/me");
        if (response.Content.Headers.ContentType?.MediaType is not "text/plain") return response;

        var fields = QueryHelpers.ParseQuery((await response.Content.ReadAsStringAsync()).Replace('\n', '&'));
        using var posted = await browser.PostAsync(
            $"{app.Url}/signin-oidc", fields.Select(f => KeyValuePair.Create(f.Key, f.Value.ToString())));
        return await browser.FollowAsync(Browser.Location(posted)!);
    }
}
