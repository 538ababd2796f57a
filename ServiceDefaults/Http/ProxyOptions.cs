using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults.Http;

/// <summary>
/// The reverse proxies in front of this process. Only what comes from one of them may say by <c>X-Forwarded-For</c>,
/// <c>-Proto</c> and <c>-Host</c> who asked, and by which URL. Without any, these headers are not read.
/// </summary>
internal sealed class ProxyOptions
{
    public const string Section = "Proxies";

    /// <summary>IP addresses of proxies, as this process sees them: <c>10.0.0.7</c>, <c>fd00::7</c>.</summary>
    public IReadOnlyList<string> KnownProxies { get; init; } = [];

    /// <summary>Networks in which every address is a proxy, in CIDR notation: <c>10.0.0.0/24</c>.</summary>
    public IReadOnlyList<string> KnownNetworks { get; init; } = [];

    /// <summary>How many proxies one behind the other a request passes. Each has to be known.</summary>
    [Range(1, 10)]
    public int ForwardLimit { get; init; } = 1;

    public bool HasAny => KnownProxies.Count + KnownNetworks.Count > 0;

    /// <summary>Null if the text is no IP address. <c>IPAddress</c> alone would read <c>10.7</c> as 10.0.0.7.</summary>
    public static IPAddress? AddressOf(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily is not AddressFamily.InterNetwork || address.ToString() == text)
            ? address
            : null;

    /// <summary>
    /// Null if the text is no network, or has bits set beyond its prefix: <c>IPNetwork</c> alone would read
    /// <c>10.0.0.7/8</c> as all of 10.0.0.0/8.
    /// </summary>
    public static IPNetwork? NetworkOf(string text) =>
        IPNetwork.TryParse(text, out var network) && network.BaseAddress.Equals(AddressOf(text.Split('/')[0]))
            ? network
            : null;
}

/// <summary>A mistyped proxy stops the start: if it were ignored, all callers would share its address.</summary>
internal sealed class ProxyOptionsValidator : IValidateOptions<ProxyOptions>
{
    public ValidateOptionsResult Validate(string? name, ProxyOptions options)
    {
        List<string> errors =
        [
            .. from text in options.KnownProxies
               where ProxyOptions.AddressOf(text) is null
               select $"Proxies:KnownProxies: '{text}' is not an IP address such as 10.0.0.7.",
            .. from text in options.KnownNetworks
               where ProxyOptions.NetworkOf(text) is null
               select $"Proxies:KnownNetworks: '{text}' is not a network such as 10.0.0.0/24.",
        ];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
