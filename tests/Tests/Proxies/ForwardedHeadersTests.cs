using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Platform.Tests.Proxies;

/// <summary>Which proxies are believed, by configuration. Requests come from 127.0.0.1.</summary>
public sealed class ForwardedHeadersTests
{
    private const string Believed = "https://public.example 203.0.113.9", Ignored = "http://127.0.0.1 127.0.0.1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Believed, "Proxies:KnownProxies:0=127.0.0.1")]
    [InlineData(Believed, "Proxies:KnownProxies:0=10.0.0.7", "Proxies:KnownProxies:1=127.0.0.1")]
    [InlineData(Believed, "Proxies:KnownNetworks:0=127.0.0.0/30")]
    [InlineData(Ignored)]
    [InlineData(Ignored, "ForwardedHeaders_Enabled=true")] // the framework's own switch, which trusts all callers
    [InlineData(Ignored, "Proxies:KnownProxies:0=127.0.0.2")]
    [InlineData(Ignored, "Proxies:KnownNetworks:0=10.0.0.0/8")]
    public async Task Only_a_known_proxy_is_believed(string expected, params string[] settings)
    {
        await using var app = await StartAsync(settings);

        Assert.Equal(expected, await AskAsync(app, "203.0.113.9"));
    }

    [Theory]
    [InlineData("198.51.100.1", "127.0.0.2", "1")] // the proxy before the last is known and not looked behind
    [InlineData("198.51.100.1", "127.0.0.2", "2")]
    [InlineData("198.51.100.1", "203.0.113.9", "2")] // an address that is not a proxy's has no client behind it
    public async Task As_many_proxies_are_believed_as_the_limit_says(string first, string second, string limit)
    {
        await using var app = await StartAsync(
            "Proxies:KnownProxies:0=127.0.0.1", "Proxies:KnownProxies:1=127.0.0.2", $"Proxies:ForwardLimit={limit}");

        var answer = await AskAsync(app, $"{first}, {second}");

        Assert.EndsWith(limit == "2" && second == "127.0.0.2" ? first : second, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public.example", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    public async Task Allowed_hosts_are_those_that_browsers_use(string host, HttpStatusCode status)
    {
        await using var app = await StartAsync("Proxies:KnownProxies:0=127.0.0.1", "AllowedHosts=public.example");
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-Host", host);

        using var answer = await client.GetAsync(app.Urls.Single(), Ct);

        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData("Proxies:KnownProxies: 'proxy' is not an IP address", "Proxies:KnownProxies:0=proxy")]
    [InlineData("Proxies:KnownProxies: '10.7' is not an IP address", "Proxies:KnownProxies:0=10.7")]
    [InlineData("Proxies:KnownNetworks: '10.0.0.7/8' is not a network", "Proxies:KnownNetworks:0=10.0.0.7/8")]
    [InlineData("Proxies:KnownNetworks: '10.0.0.0' is not a network", "Proxies:KnownNetworks:0=10.0.0.0")]
    [InlineData("Proxies:KnownNetworks are lists", "Proxies:KnownProxies=10.0.0.7")]
    [InlineData("ForwardLimit", "Proxies:ForwardLimit=0", "Proxies:KnownProxies:0=10.0.0.7")]
    public async Task A_mistake_stops_the_start(string message, params string[] settings)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(settings));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(WebApplication app, string forwardedFor)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        client.DefaultRequestHeaders.Add("X-Forwarded-Host", "public.example");
        return await client.GetStringAsync(app.Urls.Single(), Ct);
    }

    /// <summary>A process with the defaults of all, which says what it takes a request for.</summary>
    private static async Task<WebApplication> StartAsync(params string[] settings)
    {
        var builder = WebApplication.CreateBuilder([.. settings.Select(setting => $"--{setting}")]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.MapGet("/", (HttpContext http) =>
            $"{http.Request.Scheme}://{http.Request.Host.Host} {http.Connection.RemoteIpAddress}");
        try
        {
            await app.StartAsync(Ct);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }
}
