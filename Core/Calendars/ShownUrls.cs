namespace Platform.Core.Calendars;

/// <summary>URLs whose path may be a secret, for people to recognise.</summary>
public static class ShownUrls
{
    /// <summary>Scheme, host, and the end of the path if it is a plain name such as <c>basic.ics</c>.</summary>
    public static string OfSecret(Uri url)
    {
        var last = url.AbsolutePath.Split('/')[^1];
        var isName = last.Length <= 16 && last.EndsWith(".ics", StringComparison.OrdinalIgnoreCase);
        return $"{url.GetLeftPart(UriPartial.Authority)}/…{(isName && url.AbsolutePath != "/" + last ? "/" + last : "")}";
    }

    /// <summary>The path of a CalDAV calendar opens nothing without the password.</summary>
    public static string OfCalDav(Uri url) => url.GetLeftPart(UriPartial.Path);
}
