using System.Text.RegularExpressions;

namespace Platform.Identity.SignIn;

/// <summary>Names browsers and systems for people who look at their sessions. It decides nothing.</summary>
internal static partial class UserAgents
{
    private static readonly (string Token, string Name)[] Browsers =
    [
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Token, string Name)[] Systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    /// <returns>Such as <c>Firefox, Windows</c>; the first word of what it does not know; null for nothing.</returns>
    public static string? Describe(string? userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent)) return null;

        string?[] parts = [Find(Browsers, userAgent), Find(Systems, userAgent)];
        var known = string.Join(", ", parts.OfType<string>());
        return known is not "" ? known : Product().Match(userAgent) is { Success: true } match ? match.Value : null;
    }

    private static string? Find((string Token, string Name)[] names, string userAgent) =>
        names.FirstOrDefault(name => userAgent.Contains(name.Token, StringComparison.Ordinal)).Name;

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,40}")]
    private static partial Regex Product();
}
