namespace Platform.Identity.Http;

internal static class CacheRules
{
    private const string FiveMinutes = "public, max-age=300";

    /// <summary>
    /// Metadata and keys are the same for everybody, so caches may keep them for five minutes. What the other
    /// endpoints of the protocol answer is for the caller alone.
    /// </summary>
    public static void UseCacheRules(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            if (IsUnder(context, "/.well-known"))
            {
                headers.CacheControl = context.Response.StatusCode == StatusCodes.Status200OK ? FiveMinutes : "no-store";
            }
            else if (IsUnder(context, "/connect"))
            {
                (headers.CacheControl, headers.Pragma) = ("no-store", "no-cache");
            }

            return Task.CompletedTask;
        });

        return next(context);
    });

    private static bool IsUnder(HttpContext context, string folder) =>
        context.Request.Path.StartsWithSegments(folder, StringComparison.OrdinalIgnoreCase);
}
