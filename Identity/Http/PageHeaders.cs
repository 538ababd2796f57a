namespace Platform.Identity.Http;

internal static class PageHeaders
{
    /// <summary>
    /// There is no <c>form-action</c>: browsers apply it to the redirect after the sign-in form as well, which leads to
    /// the application.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

    /// <summary>
    /// Takes the scheme from the issuer, which says how browsers reach this process: a proxy in front may speak plain HTTP
    /// to it, and secure cookies must not depend on its headers.
    /// </summary>
    public static void UseSchemeOf(this IApplicationBuilder app, string issuer)
    {
        if (!issuer.StartsWith("https:", StringComparison.Ordinal)) return;

        app.Use((context, next) =>
        {
            context.Request.Scheme = Uri.UriSchemeHttps;
            return next(context);
        });
    }

    /// <summary>Headers of everything that this process serves itself; the provider's endpoints set their own.</summary>
    public static IApplicationBuilder UsePageHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";

            if (headers.CacheControl.Count == 0 || context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) is true)
            {
                headers.CacheControl = "no-store";
                headers.Pragma = "no-cache";
            }

            return Task.CompletedTask;
        });

        return next(context);
    });
}
