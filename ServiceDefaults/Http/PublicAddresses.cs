using System.Net;
using System.Net.Sockets;

namespace Platform.ServiceDefaults.Http;

/// <summary>Which addresses are on the public internet (IANA's special-purpose registries).</summary>
public static class PublicAddresses
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

    /// <summary>
    /// Of IPv6 only global unicast, without the networks inside it that lead elsewhere or that carry IPv4.
    /// </summary>
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
