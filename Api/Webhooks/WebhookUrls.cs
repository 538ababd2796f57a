using System.Net;
using Platform.Contracts;
using Platform.Core;
using Platform.ServiceDefaults.Http;

namespace Platform.Api.Webhooks;

/// <summary>
/// What can be said of a URL before its host is looked up. Names are looked up with each connection, by the Worker:
/// they may mean another address by then.
/// </summary>
internal static class WebhookUrls
{
    public static Rejection? Check(string text, PublicConnections connections)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0
            || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)
            || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\'))
        {
            return NotAllowed("It is an absolute URL with https.");
        }

        if (url.UserInfo.Length > 0) return NotAllowed("It holds no name and no password.");
        if (url.Fragment.Length > 0) return NotAllowed("It has no fragment.");

        var address = AddressOf(url);
        if (address is not null && connections.IsPrivate(address)) return null;
        if (url.Scheme != Uri.UriSchemeHttps) return NotAllowed("It begins with https.");
        if (!connections.Allows(address ?? Public, url.Port))
        {
            return NotAllowed("Its host is on the public internet, and its port is 443 or 8443.");
        }

        return IsLocalName(url.IdnHost) ? NotAllowed("Its host is on the public internet.") : null;
    }

    /// <summary>Stands for a name.</summary>
    private static readonly IPAddress Public = IPAddress.Parse("8.8.8.8");

    /// <summary>The address that the host is, in whatever spelling; null for a name.</summary>
    private static IPAddress? AddressOf(Uri url)
    {
        var host = url.IdnHost.Trim('[', ']').TrimEnd('.'); // also of digits that only look like digits
        if (IPAddress.TryParse(host, out var address)) return address;

        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : null;
    }

    private static bool IsLocalName(string host) =>
        Uri.CheckHostName(host) == UriHostNameType.Dns && !host.TrimEnd('.').Contains('.', StringComparison.Ordinal);

    private static Rejection NotAllowed(string rule) => new(RejectionKind.Invalid, Codes.UrlNotAllowed, rule, "url");
}
