using System.Collections;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Portable.Hosting;

/// <summary>Each process of the sample graph receives what the real engine gave it; only ports are others.</summary>
public sealed partial class EnvironmentTests
{
    private const string ApiKey = "4a7a500fabe5f55cefccb3e9473ebb2b";

    private const string Telemetry = """
        DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION=true
        LOGGING__CONSOLE__FORMATTERNAME=simple
        OTEL_BLRP_SCHEDULE_DELAY=1000
        OTEL_BSP_SCHEDULE_DELAY=1000
        OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION=true
        OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION=true
        OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY=in_memory
        OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317
        OTEL_EXPORTER_OTLP_HEADERS=x-otlp-api-key=4a7a500fabe5f55cefccb3e9473ebb2b
        OTEL_EXPORTER_OTLP_PROTOCOL=grpc
        OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true
        OTEL_METRIC_EXPORT_INTERVAL=1000
        OTEL_METRICS_EXEMPLAR_FILTER=trace_based
        OTEL_RESOURCE_ATTRIBUTES=service.instance.id={instance}
        OTEL_SERVICE_NAME={name}
        OTEL_TRACES_SAMPLER=always_on
        """;

    private const string Database = """
        APPDB_DATABASENAME=appdb
        APPDB_HOST=localhost
        APPDB_JDBCCONNECTIONSTRING=jdbc:postgresql://localhost:{postgres}/appdb
        APPDB_PASSWORD=p@ss
        APPDB_PORT={postgres}
        APPDB_URI=postgresql://postgres:p%40ss@localhost:{postgres}/appdb
        APPDB_USERNAME=postgres
        ConnectionStrings__appdb=Host=localhost;Port={postgres};Username=postgres;Password=p@ss;Database=appdb
        """;

    private const string Cache = """
        CACHE_HOST=localhost
        CACHE_PASSWORD={cachepassword}
        CACHE_PORT={cache}
        CACHE_URI=redis://:{cachepassword}@localhost:{cache}
        ConnectionStrings__cache=localhost:{cache},password={cachepassword}
        """;

    private const string Api = """
        ASPNETCORE_ENVIRONMENT=Development
        ASPNETCORE_URLS=http://localhost:{own}
        ConnectionStrings__smtp=Endpoint=smtp://x
        DEMO_MODE=run
        DOTNET_LAUNCH_PROFILE=http
        License__Key=dev-only
        """;

    private const string Worker = """
        Api__Health=http://localhost:{api}/health
        Api__Url=http://localhost:{api}
        API_HTTP=http://localhost:{api}
        services__api__http__0=http://localhost:{api}
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sample_graph_runs_with_the_environment_on_record()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Demo_AppHost>(
        [
            "Parameters:pg-password=p@ss", "ConnectionStrings:smtp=Endpoint=smtp://x", $"AppHost:OtlpApiKey={ApiKey}",
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317",
        ], Ct);
        await using var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct);

        await app.ResourceNotifications.WaitForResourceHealthyAsync("worker", Ct);
        var values = new Dictionary<string, string>
        {
            ["postgres"] = $"{app.GetEndpoint("postgres", "tcp").Port}",
            ["cache"] = $"{app.GetEndpoint("cache", "tcp").Port}",
            ["api"] = $"{app.GetEndpoint("api").Port}",
            ["cachepassword"] = (await app.GetConnectionStringAsync("cache", Ct))!.Split("password=")[1],
        };

        AssertSame("migrate", [Telemetry, Database], values, await FromLogAsync(app, "migrate"));
        AssertSame("worker", [Telemetry, Cache, Worker], values, await FromLogAsync(app, "worker"));

        // Two replicas behind one port, each with a port and a name of its own.
        var replicas = new Dictionary<string, Dictionary<string, string>>();

        while (replicas.Count < 2)
        {
            using var client = new HttpClient { BaseAddress = app.GetEndpoint("api") };
            var environment = await client.GetFromJsonAsync<Dictionary<string, string>>("/env", Ct);
            replicas[environment!["OTEL_RESOURCE_ATTRIBUTES"]] = environment;
        }

        foreach (var replica in replicas.Values) AssertSame("api", [Telemetry, Database, Cache, Api], values, replica);

        Assert.Equal(2, replicas.Values.Select(replica => replica["ASPNETCORE_URLS"]).Distinct().Count());
        Assert.Equal("NotStarted", StateOf(app, "tool"));
        Assert.Equal("NotStarted", StateOf(app, "pgadmin"));
    }

    [Fact]
    public async Task Arguments_and_health_checks_are_those_on_record()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Demo_AppHost>(
            ["Parameters:pg-password=p@ss", "ConnectionStrings:smtp=Endpoint=smtp://x"], Ct);

        string[] HealthKeys(string name) => [.. builder.Resources.Single(resource => resource.Name == name)
            .Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key)];

        Assert.Equal(["postgres_check"], HealthKeys("postgres"));
        Assert.Equal(["appdb_check"], HealthKeys("appdb"));
        Assert.Equal(["cache_check"], HealthKeys("cache"));
        Assert.Equal(["api_http_/health_200_check"], HealthKeys("api"));

        var waits = builder.Resources.Single(resource => resource.Name == "api").Annotations.OfType<WaitAnnotation>()
            .Select(wait => $"{wait.Resource.Name}:{wait.WaitType}");
        Assert.Equal(
            ["postgres:WaitUntilHealthy", "appdb:WaitUntilHealthy", "cache:WaitUntilHealthy", "migrate:WaitForCompletion"], waits);
    }

    private static void AssertSame(
        string name, string[] parts, Dictionary<string, string> values, Dictionary<string, string> actual)
    {
        var own = new Dictionary<string, string>(values)
        {
            ["name"] = name,
            ["instance"] = actual["OTEL_RESOURCE_ATTRIBUTES"].Split('=')[1],
            ["own"] = actual.TryGetValue("ASPNETCORE_URLS", out var url) ? $"{new Uri(url).Port}" : "",
        };
        var expected = Hole.Replace(string.Join('\n', parts), match => own[match.Groups[1].Value]).Split('\n').Order(StringComparer.Ordinal);
        var inherited = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value);
        var injected = actual.Where(entry => !inherited.TryGetValue(entry.Key, out var value) || value != entry.Value)
            .Where(entry => entry.Key is not ("PWD" or "OLDPWD" or "SHLVL" or "_")) // a shell's own
            .Select(entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal);

        Assert.Equal(expected, injected);
    }

    private static async Task<Dictionary<string, string>> FromLogAsync(DistributedApplication app, string name)
    {
        await foreach (var lines in app.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(name))
        {
            foreach (var line in lines.Where(line => line.Content.StartsWith("ENV ", StringComparison.Ordinal)))
            {
                return JsonSerializer.Deserialize<Dictionary<string, string>>(line.Content[4..])!;
            }
        }

        throw new InvalidOperationException($"'{name}' has not said what it received.");
    }

    private static string? StateOf(DistributedApplication app, string name) =>
        app.ResourceNotifications.TryGetCurrentState(name, out var e) ? e.Snapshot.State?.Text : null;

    [GeneratedRegex("{(\\w+)}")]
    private static partial Regex Hole { get; }
}
