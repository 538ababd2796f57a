using System.Net;
using Microsoft.AspNetCore.Http;

namespace Platform.Tests.SignIn;

/// <summary>Tokens during a session: refreshed in time and once, and what happens when they cannot be.</summary>
public sealed class SessionTests
{
    private const int Lifetime = 300; // seconds, of an access token

    [Fact]
    public async Task Twenty_requests_at_once_refresh_once_and_all_are_served()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        var before = await app.MeAsync(browser);

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime * 0.85));
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.MeAsync(browser)));
        var after = await app.MeAsync(browser);

        Assert.Equal(1, app.Provider.Refreshes);
        Assert.All(all, Assert.NotNull);
        Assert.NotEqual(before!.AccessToken, after!.AccessToken);
        Assert.NotEqual(before.RefreshToken, after.RefreshToken);
    }

    [Fact]
    public async Task Twenty_requests_at_two_replicas_with_an_expired_token_wait_for_one_refresh()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        var (_, session) = Assert.Single(browser.Cookies);
        var other = new Uri(await app.AddReplicaAsync());
        browser.Cookies[(other.Authority, $"__Host-{app.ClientId}.session")] = session;
        var expected = app.Requests + 20;
        app.Provider.OnTokenRequest = async _ =>
        {
            while (app.Requests < expected) await Task.Delay(5);
            return null;
        };

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime + 1));
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using var response = await browser.GetAsync(i % 2 == 0 ? $"{app.Url}/me" : $"{other}me");
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }));

        Assert.Equal(1, app.Provider.Refreshes);
        var (status, _) = Assert.Single(all.Distinct()); // the same new token in each
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Nothing_is_refreshed_before_four_fifths_of_the_lifetime()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime * 0.75));
        await app.MeAsync(browser);
        Assert.Equal(0, app.Provider.Refreshes);

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime * 0.81));
        await app.MeAsync(browser);
        Assert.Equal(1, app.Provider.Refreshes);
    }

    [Fact]
    public async Task Sliding_does_not_restore_tokens_that_have_been_used()
    {
        await using var app = await SignInApp.StartAsync(app => app.Provider.AccessTokenLifetime = 3600);
        using var browser = await app.SignInAsync();

        // Past half of the idle time the cookie handler renews the session with the ticket it began the request with;
        // the same request also refreshes.
        app.SetElapsed(TimeSpan.FromMinutes(65));
        var refreshed = await app.MeAsync(browser);
        var later = await app.MeAsync(browser);

        Assert.Equal(1, app.Provider.Refreshes);
        Assert.Equal(refreshed!.RefreshToken, later!.RefreshToken);
    }

    [Fact]
    public async Task A_refused_refresh_ends_the_session()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        app.Provider.OnTokenRequest = Refuse("invalid_grant");

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime * 0.85));

        Assert.Null(await app.MeAsync(browser));
        Assert.Empty(app.Keys("session"));
        Assert.Empty(app.Keys("sid").Concat(app.Keys("sub")));
        Assert.DoesNotContain(browser.Cookies.Keys, c => c.Name.EndsWith(".session", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("500")]
    [InlineData("invalid_client")]
    [InlineData("temporarily_unavailable")]
    [InlineData("429")]
    [InlineData("unreachable")]
    public async Task A_failing_provider_ends_no_session_before_the_token_expires(string trouble)
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        var asked = 0;
        app.Provider.OnTokenRequest = form =>
        {
            Interlocked.Increment(ref asked);
            return trouble switch
            {
                "invalid_client" or "temporarily_unavailable" => Refuse(trouble)(form),
                "429" => Answer(Results.Json(new { error = "invalid_grant" }, statusCode: 429)),
                _ => Answer(Results.StatusCode(500)),
            };
        };
        if (trouble is "unreachable") await app.Provider.DisposeAsync();

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime * 0.85));
        for (var i = 0; i < 5; i++) Assert.NotNull(await app.MeAsync(browser));
        Assert.True(asked <= 1, "It is asked again only after a pause.");

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime + 1));
        Assert.Null(await app.MeAsync(browser));
        Assert.Single(app.Keys("session")); // it waits for the provider to come back
    }

    [Fact]
    public async Task A_session_continues_when_the_provider_is_available_again()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        app.Provider.OnTokenRequest = _ => Answer(Results.StatusCode(503));
        app.SetElapsed(TimeSpan.FromSeconds(Lifetime + 1));
        Assert.Null(await app.MeAsync(browser));

        app.Provider.OnTokenRequest = null;
        await app.Redis.GetDatabase().KeyDeleteAsync(Assert.Single(app.Keys("lock"))); // the pause is over

        Assert.NotNull(await app.MeAsync(browser));
    }

    [Fact]
    public async Task Without_a_refresh_token_a_session_lasts_as_long_as_its_access_token()
    {
        await using var app = await SignInApp.StartAsync(app =>
            app.Provider.OnTokenResponse = response => response.Remove("refresh_token"));
        using var browser = await app.SignInAsync();

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime * 0.85));
        Assert.NotNull(await app.MeAsync(browser));

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime + 1));
        Assert.Null(await app.MeAsync(browser));
        Assert.Empty(app.Keys("session"));
    }

    [Fact]
    public async Task A_refresh_for_another_subject_ends_the_session()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        app.Provider.Subject = "99";

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime * 0.85));

        Assert.Null(await app.MeAsync(browser));
        Assert.Empty(app.Keys("session"));
    }

    [Fact]
    public async Task Changed_claims_of_a_refresh_are_shown()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        app.Provider.OnAccessToken = token => token["roles"] = (string[])["user"];

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime + 1));

        Assert.Equal(["user"], (await app.MeAsync(browser))!.Claims["roles"]);
    }

    [Fact]
    public async Task A_refresh_token_is_stored_even_if_the_browser_disconnects()
    {
        await using var app = await SignInApp.StartAsync();
        using var browser = await app.SignInAsync();
        using var leaving = browser.Copy();
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        app.Provider.OnTokenRequest = async _ =>
        {
            asked.TrySetResult();
            await answer.Task;
            return null;
        };

        app.SetElapsed(TimeSpan.FromSeconds(Lifetime + 1));
        var request = app.MeAsync(leaving);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        leaving.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => request);
        answer.SetResult();

        Assert.NotNull(await app.MeAsync(browser));
        Assert.Equal(1, app.Provider.Refreshes);
    }

    internal static Func<IFormCollection, Task<IResult?>> Refuse(string error) =>
        _ => Answer(Results.Json(new { error }, statusCode: error is "invalid_client" ? 401 : 400));

    private static Task<IResult?> Answer(IResult result) => Task.FromResult<IResult?>(result);
}
