using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Stack.Support;

[assembly: AssemblyFixture(typeof(StackFixture))]
[assembly: CollectionBehavior(DisableTestParallelization = true)] // some of them kill processes

namespace Platform.Stack.Support;

/// <summary>The whole stack, started once as a developer starts it, and a browser to use it with.</summary>
public sealed class StackFixture : IAsyncLifetime
{
    private StackRun? _run;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal StackRun Run => _run ?? throw new InvalidOperationException("The stack has not started.");

    public Uri Hub => Url("hub");

    public Uri Admin => Url("admin");

    public Uri Api => Url("api");

    public Uri Identity => Url("identity");

    internal Mailbox Mailbox => new(new HttpClient { BaseAddress = Url("mail") });

    internal DashboardTraces Traces => new(new HttpClient
    {
        BaseAddress = new Uri(new Uri(Run.Addresses.Dashboard), "/"),
        DefaultRequestHeaders = { { "x-api-key", StackRun.DashboardApiKey } },
    });

    public async ValueTask InitializeAsync()
    {
        _run = await StackRun.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium-headless-shell",
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>A person with a browser of their own: no cookies, no history.</summary>
    internal async Task<Person> NewPersonAsync(string locale = "pt-BR")
    {
        var context = await _browser!.NewContextAsync(new() { Locale = locale });
        context.SetDefaultTimeout(30_000);
        return new Person(this, context, await context.NewPageAsync());
    }

    public string ConnectionString(string resource) => Run.Addresses.ConnectionStrings[resource];

    /// <summary>A client of the Api with the rights of staff, inside the demo's coworking space.</summary>
    public async Task<HttpClient> ApiAsync()
    {
        // The process may have been killed a moment ago: ask the process itself.
        using var probe = new HttpClient { BaseAddress = Api };
        await Eventually.ValueAsync(
            async () => await probe.GetAsync("health") is { IsSuccessStatusCode: true } healthy ? healthy : null, "a healthy api", default);

        using var identity = new HttpClient { BaseAddress = Identity };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "demo",
            ["client_secret"] = "demo-secret",
            ["scope"] = $"{Scopes.Scheduling} {Scopes.Platform}",
        });
        using var answer = await identity.PostAsync("connect/token", form);
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString();

        var api = new HttpClient { BaseAddress = Api };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        api.DefaultRequestHeaders.Add(Headers.TenantId, $"{DemoTenants.Coworking.Id}");
        return api;
    }

    /// <summary>Kills every process of a resource as <c>kill -9</c> does. AppHost starts it again.</summary>
    public void Kill(string resource)
    {
        var victims = resource is "postgres" or "redis"
            ? StackProcesses.ServersIn(Run.Folder, resource)
            : StackProcesses.Of(resource, ConnectionString("redis"));
        Assert.NotEmpty(victims);
        foreach (var victim in victims) victim.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_run is not null) await _run.DisposeAsync();
    }

    private Uri Url(string resource) => new(new Uri(Run.Addresses.Urls[resource]), "/");
}
