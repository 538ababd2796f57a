using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Stack.Support;

[assembly: AssemblyFixture(typeof(StackFixture))]
[assembly: CollectionBehavior(DisableTestParallelization = true)] // some of them kill processes

namespace Platform.Stack.Support;

/// <summary>The whole stack on free ports and throw-away data, started once, and a browser to use it with.</summary>
public sealed class StackFixture : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _data = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"platform-stack-{Guid.CreateVersion7():n}"));
    private OtlpReceiver? _telemetry;
    private DistributedApplication? _app;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public DistributedApplication App => _app ?? throw new InvalidOperationException("The stack has not started.");

    public Uri Hub => App.GetEndpoint("hub", "http");

    public Uri Admin => App.GetEndpoint("admin", "http");

    public Uri Api => App.GetEndpoint("api", "http");

    public Uri Identity => App.GetEndpoint("identity", "http");

    internal Mailbox Mailbox => new(App.CreateHttpClient("mail", "http"));

    internal OtlpReceiver Telemetry => _telemetry ?? throw new InvalidOperationException("The stack has not started.");

    public async ValueTask InitializeAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        _telemetry = await OtlpReceiver.StartAsync();

        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([$"--Servers:Data={_data}"], limit.Token);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        foreach (var project in builder.Resources.OfType<ProjectResource>().ToList())
        {
            builder.CreateResourceBuilder(project)
                .WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", _telemetry.Url)
                .WithEnvironment("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        }

        _app = await builder.BuildAsync(limit.Token);
        await _app.StartAsync(limit.Token);

        foreach (var resource in (string[])["identity", "api", "worker", "hub", "admin", "mail"])
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(resource, limit.Token);

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium",
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

    public async Task<string> ConnectionStringAsync(string resource) =>
        await App.GetConnectionStringAsync(resource) ?? throw new InvalidOperationException($"{resource} has none.");

    /// <summary>A client of the Api with the rights of staff, inside the demo's coworking space.</summary>
    public async Task<HttpClient> ApiAsync()
    {
        // What is known of a resource may still be of the process that was killed a moment ago: ask the process itself.
        using var probe = App.CreateHttpClient("api", "http");
        await Eventually.ValueAsync(
            async () => await probe.GetAsync("health") is { IsSuccessStatusCode: true } healthy ? healthy : null, "a healthy api", default);

        using var identity = App.CreateHttpClient("identity", "http");
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

        var api = App.CreateHttpClient("api", "http");
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        api.DefaultRequestHeaders.Add(Headers.TenantId, $"{DemoTenants.Coworking.Id}");
        return api;
    }

    /// <summary>Kills every process of a resource as <c>kill -9</c> does. Whoever runs the stack starts it again.</summary>
    public async Task KillAsync(string resource)
    {
        var victims = StackProcesses.Of(resource, await ConnectionStringAsync("redis"));
        Assert.NotEmpty(victims);
        foreach (var victim in victims) victim.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        if (_telemetry is not null) await _telemetry.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
