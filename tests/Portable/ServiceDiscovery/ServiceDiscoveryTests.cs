using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Portable.ServiceDiscovery;

public sealed class ServiceDiscoveryTests
{
    [Theory]
    [InlineData("https+http://basket/api?x=1", "http://localhost:5001/api?x=1")]
    [InlineData("http://basket/api", "http://localhost:5001/api")]
    [InlineData("https+http://both/", "https://localhost:6001/")]
    [InlineData("http+https://both/", "http://localhost:6000/")]
    [InlineData("https+http://_admin.basket/x", "http://localhost:5009/x")]
    [InlineData("https+http://prefixed/x", "http://localhost:7000/base/x")]
    [InlineData("https+http://bare/x", "https://localhost:7100/x")]
    [InlineData("https+http://chosen/x", "http://localhost:7200/x")]
    [InlineData("https://unknown.example:8443/x", "https://unknown.example:8443/x")]
    [InlineData("https+http://unknown.example/x", "https://unknown.example/x")]
    public async Task A_name_becomes_an_address(string wanted, string sent)
    {
        var (client, requests) = Client();

        await client.GetAsync(wanted);

        Assert.Equal([sent], requests);
    }

    [Fact]
    public async Task Several_addresses_are_taken_in_turn()
    {
        var (client, requests) = Client();

        for (var i = 0; i < 4; i++) await client.GetAsync("https+http://many/");

        string[] ports = ["http://localhost:1/", "http://localhost:2/", "http://localhost:3/"];
        Assert.Equal([.. ports, ports[0]], requests);
    }

    [Fact]
    public async Task The_request_keeps_its_own_address_for_the_next_attempt()
    {
        var (client, _) = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "https+http://basket/api");

        await client.SendAsync(request);

        Assert.Equal("https+http://basket/api", request.RequestUri!.OriginalString);
    }

    [Fact]
    public async Task An_address_that_is_none_fails_with_the_service()
    {
        var (client, _) = Client();

        var e = await Assert.ThrowsAsync<KeyNotFoundException>(() => client.GetAsync("http://broken/"));

        Assert.Contains("'broken'", e.Message, StringComparison.Ordinal);
    }

    private static (HttpClient Client, List<string> Requests) Client()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["services:basket:http:0"] = "http://localhost:5001",
            ["services:basket:admin:0"] = "http://localhost:5009",
            ["services:both:http:0"] = "http://localhost:6000",
            ["services:both:https:0"] = "https://localhost:6001",
            ["services:prefixed:http:0"] = "http://localhost:7000/base/",
            ["services:bare:https"] = "localhost:7100",
            ["services:chosen:default:0"] = "http://localhost:7200",
            ["services:chosen:http:0"] = "http://localhost:7201",
            ["services:many:http:0"] = "http://localhost:1",
            ["services:many:http:1"] = "http://localhost:2",
            ["services:many:http:2"] = "http://localhost:3",
            ["services:broken:http:0"] = "http://",
        }).Build());

        var requests = new List<string>();
        services.AddServiceDiscovery();
        services.ConfigureHttpClientDefaults(http => http
            .AddServiceDiscovery()
            .ConfigurePrimaryHttpMessageHandler(() => new Wire(requests)));

        return (services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient(), requests);
    }

    private sealed class Wire(List<string> requests) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            requests.Add(request.RequestUri!.ToString());
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}
