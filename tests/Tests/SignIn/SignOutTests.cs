using System.Net;

namespace Platform.Tests.SignIn;

/// <summary>The end of a session: by the person, or by the provider behind the browser's back.</summary>
public sealed class SignOutTests
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";

    [Fact]
    public async Task Signing_out_ends_the_session_here_and_at_the_provider()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        using var stale = browser.Copy();

        using var response = await app.PostFormAsync(browser, "/signout", []);
        using var end = await browser.FollowAsync(Browser.Location(response)!);

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.NotEmpty(app.Provider.EndSessionRequest!["id_token_hint"].ToString());
        Assert.Equal("/signed-out", end.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Null(await app.MeAsync(stale));
        Assert.Empty(app.Keys("session"));
    }

    [Fact]
    public async Task Another_site_cannot_sign_a_person_out()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();

        using var post = await browser.PostAsync($"{app.Url}/signout", []);
        using var get = await browser.GetAsync($"{app.Url}/signout");
        using var frontChannel = await browser.GetAsync($"{app.Url}/signout-oidc?sid=session-1");

        Assert.Equal(HttpStatusCode.BadRequest, post.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.NotNull(await app.MeAsync(browser));
    }

    [Fact]
    public async Task Signing_out_works_without_the_provider()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        await app.Provider.DisposeAsync();
        await using var fresh = await SignInApp.StartAsync(); // its provider is gone before its metadata was ever read
        await fresh.Provider.DisposeAsync();

        using var response = await app.PostFormAsync(browser, "/signout", []);
        using var nobody = new Browser();
        using var signedOut = await nobody.PostAsync($"{fresh.Url}/signout", []);

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Empty(app.Keys("session"));
        Assert.Equal("/signed-out", signedOut.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("sid")]
    [InlineData("sub")]
    [InlineData("sid and sub")]
    public async Task The_provider_ends_a_session_by(string name)
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        app.Provider.SessionId = "session-2";
        using var elsewhere = await app.SignInAsync();
        app.Provider.Subject = "12";
        app.Provider.SessionId = "session-3";
        using var another = await app.SignInAsync();

        var token = LogoutToken(app);
        if (!name.Contains("sub", StringComparison.Ordinal)) token.Remove("sub");
        if (!name.Contains("sid", StringComparison.Ordinal)) token.Remove("sid");
        using var response = await PostAsync(app, app.Provider.Sign(token, "logout+jwt"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Null(await app.MeAsync(browser));
        Assert.Equal(name is "sub", await app.MeAsync(elsewhere) is null);
        Assert.NotNull(await app.MeAsync(another));
    }

    [Fact]
    public async Task A_session_that_has_ended_is_not_restored_by_a_concurrent_request()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        app.Provider.OnTokenRequest = async _ =>
        {
            using var logout = await PostAsync(app, app.Provider.Sign(LogoutToken(app), "logout+jwt"));
            return null;
        };

        app.SetElapsed(TimeSpan.FromSeconds(301));

        Assert.Null(await app.MeAsync(browser));
        Assert.Empty(app.Keys("session"));
    }

    public static TheoryData<string> Forgeries => [.. All.Keys];

    private static readonly Dictionary<string, Func<TestProvider, Dictionary<string, object?>, string>> All = new()
    {
        ["nothing"] = (_, _) => "",
        ["nonsense"] = (_, _) => "nonsense",
        ["an id token"] = (p, token) => p.Sign(token, "JWT"),
        ["an access token"] = (p, token) => p.Sign(token, "at+jwt"),
        ["alg none"] = (p, token) => p.Sign(token, "logout+jwt", _ => ""),
        ["another's key"] = (p, token) => p.Sign(token, "logout+jwt", SigningKey.Forged.Sign),
        ["another issuer"] = (p, token) => p.Sign(With(token, "iss", "https://evil.example"), "logout+jwt"),
        ["another audience"] = (p, token) => p.Sign(With(token, "aud", "another"), "logout+jwt"),
        ["no audience"] = (p, token) => p.Sign(Without(token, "aud"), "logout+jwt"),
        ["expired"] = (p, token) => p.Sign(With(token, "exp", (long)token["iat"]! - 100), "logout+jwt"),
        ["no exp"] = (p, token) => p.Sign(Without(token, "exp"), "logout+jwt"),
        ["no iat"] = (p, token) => p.Sign(Without(token, "iat"), "logout+jwt"),
        ["iat in the future"] = (p, token) => p.Sign(
            With(With(token, "iat", (long)token["iat"]! + 600), "exp", (long)token["iat"]! + 700), "logout+jwt"),
        ["no jti"] = (p, token) => p.Sign(Without(token, "jti"), "logout+jwt"),
        ["no events"] = (p, token) => p.Sign(Without(token, "events"), "logout+jwt"),
        ["events is text"] = (p, token) => p.Sign(With(token, "events", Event), "logout+jwt"),
        ["another event"] = (p, token) => p.Sign(With(token, "events", new Dictionary<string, object> { ["x"] = new() }), "logout+jwt"),
        ["the event is text"] = (p, token) => p.Sign(
            With(token, "events", new Dictionary<string, object> { [Event] = "" }), "logout+jwt"),
        ["a nonce"] = (p, token) => p.Sign(With(token, "nonce", "n"), "logout+jwt"),
        ["neither sid nor sub"] = (p, token) => p.Sign(Without(Without(token, "sid"), "sub"), "logout+jwt"),
        ["the sid with another's sub"] = (p, token) => p.Sign(With(token, "sub", "99"), "logout+jwt"),
        ["another sid"] = (p, token) => p.Sign(With(token, "sid", "other"), "logout+jwt"),
    };

    [Theory, MemberData(nameof(Forgeries))]
    public async Task An_invalid_logout_token_ends_no_session(string forgery)
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();

        using var response = await PostAsync(app, All[forgery](app.Provider, LogoutToken(app)));

        // A good token that matches no session is an ordinary answer; all else is refused.
        var isGood = forgery is "the sid with another's sub" or "another sid";
        Assert.Equal(isGood ? HttpStatusCode.OK : HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.NotNull(await app.MeAsync(browser));
    }

    [Fact]
    public async Task A_logout_token_is_good_for_one_use()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        var token = app.Provider.Sign(LogoutToken(app), "logout+jwt");

        using var first = await PostAsync(app, token);
        using var again = await app.SignInAsync(); // the same sid at the provider
        using var second = await PostAsync(app, token);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, second.StatusCode);
        Assert.NotNull(await app.MeAsync(again));
    }

    [Fact]
    public async Task Requests_that_are_not_a_logout_are_refused_and_end_no_session()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        var token = app.Provider.Sign(LogoutToken(app), "logout+jwt");

        using var twice = await browser.PostAsync(
            $"{app.Url}/signout-backchannel", [new("logout_token", token), new("logout_token", token)]);
        using var query = await browser.PostAsync($"{app.Url}/signout-backchannel?logout_token={token}", []);
        using var huge = await browser.PostAsync(
            $"{app.Url}/signout-backchannel", [new("logout_token", new string('a', 100_000))]);
        using var get = await browser.GetAsync($"{app.Url}/signout-backchannel?logout_token={token}");

        Assert.Equal(HttpStatusCode.BadRequest, twice.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, query.StatusCode);
        Assert.InRange((int)huge.StatusCode, 400, 499);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.NotNull(await app.MeAsync(browser));
    }

    private static Dictionary<string, object?> LogoutToken(SignInApp app)
    {
        var now = app.Clock.Start.ToUnixTimeSeconds();
        return new()
        {
            ["iss"] = app.Provider.Issuer,
            ["aud"] = app.ClientId,
            ["iat"] = now,
            ["exp"] = now + 120 + (long)(app.Clock.GetUtcNow() - app.Clock.Start).TotalSeconds,
            ["jti"] = Guid.CreateVersion7().ToString(),
            ["sub"] = "11",
            ["sid"] = "session-1",
            ["events"] = new Dictionary<string, object> { [Event] = new Dictionary<string, object>() },
        };
    }

    /// <summary>As the provider does: without cookies.</summary>
    private static async Task<HttpResponseMessage> PostAsync(SignInApp app, string token)
    {
        using var provider = new Browser();
        return await provider.PostAsync($"{app.Url}/signout-backchannel", [new("logout_token", token)]);
    }

    private static Dictionary<string, object?> With(Dictionary<string, object?> token, string name, object value) =>
        new(token) { [name] = value };

    private static Dictionary<string, object?> Without(Dictionary<string, object?> token, string name) =>
        token.Where(claim => claim.Key != name).ToDictionary();
}
