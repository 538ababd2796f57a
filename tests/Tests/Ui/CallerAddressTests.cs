using System.Net;
using Microsoft.AspNetCore.Http;
using Platform.Ui.Http;

namespace Platform.Tests.Ui;

public sealed class CallerAddressTests
{
    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("2001:db8::9", "2001:db8::9")]
    [InlineData(null, null)]
    public async Task A_call_of_the_Api_carries_the_address_of_the_person_once(string? address, string? expected)
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = address is null ? null : IPAddress.Parse(address) } };
        var sent = new Sent();
        using var client = new HttpMessageInvoker(
            new CallerAddressHandler(new HttpContextAccessor { HttpContext = http }) { InnerHandler = sent });
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://api/me") { Headers = { { "X-Forwarded-For", "198.51.100.1" } } };

        using var response = await client.SendAsync(request, CancellationToken.None);

        Assert.Equal(expected is null ? [] : [expected], sent.Addresses);
    }

    private sealed class Sent : HttpMessageHandler
    {
        public IReadOnlyList<string> Addresses { get; private set; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Addresses = request.Headers.TryGetValues("X-Forwarded-For", out var values) ? [.. values] : [];
            return Task.FromResult(new HttpResponseMessage());
        }
    }
}
