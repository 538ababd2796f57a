namespace Platform.Api.Http;

/// <summary>A slug by which a list is filtered, in letters of any case. One that nothing has finds nothing.</summary>
internal static class SlugFilter
{
    public const string Pattern = "^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$";

    public static string? Stored(string? slug) => slug?.ToLowerInvariant();
}
