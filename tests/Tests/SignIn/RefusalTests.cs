using System.Net;
using Platform.Ui.SignIn;

namespace Platform.Tests.SignIn;

/// <summary>What our sign-in refuses, with either handler compiled in, and the page it then shows.</summary>
public sealed class RefusalTests
{
    public static TheoryData<string> Attacks => SignIn.Attacks.Names;

    [Theory, MemberData(nameof(Attacks))]
    public async Task An_attack_does_not_sign_in(string attack)
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();
        SignIn.Attacks.All[attack](app.Provider);

        using var response = await browser.FollowAsync($"{app.Url}/me");

        Assert.Equal(SignInPaths.Error, response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(await app.MeAsync(browser));
        Assert.Empty(app.Keys("session"));
    }

    [Theory]
    [InlineData("not a token")]
    [InlineData("for another")]
    [InlineData("of another person")]
    [InlineData("an id token")]
    public async Task An_invalid_access_token_does_not_sign_in(string fault)
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();
        app.Provider.OnIdToken = (_, id) => id.Remove("at_hash");
        app.Provider.OnAccessToken = token =>
        {
            if (fault is "for another") token["aud"] = "identity";
            if (fault is "of another person") token["sub"] = "99";
        };
        app.Provider.OnTokenResponse = response =>
        {
            if (fault is "not a token") response["access_token"] = "opaque";
            if (fault is "an id token") response["access_token"] = response["id_token"];
        };

        using var response = await browser.FollowAsync($"{app.Url}/me");

        Assert.Equal("?code=SIGN_IN_REFUSED", response.RequestMessage!.RequestUri!.Query);
        Assert.Empty(app.Keys("session"));
    }

    [Fact]
    public async Task Declining_has_its_own_error_code()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();
        app.Provider.OnCallback = answer =>
        {
            answer.RemoveAll(a => a.Key is "code" or "iss"); // some providers leave iss out of errors
            answer.Add(new("error", "access_denied"));
        };

        using var response = await browser.FollowAsync($"{app.Url}/me");

        Assert.Equal("?code=ACCESS_DENIED", response.RequestMessage!.RequestUri!.Query);
    }

    [Fact]
    public async Task A_sign_in_begun_in_another_browser_does_not_sign_in()
    {
        await using var app = await SignInApp.StartAsync();
        using var attacker = new Browser();
        using var victim = new Browser();

        using var answer = await attacker.FollowAsync($"{app.Url}/me", stopAt: "/signin-oidc");
        using var response = await victim.FollowAsync(Browser.Location(answer)!);

        Assert.Equal("?code=SIGN_IN_EXPIRED", response.RequestMessage!.RequestUri!.Query);
        Assert.Null(await app.MeAsync(victim));
    }

    [Fact]
    public async Task A_response_without_the_nonce_cookie_does_not_sign_in()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var answer = await browser.FollowAsync($"{app.Url}/me", stopAt: "/signin-oidc");
        foreach (var cookie in browser.Cookies.Keys.Where(c => c.Name.Contains(".nonce.", StringComparison.Ordinal)))
        {
            browser.Cookies.TryRemove(cookie, out _);
        }

        using var response = await browser.FollowAsync(Browser.Location(answer)!);

        Assert.Equal("?code=SIGN_IN_REFUSED", response.RequestMessage!.RequestUri!.Query);
    }

    [Fact]
    public async Task The_callback_opened_again_leads_to_the_page_and_does_not_sign_in_another_browser()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var answer = await browser.FollowAsync($"{app.Url}/me", stopAt: "/signin-oidc");
        var callback = Browser.Location(answer)!;
        using var first = await browser.FollowAsync(callback);
        using var second = await browser.FollowAsync(callback);
        using var stranger = new Browser();
        using var elsewhere = await stranger.FollowAsync(callback);

        Assert.Equal("/me", second.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Single(app.Keys("session"));
        Assert.Equal("?code=SIGN_IN_EXPIRED", elsewhere.RequestMessage!.RequestUri!.Query);
    }

    [Fact]
    public async Task A_form_posted_to_the_callback_does_not_sign_in()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var answer = await browser.FollowAsync($"{app.Url}/me", stopAt: "/signin-oidc");
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(Browser.Location(answer)!).Query);
        using var response = await browser.PostAsync(
            $"{app.Url}/signin-oidc", query.Select(p => KeyValuePair.Create(p.Key, p.Value.ToString())));

        Assert.Equal("/signin-error?code=SIGN_IN_REFUSED", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task New_keys_of_the_provider_are_fetched_by_the_sign_in_that_needs_them()
    {
        await using var app = await SignInApp.StartAsync();
        using var before = await app.SignInAsync();

        app.Provider.Key = SigningKey.Second;
        using var after = await app.SignInAsync();

        Assert.NotNull(await app.MeAsync(after));
    }

    [Fact]
    public async Task Without_the_provider_the_error_page_is_shown()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();
        await app.Provider.DisposeAsync();

        using var response = await browser.FollowAsync($"{app.Url}/me");

        Assert.Equal("/signin-error?code=UNAVAILABLE", response.RequestMessage!.RequestUri!.PathAndQuery);
    }
}
