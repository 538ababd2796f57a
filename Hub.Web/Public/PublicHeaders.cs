using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Public;

/// <summary>What the headers of a public page allow beyond those of all pages.</summary>
/// <param name="FrameOrigins">Sites that may show the page in a frame.</param>
/// <param name="ImageOrigins">Sites with the tenant's logo and icon.</param>
/// <param name="IsIndexed">Whether search engines may list it.</param>
internal sealed record PublicHeaders(
    IReadOnlyList<string> FrameOrigins, IReadOnlyList<string> ImageOrigins, bool IsIndexed)
{
    private const string NoFrames = "frame-ancestors 'none'";
    private const string OwnImages = "img-src 'self'";

    public static IReadOnlyList<string> OriginsOf(Branding branding) =>
    [
        .. new[] { branding.LogoUrl, branding.FaviconUrl }.OfType<string>()
            .Select(url => new Uri(url).GetLeftPart(UriPartial.Authority)).Distinct(),
    ];

    /// <summary>After the headers of all pages have been set.</summary>
    public void Apply(IHeaderDictionary headers)
    {
        var policy = headers.ContentSecurityPolicy.ToString();
        if (FrameOrigins.Count > 0)
        {
            var frames = $"frame-ancestors 'self' {string.Join(' ', FrameOrigins)}";
            policy = policy.Replace(NoFrames, frames, StringComparison.Ordinal);
            headers.Remove("X-Frame-Options"); // cannot name origins
        }

        if (ImageOrigins.Count > 0)
        {
            policy = policy.Replace(OwnImages, $"{OwnImages} {string.Join(' ', ImageOrigins)}", StringComparison.Ordinal);
        }

        headers.ContentSecurityPolicy = policy;
        if (!IsIndexed) headers["X-Robots-Tag"] = "noindex";
    }
}
