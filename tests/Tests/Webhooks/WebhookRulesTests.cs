using System.Net;
using System.Net.Sockets;
using Platform.Api.Webhooks;
using Platform.Contracts;
using Platform.Core.Webhooks;
using Platform.ServiceDefaults.Http;

namespace Platform.Tests.Webhooks;

public sealed class WebhookRulesTests
{
    private static readonly PublicConnections Nowhere = new([], [443, 8443]);

    /// <summary>Spellings of this machine and of networks that are not public.</summary>
    private static readonly string[] Hostile =
    [
        "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0",
        "127.127.127.127", "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[::127.0.0.1]", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0xa9fea9fe",
        "100.64.0.1", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255", "\u2460\u2461\u2466.0.0.1",
    ];

    [Fact]
    public async Task No_spelling_of_a_non_public_address_is_connected_to()
    {
        using var stub = new TcpListener(IPAddress.Loopback, 0);
        stub.Start();
        var port = ((IPEndPoint)stub.LocalEndpoint).Port;
        using var any = new HttpClient(new PublicConnections([]).NewHandler(TimeSpan.FromSeconds(5)));

        foreach (var host in Hostile)
        {
            if (!Uri.TryCreate($"http://{host}:{port}/", UriKind.Absolute, out var url)) continue;

            await Assert.ThrowsAsync<HttpRequestException>(() => any.GetAsync(url));
        }

        Assert.False(stub.Pending());
    }

    [Fact]
    public void Urls_of_hosts_that_are_not_public_are_refused_when_they_are_written()
    {
        foreach (var host in Hostile) Assert.Equal(Codes.UrlNotAllowed, WebhookUrls.Check($"https://{host}/", Nowhere)?.Code);
    }

    [Theory]
    [InlineData("http://hooks.example/")]
    [InlineData("https://hooks.example:80/")]
    [InlineData("https://hooks.example:22/")]
    [InlineData("https://user:secret@hooks.example/")]
    [InlineData("https://hooks.example/#part")]
    [InlineData("https://redis/")]
    [InlineData("https:///path")]
    [InlineData("ftp://hooks.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("//hooks.example/")]
    [InlineData("hooks.example")]
    [InlineData("https://hooks.example/a b")]
    [InlineData("https:\\\\hooks.example\\a")]
    [InlineData(" https://hooks.example/")]
    public void A_url_is_https_on_a_usual_port_of_a_public_host(string url) =>
        Assert.Equal((Codes.UrlNotAllowed, "url"), WebhookUrls.Check(url, Nowhere) is { } r ? (r.Code, r.Field) : default);

    [Theory]
    [InlineData("https://hooks.example/path?key=1")]
    [InlineData("https://hooks.example:8443/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://bücher.example/")]
    public void Other_URLs_are_accepted(string url) => Assert.Null(WebhookUrls.Check(url, Nowhere));

    [Theory]
    [InlineData("http://127.0.0.1:5000/")]
    [InlineData("http://localhost:5000/")]
    public void The_operator_may_allow_networks_for_any_port_and_without_tls(string url) =>
        Assert.Null(WebhookUrls.Check(url, new(["127.0.0.0/8"], [443])));

    [Fact]
    public void The_schedule_is_that_of_the_documentation_and_ends_with_the_tenth_attempt()
    {
        var waits = Enumerable.Range(1, 10).Select(attempts => WebhookRules.WaitAfter(attempts, 0.5)).ToList();

        Assert.Equal(
            ["0:00:05", "0:05:00", "0:30:00", "2:00:00", "5:00:00", "10:00:00", "14:00:00", "20:00:00", "1:0:00:00", null],
            waits.Select(wait => wait?.ToString("g", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(TimeSpan.FromSeconds(4), WebhookRules.WaitAfter(1, 0));
        Assert.Equal(TimeSpan.FromSeconds(6), WebhookRules.WaitAfter(1, 1));
    }

    [Theory]
    [InlineData(429, 60, 60)]
    [InlineData(503, 60, 60)]
    [InlineData(429, 999_999, 3600)]
    [InlineData(502, null, 30)]
    [InlineData(500, 60, null)]
    [InlineData(null, null, null)]
    public void A_receiver_is_not_called_for_as_long_as_it_requests_up_to_an_hour(
        int? status, int? asked, int? seconds)
    {
        var pause = WebhookRules.PauseAfter(status, asked is { } s ? TimeSpan.FromSeconds(s) : null);

        Assert.Equal(seconds, (int?)pause?.TotalSeconds);
    }

    [Fact]
    public void Data_that_is_too_large_is_omitted_from_the_message()
    {
        var body = WebhookMessage.Body("tenant.changed", DateTimeOffset.UnixEpoch, $"\"{new string('x', 30_000)}\"");

        Assert.Equal("""{"type":"tenant.changed","timestamp":"1970-01-01T00:00:00.000000Z","data":{"truncated":true}}""", body);
    }
}
