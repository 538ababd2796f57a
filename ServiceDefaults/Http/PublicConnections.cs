using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults.Http;

/// <summary>Where a process connects to because tenants say so.</summary>
public sealed class OutboundOptions
{
    public const string Section = "Outbound";

    /// <summary>
    /// Networks (CIDR) that tenants may name although they are not on the public internet, over HTTP and on any port
    /// as well. Every other address that is not public is refused.
    /// </summary>
    public IReadOnlyList<string> PrivateNetworks { get; init; } = [];
}

/// <summary>
/// Connects to hosts that outsiders name: each address that the host has must be public, or of a network that the
/// operator allows. The address that was checked is the one that is connected to: a name may mean another one a moment
/// later.
/// </summary>
/// <param name="ports">Of public addresses; any where null.</param>
public sealed class PublicConnections(IEnumerable<string> privateNetworks, IReadOnlyList<int>? ports = null)
{
    private readonly IPNetwork[] _private = [.. privateNetworks.Select(network => IPNetwork.Parse(network))];

    public bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return Array.Exists(_private, network => network.Contains(address));
    }

    /// <summary>Whether this process would connect there.</summary>
    public bool Allows(IPAddress address, int port) =>
        IsPrivate(address) || (PublicAddresses.Contains(address) && (ports is null || ports.Contains(port)));

    /// <summary>Follows no redirects and uses no cookies, proxies or trace headers.</summary>
    public SocketsHttpHandler NewHandler(TimeSpan connectTimeout) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false, // its address would be checked instead of the host's
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
        ConnectTimeout = connectTimeout,
        ConnectCallback = ConnectAsync,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await Dns.GetHostAddressesAsync(host, ct);
        if (addresses.Length == 0 || !addresses.All(address => Allows(address, port)))
        {
            throw new AddressNotAllowedException("The host has an address that is not public, or the port is not allowed.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

public sealed class AddressNotAllowedException(string message) : HttpRequestException(message);

public static class OutboundSetup
{
    /// <summary>For HTTPS on its usual ports.</summary>
    private static readonly int[] Ports = [443, 8443];

    public static IHostApplicationBuilder AddOutboundConnections(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OutboundOptions>().BindConfiguration(OutboundOptions.Section)
            .Validate(
                options => options.PrivateNetworks.All(network => IPNetwork.TryParse(network, out _)),
                "Outbound:PrivateNetworks holds networks such as 10.1.0.0/16.")
            .ValidateOnStart();
        builder.Services.AddSingleton(services => new PublicConnections(
            services.GetRequiredService<IOptions<OutboundOptions>>().Value.PrivateNetworks, Ports));
        return builder;
    }
}
