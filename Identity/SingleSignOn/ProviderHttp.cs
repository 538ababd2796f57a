using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Platform.Identity.SingleSignOn;

internal sealed class SingleSignOnOptions
{
    public const string Section = "SingleSignOn";

    /// <summary>
    /// Networks (CIDR) of providers that are not on the public internet. Every other address that is not public is refused:
    /// tenants choose where this process connects to.
    /// </summary>
    public IReadOnlyList<string> PrivateNetworks { get; init; } = [];
}

/// <summary>
/// Calls the providers of tenants: over HTTPS, at public addresses, following no redirect, for a limited time and size. Not a
/// client of the factory, whose clients resolve the names of our own processes.
/// </summary>
internal sealed class ProviderHttp : IDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private const int MaxResponseBytes = 512 * 1024;

    private readonly List<IPNetwork> _private;

    public ProviderHttp(IOptions<SingleSignOnOptions> options, IHostEnvironment environment)
    {
        _private = [.. options.Value.PrivateNetworks.Select(network => IPNetwork.Parse(network))];
        RequireHttps = !environment.IsDevelopment();
        Client = new(new SchemeGuard(RequireHttps)
        {
            InnerHandler = new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false, // its address would be checked instead of the provider's
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ConnectTimeout = Timeout,
                ConnectCallback = ConnectAsync,
            },
        })
        {
            Timeout = Timeout,
            MaxResponseContentBufferSize = MaxResponseBytes,
        };
    }

    public HttpClient Client { get; }

    public bool RequireHttps { get; }

    public void Dispose() => Client.Dispose();

    /// <summary>
    /// The address that was checked is the one that is connected to: a name may mean another one a moment later.
    /// </summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, ct);
        var allowed = addresses
            .Where(address => PublicAddresses.Contains(address) || _private.Exists(network => network.Contains(address)))
            .ToArray();
        if (allowed.Length == 0) throw new HttpRequestException("The provider has no public address.");

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class SchemeGuard(bool requireHttps) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            !requireHttps || request.RequestUri?.Scheme == Uri.UriSchemeHttps
                ? base.SendAsync(request, cancellationToken)
                : throw new HttpRequestException("The provider must be called over HTTPS.");
    }
}

/// <summary>Which addresses are on the public internet (IANA's special-purpose registries).</summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] Special =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/3",
        ]).Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>Of IPv6 only global unicast, without the networks inside it that lead elsewhere or that carry IPv4.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] SpecialUnicast =
    [
        IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"),
        IPNetwork.Parse("3fff::/20"),
    ];

    public static bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();

        return address.AddressFamily == AddressFamily.InterNetwork
            ? !Array.Exists(Special, network => network.Contains(address))
            : GlobalUnicast.Contains(address) && !Array.Exists(SpecialUnicast, network => network.Contains(address));
    }
}
