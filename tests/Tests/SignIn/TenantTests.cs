using System.Net;
using Microsoft.AspNetCore.Http;

namespace Platform.Tests.SignIn;

/// <summary>Going to another tenant within a session.</summary>
public sealed class TenantTests
{
    [Fact]
    public async Task Switching_replaces_token_and_claims()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        var before = await app.MeAsync(browser);

        using var response = await app.PostFormAsync(browser, "/switch-tenant", To("porto-cowork"));

        Assert.Equal((HttpStatusCode.SeeOther, "/me"), (response.StatusCode, response.Headers.Location!.OriginalString));
        var after = await app.MeAsync(browser);
        Assert.Equal(["1"], before!.Claims["tenant_id"]);
        Assert.Equal(["2"], after!.Claims["tenant_id"]);
        Assert.Equal(["porto-cowork"], after.Claims["tenant_slug"]);
        Assert.NotEqual(before.AccessToken, after.AccessToken);
        Assert.Equal(before.RefreshToken, after.RefreshToken);
    }

    [Fact]
    public async Task The_tenant_stays_over_a_refresh()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        using var response = await app.PostFormAsync(browser, "/switch-tenant", To("porto-cowork"));

        app.SetElapsed(TimeSpan.FromSeconds(301));

        Assert.Equal(["2"], (await app.MeAsync(browser))!.Claims["tenant_id"]);
        Assert.Equal((1, 2), (app.Provider.Refreshes, app.Provider.Exchanges));
    }

    [Fact]
    public async Task A_refresh_that_cannot_be_exchanged_never_shows_the_first_tenant()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        using var response = await app.PostFormAsync(browser, "/switch-tenant", To("porto-cowork"));
        var before = await app.MeAsync(browser);
        app.Provider.OnTokenRequest = form => Task.FromResult(
            form["grant_type"] == "refresh_token" ? null : Results.StatusCode(503));

        app.SetElapsed(TimeSpan.FromSeconds(250));
        var during = await app.MeAsync(browser);
        app.Provider.OnTokenRequest = null;
        await app.Redis.GetDatabase().KeyDeleteAsync(Assert.Single(app.Keys("lock"))); // the pause is over
        var after = await app.MeAsync(browser);

        Assert.Equal(["2"], during!.Claims["tenant_id"]);
        Assert.Equal(before!.AccessToken, during.AccessToken);
        Assert.NotEqual(before.RefreshToken, during.RefreshToken); // the old one has been used
        Assert.Equal(["2"], after!.Claims["tenant_id"]);
        Assert.NotEqual(before.AccessToken, after.AccessToken);
    }

    [Fact]
    public async Task A_person_removed_from_the_tenant_has_to_sign_in_again()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        using var response = await app.PostFormAsync(browser, "/switch-tenant", To("porto-cowork"));
        app.Provider.OnTokenRequest = form => form["grant_type"] == "refresh_token"
            ? Task.FromResult<IResult?>(null)
            : SessionTests.Refuse("invalid_target")(form);

        app.SetElapsed(TimeSpan.FromSeconds(250));

        Assert.Null(await app.MeAsync(browser));
        Assert.Empty(app.Keys("session"));
    }

    [Fact]
    public async Task A_tenant_without_membership_is_refused_and_nothing_changes()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();

        using var response = await app.PostFormAsync(browser, "/switch-tenant", To("no-member"));

        Assert.Equal("/signin-error?code=TENANT_REFUSED", response.Headers.Location!.OriginalString);
        Assert.Equal(["1"], (await app.MeAsync(browser))!.Claims["tenant_id"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("UPPER")]
    [InlineData("a b")]
    [InlineData("a&scope=x")]
    [InlineData("-a")]
    public async Task An_invalid_slug_is_not_requested(string tenant)
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();

        using var response = await app.PostFormAsync(browser, "/switch-tenant", To(tenant));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, app.Provider.Exchanges);
    }

    [Fact]
    public async Task Another_site_cannot_switch()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();

        using var response = await browser.PostAsync($"{app.Url}/switch-tenant", To("porto-cowork"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, app.Provider.Exchanges);
    }

    [Fact]
    public async Task Switching_redirects_only_to_a_page_of_this_site_and_sends_htmx_a_header()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        var form = To("porto-cowork");
        form["returnUrl"] = "//evil.example";

        using var response = await app.PostFormAsync(browser, "/switch-tenant", form, ("HX-Request", "true"));

        Assert.Equal("/", response.Headers.GetValues("HX-Redirect").Single());
    }

    [Fact]
    public async Task A_form_of_another_tenant_is_sent_on_after_the_switch_and_only_to_this_site()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        var form = new Dictionary<string, string> { ["tenant"] = "typed into the form", ["Input.Name"] = "Ada" };
        var switchTo = "/switch-tenant?tenant=porto-cowork&resend=true&returnUrl=";

        using var sent = await app.PostFormAsync(browser, $"{switchTo}%2Fme%3Fhandler%3DSave", form);
        var after = await app.MeAsync(browser);
        using var elsewhere = await app.PostFormAsync(browser, $"{switchTo}https%3A%2F%2Fevil.example", form);

        Assert.Equal((HttpStatusCode.TemporaryRedirect, "/me?handler=Save"), (sent.StatusCode, sent.Headers.Location!.OriginalString));
        Assert.Equal(["porto-cowork"], after!.Claims["tenant_slug"]);
        Assert.Equal("/", elsewhere.Headers.Location!.OriginalString);
    }

    private static Dictionary<string, string> To(string tenant) => new() { ["tenant"] = tenant, ["returnUrl"] = "/me" };
}
