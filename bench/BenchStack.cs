using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Core.Storage;

namespace Platform.Bench;

/// <summary>The whole stack on throw-away data, and what a load generator needs to talk to it.</summary>
internal sealed class BenchStack(DistributedApplication app, DirectoryInfo data) : IAsyncDisposable
{
    /// <summary>The tenant that is loaded; the demo seed gives it resources and services.</summary>
    public static readonly DemoTenant Tenant = DemoTenants.Coworking;

    public HttpClient Identity { get; } = app.CreateHttpClient("identity", "http");

    /// <param name="nodes">Processes of the Api behind one address.</param>
    public static async Task<BenchStack> StartAsync(int nodes = 1)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));

        var data = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"platform-bench-{Guid.CreateVersion7():n}"));
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            [$"--Replicas:Api={nodes}", $"--Local:Folder={data}"], limit.Token);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        // The product is measured without telemetry, which nothing collects here.
        foreach (var project in builder.Resources.OfType<ProjectResource>().ToList()) Set(project.Name, "OTEL_EXPORTER_OTLP_ENDPOINT", "");

        // The product is measured without its rate limits: one caller sends all requests.
        Set("identity", "RateLimits__Tokens", "1000000");
        Set("identity", "RateLimits__SignIns", "100000");
        Set("identity", "Clients__Hub__Secret", BenchPerson.HubSecret);
        Set("identity", "RateLimits__TokensPerAddress", "1000000");
        Set("api", "CallerRates__PrincipalPerMinute", "100000000");
        Set("api", "PublicRates__AddressPerMinute", "1000000");
        Set("api", "PublicRates__ReadsPerMinute", "1000000");

        var app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);
        foreach (var resource in (string[])["identity", "api", "worker"])
            await app.ResourceNotifications.WaitForResourceHealthyAsync(resource, limit.Token);

        return new(app, data);

        void Set(string process, string name, string value) => builder
            .CreateResourceBuilder(builder.Resources.OfType<ProjectResource>().Single(project => project.Name == process))
            .WithEnvironment(name, value);
    }

    public async Task<string> ConnectionStringAsync(string resource) =>
        await app.GetConnectionStringAsync(resource) ?? throw new InvalidOperationException($"{resource} has none.");

    /// <summary>Of the process, or of the launcher that started it.</summary>
    public async Task<int> ProcessIdAsync(string resource)
    {
        const string Pid = "executable.pid";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var state = await app.ResourceNotifications.WaitForResourceAsync(
            resource, change => change.Snapshot.Properties.Any(property => property.Name == Pid), limit.Token);
        return Convert.ToInt32(state.Snapshot.Properties.Single(property => property.Name == Pid).Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The connection string of a database as a process uses it, with the rights of one.</summary>
    public static string AsProcess(string connectionString) =>
        Databases.ForProcess($"{connectionString};Options=-c role={Databases.AppRole}");

    /// <summary>
    /// A client of the Api with connections of its own, so that it may reach another process than the others do.
    /// </summary>
    public async Task<HttpClient> OtherApiAsync()
    {
        var api = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = app.GetEndpoint("api", "http") };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync());
        api.DefaultRequestHeaders.Add(Headers.TenantId, $"{Tenant.Id}");
        return api;
    }

    /// <summary>A client of the Api with the rights of staff, inside <see cref="Tenant"/>.</summary>
    public async Task<HttpClient> ApiAsync()
    {
        var api = app.CreateHttpClient("api", "http");
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync());
        api.DefaultRequestHeaders.Add(Headers.TenantId, $"{Tenant.Id}");
        return api;
    }

    public BenchPerson NewPerson() => new(app.GetEndpoint("identity", "http"), app.GetEndpoint("hub", "http"));

    /// <summary>An access token of the demo client, by client credentials.</summary>
    public async Task<string> TokenAsync()
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "demo",
            ["client_secret"] = "demo-secret",
            ["scope"] = $"{Scopes.Scheduling} {Scopes.Licensing} {Scopes.Platform}",
        });
        using var answer = await Identity.PostAsync("connect/token", form);
        var body = await answer.Content.ReadAsStringAsync();
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(body).RootElement.GetProperty("access_token").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Identity.Dispose();
        await app.DisposeAsync();
        data.Delete(recursive: true);
    }
}
