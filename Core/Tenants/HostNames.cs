using System.Globalization;

namespace Platform.Core.Tenants;

/// <summary>One way to write a host name, so that two can be compared.</summary>
public static class HostNames
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>In lower case and ASCII, without a port and without the dot of the root.</summary>
    /// <returns>Null if it is no host name.</returns>
    public static string? Canonical(string text)
    {
        var (host, port) = text.LastIndexOf(':') is var colon and >= 0 ? (text[..colon], text[(colon + 1)..]) : (text, "0");
        if (host.EndsWith("..", StringComparison.Ordinal) || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return null;

        try
        {
            return Idn.GetAscii(host.EndsWith('.') ? host[..^1] : host).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
