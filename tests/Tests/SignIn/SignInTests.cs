using System.Net;

namespace Platform.Tests.SignIn;

/// <summary>From a page to the provider and back, and what it leaves behind.</summary>
public sealed class SignInTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_leads_to_the_provider_and_back()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var response = await browser.FollowAsync($"{app.Url}/me?tab=2");

        Assert.Equal($"{app.Url}/me?tab=2", response.RequestMessage!.RequestUri!.AbsoluteUri);
        var me = await app.MeAsync(browser);
        Assert.Equal("Ana Souza", me!.Name);
        Assert.Equal(["11"], me.Claims["sub"]);
        Assert.Equal(["1"], me.Claims["tenant_id"]);
        Assert.Equal(["tenant_admin", "user"], me.Claims["roles"]);
        Assert.Equal("code", app.Provider.Request["response_type"]);
        Assert.Equal("S256", app.Provider.Request["code_challenge_method"]);
        Assert.Equal("openid profile email offline_access scheduling", app.Provider.Request["scope"]);
        Assert.DoesNotContain("response_mode", app.Provider.Request.Keys); // query is what a code comes back in
    }

    [Fact]
    public async Task Every_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();

        Assert.Equal(5, browser.SetCookies.Count); // correlation and nonce come and go, the session stays
        Assert.All(browser.SetCookies, cookie =>
        {
            Assert.StartsWith($"__Host-{app.ClientId}.", cookie, StringComparison.Ordinal);
            Assert.Contains("; path=/;", cookie, StringComparison.Ordinal);
            Assert.Contains("; secure", cookie, StringComparison.Ordinal);
            Assert.Contains("; samesite=lax", cookie, StringComparison.Ordinal);
            Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
            Assert.DoesNotContain("domain", cookie, StringComparison.Ordinal);
        });
        Assert.Single(browser.Cookies);
    }

    [Fact]
    public async Task Tokens_are_stored_encrypted_in_Redis_and_not_in_the_browser()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        var me = await app.MeAsync(browser);

        var session = Assert.Single(app.Keys("session"));
        var stored = await app.Redis.GetDatabase().HashGetAllAsync(session);

        Assert.DoesNotContain(stored, field => field.Value.ToString().Contains(me!.AccessToken![..20], StringComparison.Ordinal));
        Assert.DoesNotContain(stored, field => field.Value.ToString().Contains("Ana Souza", StringComparison.Ordinal));
        Assert.InRange(
            (await app.Redis.GetDatabase().KeyTimeToLiveAsync(session))!.Value, TimeSpan.FromMinutes(119), TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task Another_replica_accepts_the_session()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        var other = new Uri(await app.AddReplicaAsync());
        var (_, value) = Assert.Single(browser.Cookies);

        browser.Cookies[(other.Authority, $"__Host-{app.ClientId}.session")] = value;
        using var response = await browser.GetAsync($"{other}me");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Signing_in_again_makes_a_new_session_and_ends_the_old_one()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        using var stale = browser.Copy();

        app.Provider.Subject = "12";
        using var response = await browser.FollowAsync($"{app.Url}/signin?returnUrl=/me");

        Assert.Equal(["12"], (await app.MeAsync(browser))!.Claims["sub"]);
        Assert.Null(await app.MeAsync(stale));
        Assert.Single(app.Keys("session"));
    }

    [Fact]
    public async Task A_session_slides_with_use_ends_when_idle_and_ends_anyway_after_its_longest_time()
    {
        await using var app = await SignInApp.StartAsync(app => app.Provider.AccessTokenLifetime = 24 * 3600);
        using var idle = await app.SignInAsync();
        using var used = await app.SignInAsync();

        for (var minutes = 90; minutes < 12 * 60; minutes += 90)
        {
            app.SetElapsed(TimeSpan.FromMinutes(minutes));
            Assert.NotNull(await app.MeAsync(used));
        }

        Assert.Null(await app.MeAsync(idle));
        app.SetElapsed(TimeSpan.FromMinutes((12 * 60) + 1));
        Assert.Null(await app.MeAsync(used));
    }

    [Theory]
    [InlineData("//evil.example", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/%09/evil.example", "/%09/evil.example")] // decoded once by the query, so a path of ours
    [InlineData("/\t/evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/form?a=b", "/form?a=b")]
    public async Task Sign_in_returns_to_this_site_only(string returnUrl, string expected)
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var response = await browser.FollowAsync($"{app.Url}/signin?returnUrl={Uri.EscapeDataString(returnUrl)}");

        Assert.Equal(new Uri(new Uri(app.Url), expected).AbsoluteUri, response.RequestMessage!.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public async Task A_path_with_two_slashes_does_not_lead_elsewhere()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var response = await browser.FollowAsync($"{app.Url}//evil.example/me");

        Assert.StartsWith(app.Url, response.RequestMessage!.RequestUri!.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tenant_in_the_link_is_requested_from_the_provider()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var good = await browser.FollowAsync($"{app.Url}/signin?returnUrl=/me&tenant=porto-cowork");
        Assert.Equal("tenant:porto-cowork", app.Provider.Request["acr_values"]);

        using var bad = await browser.FollowAsync($"{app.Url}/signin?returnUrl=/me&tenant=a%20b");
        Assert.DoesNotContain("acr_values", app.Provider.Request.Keys);
    }

    [Fact]
    public async Task Pages_require_sign_in_unless_they_opt_out_and_health_is_public()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var health = await browser.GetAsync($"{app.Url}/health");
        using var error = await browser.GetAsync($"{app.Url}/signin-error?code=X");
        using var page = await browser.GetAsync($"{app.Url}/form");
        using var unknown = await browser.GetAsync($"{app.Url}/nothing");

        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal(HttpStatusCode.OK, error.StatusCode);
        Assert.StartsWith(app.Provider.Issuer, Browser.Location(page), StringComparison.Ordinal);
        Assert.StartsWith(app.Provider.Issuer, Browser.Location(unknown), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_for_others_is_forbidden_and_not_a_loop()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();

        using var response = await browser.GetAsync($"{app.Url}/staff");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("http://{site}/me?tab=2", "/me?tab=2")]
    [InlineData("http://evil.example/me", "/")]
    [InlineData("nonsense", "/")]
    public async Task Htmx_requests_get_401_with_a_redirect_to_their_page(string page, string expected)
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var response = await browser.GetAsync(
            $"{app.Url}/form",
            ("HX-Request", "true"),
            ("HX-Current-URL", page.Replace("{site}", new Uri(app.Url).Authority, StringComparison.Ordinal)));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(expected, response.Headers.GetValues("HX-Redirect").Single());
        Assert.Empty(browser.SetCookies);
    }

    [Fact]
    public async Task Requests_of_scripts_and_images_get_401_and_set_no_cookies()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var response = await browser.GetAsync($"{app.Url}/form", ("Sec-Fetch-Mode", "cors"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(browser.SetCookies);
    }

    [Fact]
    public async Task A_form_sent_after_the_session_ended_leads_back_to_its_page()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = new Browser();

        using var post = await browser.PostAsync($"{app.Url}/change", [], ("Referer", $"{app.Url}/me?tab=2"));
        using var back = await browser.FollowAsync(Browser.Location(post)!);

        Assert.Equal($"{app.Url}/me?tab=2#resume", back.RequestMessage!.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public async Task The_api_is_called_with_the_persons_token_and_tenant()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        using var stranger = new Browser();
        var me = await app.MeAsync(browser);

        using var call = await browser.GetAsync($"{app.Url}/call");
        using var anonymous = await stranger.GetAsync($"{app.Url}/call");

        Assert.Equal(
            $$"""{"authorization":"Bearer {{me!.AccessToken}}","tenant":"1"}""", await call.Content.ReadAsStringAsync(Ct));
        Assert.Equal("""{"authorization":"","tenant":""}""", await anonymous.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_session_that_cannot_be_decrypted_leads_to_sign_in()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        await app.Redis.GetDatabase().HashSetAsync(Assert.Single(app.Keys("session")), "ticket", "CfDJ8 not any more");

        using var response = await browser.GetAsync($"{app.Url}/me");

        Assert.StartsWith(app.Provider.Issuer, Browser.Location(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_that_is_moved_to_another_session_is_refused()
    {
        await using var app = await SignInApp.StartAsync();
        using var ana = await app.SignInAsync();
        var hers = Assert.Single(app.Keys("session"));
        app.Provider.Subject = "12";
        using var thief = await app.SignInAsync();
        var his = Assert.Single(app.Keys("session"), key => key != hers);
        var redis = app.Redis.GetDatabase();

        await redis.HashSetAsync(his, "ticket", await redis.HashGetAsync(hers, "ticket"));

        Assert.Null(await app.MeAsync(thief));
        Assert.NotNull(await app.MeAsync(ana));
    }
}
