using Microsoft.AspNetCore.Http;

namespace Platform.Ui.Http;

/// <summary>
/// What every answer tells the browser: only our own scripts and styles run, nobody frames us, and a page that was made
/// for somebody is kept nowhere.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next, string policy)
{
    /// <param name="formTargets">
    /// Other origins that a form may end at. Browsers apply the rule to redirects too, so the provider of sign-in has
    /// to be here: a form that is sent after the session ended, and sign-out, both end there.
    /// </param>
    public static string Policy(IEnumerable<string> formTargets) => string.Join("; ",
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        $"form-action {string.Join(' ', ["'self'", .. formTargets])}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]);

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";

        context.Response.OnStarting(() =>
        {
            // Only now is it known who is signed in. Scripts and styles say themselves how long they may be kept.
            var isPage = context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true;
            var isPersonal = context.User.Identity?.IsAuthenticated == true;
            if (isPersonal && (isPage || headers.CacheControl.Count == 0)) headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });

        return next(context);
    }
}
