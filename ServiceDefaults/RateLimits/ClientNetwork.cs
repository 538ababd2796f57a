using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Platform.ServiceDefaults.RateLimits;

/// <summary>Where a request comes from, as far as limits distinguish callers.</summary>
public static class ClientNetwork
{
    /// <summary>Bytes of the prefix that one customer of a provider has at least: /64.</summary>
    private const int PrefixBytes = 8;

    /// <summary>Of the connection, which is the client's where the proxy before us is a known one.</summary>
    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    /// <summary>
    /// An IPv4 address, or the /64 network of an IPv6 address: one customer has all addresses of such a network.
    /// </summary>
    public static string Of(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4().ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
