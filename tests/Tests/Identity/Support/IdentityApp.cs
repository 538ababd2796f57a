using System.Net;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Platform.Contracts.Tenants;
using Platform.Identity.Accounts;
using Platform.Tests.Support;

namespace Platform.Tests.Identity.Support;

/// <summary>Identity as a process runs it, on a port of its own, with a few more clients and a clock to turn.</summary>
public sealed class IdentityApp : IAsyncDisposable
{
    /// <summary>Hashing as slow as in production would be most of the time these tests take.</summary>
    private const int PasswordIterations = 1_000;

    /// <summary>The clock advances by this at each reading, so that later events have later times.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether the engine ends pushed requests and sessions by a clock that tests cannot turn.</summary>
    public static readonly bool HasSystemClock = typeof(Account).Assembly.GetType("Platform.Identity.DuendeEngine.EngineSetup") is not null;

    private readonly Factory _factory;

    private IdentityApp(Factory factory, string issuer, FakeTimeProvider clock, ApiStub api, HubStub hub)
    {
        _factory = factory;
        Issuer = issuer;
        Clock = clock;
        Api = api;
        Hub = hub;
    }

    public string Issuer { get; }

    public FakeTimeProvider Clock { get; }

    public ApiStub Api { get; }

    public HubStub Hub { get; }

    public IServiceProvider Services => _factory.Services;

    public static async Task<IdentityApp> StartAsync(
        string database, ApiStub api, HubStub hub, IReadOnlyDictionary<string, string>? settings =
            null, string? issuer = null, string host = "127.0.0.1", Action<IServiceCollection>? configure = null)
    {
        var port = Ports.Free();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow()) { AutoAdvanceAmount = Tick };
        var all = new Dictionary<string, string>
        {
            ["ConnectionStrings:identitydb"] = database.As(Logins.Identity),
            ["ConnectionStrings:redis"] = await Servers.RedisAsync(),
            ["Identity:Issuer"] = issuer ?? $"http://{host}:{port}",
            ["Clients:Hub:Url"] = hub.Url,
            ["Clients:Hub:Secret"] = RelyingParty.HubSecret,
            ["Clients:Admin:Url"] = "https://admin.example",
            ["Clients:Admin:Secret"] = RelyingParty.AdminSecret,
            ["Clients:Api:Secret"] = RelyingParty.ApiSecret,
            ["Clients:Self:Secret"] = "self-secret-1",
            ["services:api:http:0"] = api.Url,
            ["RateLimits:SignIns"] = "100000",
            ["RateLimits:Tokens"] = "100000",
            ["RateLimits:TokensPerAddress"] = "100000",
            ["RateLimits:KeyPrefix"] = $"{Guid.CreateVersion7():n}",
            ["RateLimits:RedisTimeout"] = "00:00:10", // the machine of the tests may be busy
            ["Logging:LogLevel:Default"] = Environment.GetEnvironmentVariable("TEST_LOG") ?? "Critical",
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>()) all[key] = value;

        var factory = new Factory(all, clock, configure);
        factory.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        await Task.Run(factory.StartServer);

        // The first answers of a process take seconds on a busy machine, and other processes wait no longer than that.
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        foreach (var path in (string[])["/.well-known/openid-configuration", "/connect/userinfo"]) (await http.GetAsync(path)).Dispose();
        return new(factory, $"http://{host}:{port}", clock, api, hub);
    }

    /// <summary>A person with an account and a separate browser; a member of both demo tenants.</summary>
    public async Task<Person> NewPersonAsync()
    {
        var email = $"p{Guid.CreateVersion7():n}@example.com";
        var account = new Account
        {
            Name = "Paula Prova",
            Locale = "pt-BR",
            Email = email,
            UserName = email,
            EmailConfirmed = true,
            CreatedAt = Clock.GetUtcNow(),
            UpdatedAt = Clock.GetUtcNow(),
        };

        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        var result = await accounts.CreateAsync(account, DemoTenants.Password);
        Assert.True(result.Succeeded, string.Join(' ', result.Errors.Select(error => error.Code)));

        return new(this, account.Id, email);
    }

    public async Task ChangeAccountAsync(long id, Func<UserManager<Account>, Account, Task> change)
    {
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        await change(accounts, (await accounts.FindByIdAsync($"{id}"))!);
    }

    public RelyingParty Client(string id = "hub") => new(this, id);

    public async ValueTask DisposeAsync() => await _factory.DisposeAsync();

    private sealed class Factory(
        IReadOnlyDictionary<string, string> settings, FakeTimeProvider clock, Action<IServiceCollection>? configure) : WebApplicationFactory<Account>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Development");
            foreach (var (key, value) in settings) builder.UseSetting(key, value);

            builder.ConfigureTestServices(services =>
            {
                services.AddSingleton<TimeProvider>(clock);
                configure?.Invoke(services);
                services.Configure<PasswordHasherOptions>(options => options.IterationCount = PasswordIterations);
                services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
                    options.TokenValidationParameters.LifetimeValidator = (from, to, _, parameters) =>
                        clock.GetUtcNow() is var now && now <= to + parameters.ClockSkew && (from is null || now >= from - parameters.ClockSkew));

                // Duende's cannot be stopped twice, and a test host does that.
                services.Remove(services.FirstOrDefault(service => service.ImplementationType?.Name == "TokenCleanupHost")!);

                var ours = services.Select(service => service.ImplementationInstance).OfType<Platform.Identity.Clients.Catalogue>().Last();
                services.AddSingleton(new Platform.Identity.Clients.Catalogue([.. ours.Clients, .. RelyingParty.Extra]));
            });
        }
    }
}
