namespace Platform.Identity.Http;

internal static class PageHeaders
{
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
}
