using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Platform.ServiceDefaults.KeyRing;
using Platform.Tests.Support;
using Platform.Ui.SignIn;
using StackExchange.Redis;

namespace Platform.Tests.SignIn;

/// <summary>A small web app with our sign-in, a real Redis and a configurable provider.</summary>
internal sealed class SignInApp : IAsyncDisposable
{
    private readonly List<WebApplication> _replicas = [];
    private int _requests;

    private SignInApp(TestProvider provider, ConnectionMultiplexer redis) => (Provider, Redis) = (provider, redis);

    public TestProvider Provider { get; }
    public ConnectionMultiplexer Redis { get; }

    /// <summary>Begins at the real time: tokens have to be valid for a library that knows no other clock.</summary>
    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());
    public Dictionary<string, string?> Settings { get; } = [];

    /// <summary>Also the prefix of its keys: each test has its own, so that they can share a server.</summary>
    public string ClientId { get; } = $"t{Guid.CreateVersion7():n}";

    public string Url => _replicas[0].Urls.Single();

    /// <summary>How many have come in so far, at all replicas, answered or not.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Sets the clock to so long after the start of the app.</summary>
    public void SetElapsed(TimeSpan sinceStart) => Clock.SetUtcNow(Clock.Start + sinceStart);

    public static async Task<SignInApp> StartAsync(Action<SignInApp>? prepare = null)
    {
        var redis = await ConnectionMultiplexer.ConnectAsync($"{await Servers.RedisAsync()},syncTimeout=30000");
        var app = new SignInApp(await TestProvider.StartAsync(), redis);
        prepare?.Invoke(app);
        await app.AddReplicaAsync();
        return app;
    }

    /// <returns>Its address.</returns>
    public async Task<string> AddReplicaAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Identity:Issuer"] = Provider.Issuer,
            ["Oidc:ClientId"] = ClientId,
            ["Oidc:ClientSecret"] = "secret",
        });
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Services.AddSingleton<IConnectionMultiplexer>(Redis);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton<IStartupFilter>(new FirstOfAll(() => Interlocked.Increment(ref _requests)));
        builder.Services.AddHealthChecks();
        builder.Services.AddHttpClient("api").AddHttpMessageHandler<AccessTokenHandler>();
        builder.AddKeyRing();
        builder.AddSignIn("scheduling");

        var app = builder.Build();
        app.MapSignIn();
        app.MapHealthChecks("/health"); // on purpose without AllowAnonymous
        app.MapGet("/me", async Task<Me> (HttpContext http) => new(
            http.User.Identity!.Name,
            http.User.Claims.ToLookup(c => c.Type).ToDictionary(c => c.Key, c => c.Select(v => v.Value).ToArray()),
            await http.GetTokenAsync("access_token"),
            await http.GetTokenAsync("refresh_token")));
        app.MapGet("/staff", () => "staff").RequireAuthorization(policy => policy.RequireClaim("platform_role"));
        app.MapGet("/form", (HttpContext http, IAntiforgery antiforgery) =>
            antiforgery.GetAndStoreTokens(http).RequestToken);
        app.MapPost("/change", () => "changed").DisableAntiforgery();
        app.MapGet("/echo", (HttpContext http) => new Dictionary<string, string>
        {
            ["authorization"] = http.Request.Headers.Authorization.ToString(),
            ["tenant"] = http.Request.Headers["x-tenant-id"].ToString(),
        }).AllowAnonymous();
        app.MapGet("/call", async (HttpContext http, IHttpClientFactory clients) =>
            await clients.CreateClient("api").GetStringAsync($"http://{http.Request.Host}/echo")).AllowAnonymous();
        await app.StartAsync();

        _replicas.Add(app);
        return app.Urls.Single();
    }

    /// <summary>A browser in which a person has just signed in.</summary>
    public async Task<Browser> SignInAsync()
    {
        var browser = new Browser();
        using var response = await browser.FollowAsync($"{Url}/me");
        response.EnsureSuccessStatusCode();
        return browser;
    }

    /// <summary>The person whom the app sees in this browser; null if nobody is signed in.</summary>
    public async Task<Me?> MeAsync(Browser browser)
    {
        using var response = await browser.GetAsync($"{Url}/me");
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<Me>(await response.Content.ReadAsStringAsync(), JsonSerializerOptions.Web)
            : null;
    }

    public async Task<HttpResponseMessage> PostFormAsync(
        Browser browser, string path, Dictionary<string, string> form, params (string Name, string Value)[] headers)
    {
        using var page = await browser.GetAsync($"{Url}/form");
        form["__RequestVerificationToken"] = await page.Content.ReadAsStringAsync();
        return await browser.PostAsync($"{Url}{path}", form, headers);
    }

    public IEnumerable<RedisKey> Keys(string use) =>
        Redis.GetServer(Redis.GetEndPoints()[0]).Keys(pattern: $"{ClientId}:signin:{use}:*");

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas) await replica.DisposeAsync();
        await Provider.DisposeAsync();

        foreach (var key in Redis.GetServer(Redis.GetEndPoints()[0]).Keys(pattern: $"{ClientId}:*").ToList())
        {
            await Redis.GetDatabase().KeyDeleteAsync(key);
        }

        await Redis.CloseAsync();
        Redis.Dispose();
    }
}

/// <summary>Does something as each request comes in, before sign-in looks at it.</summary>
internal sealed class FirstOfAll(Action act) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => http =>
        {
            act();
            return following(http);
        });
        next(app);
    };
}

internal sealed record Me(string? Name, Dictionary<string, string[]> Claims, string? AccessToken, string? RefreshToken);
