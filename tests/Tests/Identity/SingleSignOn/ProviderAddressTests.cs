using System.Net;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;
using Platform.Identity.SingleSignOn;
using Platform.ServiceDefaults.Http;
using Platform.Tests.SignIn;

namespace Platform.Tests.Identity.SingleSignOn;

/// <summary>Where tenants can make Identity connect to.</summary>
public sealed class ProviderAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:a00:1::")]
    [InlineData("2001:0:a00:1::")]
    [InlineData("ff02::1")]
    public void An_address_of_a_private_or_special_network_is_not_public(string address) =>
        Assert.False(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::1111")]
    public void Other_addresses_are_public(string address) => Assert.True(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Fact]
    public async Task A_private_address_is_called_only_where_the_operator_allows_its_network()
    {
        await using var provider = await TestProvider.StartAsync();
        var url = new Uri($"{provider.Issuer}/keys");

        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(url, "Development"));
        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(url, "Development", "10.0.0.0/8"));
        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(url, "Production", "127.0.0.0/8")); // not HTTPS
        Assert.True(await CallAsync(url, "Development", "127.0.0.0/8"));
        Assert.True(await CallAsync(new($"http://localhost:{url.Port}/keys"), "Development", "127.0.0.0/8", "::1/128"));
    }

    private static async Task<bool> CallAsync(Uri url, string environment, params string[] networks)
    {
        using var http = new ProviderHttp(
            Options.Create(new SingleSignOnOptions { PrivateNetworks = networks }),
            new HostingEnvironment { EnvironmentName = environment });
        using var response = await http.Client.GetAsync(url);
        return response.IsSuccessStatusCode;
    }
}
