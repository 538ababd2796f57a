using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;
using Platform.Tests.Support;
using Platform.Ui.Http;

namespace Platform.Tests.Ui;

/// <summary>
/// A web app on a port of its own, before the real API. The provider of sign-in is not part of it: a session is opened
/// here with the tokens that the provider would have given.
/// </summary>
/// <typeparam name="TClient">The app's client of the API, which also says which app it is.</typeparam>
public abstract class Site<TClient>(PlatformFixture platform, Chromium chromium, string clientId)
    : WebApplicationFactory<TClient>, IAsyncLifetime where TClient : ApiClient
{
    private const string OpenSession = "/test/session";

    private readonly Dictionary<string, (ClaimsPrincipal Who, string Token)> _people = [];

    private string _redis = "";

    public PlatformFixture Platform => platform;

    public string Url { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _redis = await Servers.RedisAsync();
        UseKestrel(0);
        StartServer();
        Url = $"http://localhost:{ClientOptions.BaseAddress.Port}";
    }

    /// <summary>A window in which a person is signed in; null for nobody.</summary>
    public async Task<Visit> OpenAsync(Person? person, BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.Locale ??= "pt-BR";
        options.ReducedMotion = ReducedMotion.Reduce;
        options.BaseURL = Url;
        var window = await chromium.NewWindowAsync(options);
        var visit = await Visit.StartAsync(window);
        if (person is not null) await SignInAsync(visit.Page, person);
        return visit;
    }

    /// <summary>Replaces the session of a window, as a sign-in or a switch of tenant does.</summary>
    public async Task SignInAsync(IPage page, Person person)
    {
        var ticket = Guid.CreateVersion7().ToString();
        lock (_people) _people[ticket] = (person.Principal(), person.Token);
        await page.Context.ClearCookiesAsync(new() { Name = $"__Host-{clientId}.session" }); // else only its times change
        await page.GotoAsync($"{OpenSession}?{ticket}");
        Assert.Equal("open", await page.InnerTextAsync("body"));
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder) => builder
        .UseSetting("services:api:http:0", platform.Api.ClientOptions.BaseAddress.ToString().TrimEnd('/'))
        .UseSetting("ConnectionStrings:redis", _redis)
        .UseSetting("Identity:Issuer", TestTokens.Issuer)
        .UseSetting("Oidc:ClientId", clientId)
        .UseSetting("Oidc:ClientSecret", "secret")
        .ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
        .ConfigureTestServices(services => services
            .AddSingleton<TimeProvider>(new FakeTimeProvider(PlatformFixture.Monday9am))
            .AddSingleton<IStartupFilter>(new SessionOpener(_people)));

    /// <summary>Handles a URL of the tests by signing a person in, as the callback of the provider does.</summary>
    private sealed class SessionOpener(Dictionary<string, (ClaimsPrincipal Who, string Token)> people) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
                context.Request.Path == OpenSession ? OpenAsync(context) : following(context));
            next(app);
        };

        private async Task OpenAsync(HttpContext context)
        {
            (ClaimsPrincipal Who, string Token) person;
            lock (people) person = people[context.Request.QueryString.Value!.TrimStart('?')];

            var properties = new AuthenticationProperties();
            var expires = PlatformFixture.Monday9am.AddHours(1).ToString("o", CultureInfo.InvariantCulture);
            properties.StoreTokens(
            [
                new() { Name = "access_token", Value = person.Token },
                new() { Name = "expires_at", Value = expires },
            ]);
            await context.SignInAsync(person.Who, properties);
            await context.Response.WriteAsync("open");
        }
    }
}

/// <summary>A person who can sign in, with the token that their calls of the API carry.</summary>
public sealed record Person(string Name, string Token, params IReadOnlyList<(string Type, string Value)> Claims)
{
    public ClaimsPrincipal Principal() => new(new ClaimsIdentity(
        [
            new("name", Name),
            new("email", $"{Name.ToLowerInvariant()}@example.com"),
            .. Claims.Select(claim => new Claim(claim.Type, claim.Value)),
        ],
        "test", "name", "roles"));
}
