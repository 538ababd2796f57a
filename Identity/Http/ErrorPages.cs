using Microsoft.AspNetCore.Diagnostics;
using Platform.Identity.People;
using Platform.Identity.Text;
using Platform.ServiceDefaults.Databases;

namespace Platform.Identity.Http;

/// <summary>
/// Turns "the Api does not say who this is" into an answer that an application can wait out, instead of one that ends a
/// session.
/// </summary>
internal sealed class PeopleUnavailableHandler(ILogger<PeopleUnavailableHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken ct)
    {
        if (exception is not PeopleUnavailableException) return false;

        log.LogWarning(exception.InnerException, "The Api did not say who a person is");
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = DatabaseWatchSetup.RetryAfterSeconds;
        context.Response.Headers.CacheControl = "no-store";

        if (!ErrorPages.IsForMachines(context.Request.Path)) return false; // the error page, under this status

        await ErrorPages.WriteUnavailableAsync(context, ct);
        return true;
    }
}

internal static class ErrorPages
{
    /// <summary>
    /// Paths whose callers read a status or JSON, not a page. Authorization requests come from browsers.
    /// </summary>
    public static bool IsForMachines(PathString path) =>
        IsUnder(path, "/api") || IsUnder(path, "/.well-known") || (IsUnder(path, "/connect") && !IsUnder(path, "/connect/authorize") && !IsUnder(path, "/connect/endsession"));

    /// <summary>While the database is unavailable the page has no layout and no brand, only text.</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (IsForMachines(context.Request.Path)) return WriteUnavailableAsync(context, context.RequestAborted);

        var texts = Texts.For(context.Request, null);
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync($"""
            <!doctype html>
            <html lang="{texts.Language}">
            <meta name="viewport" content="width=device-width">
            <title>{texts.ErrorTitle}</title>
            <main><h1>{texts.ErrorTitle}</h1><p>{texts.Unavailable}</p></main>
            </html>
            """, context.RequestAborted);
    }

    public static Task WriteUnavailableAsync(HttpContext context, CancellationToken ct) =>
        context.Response.WriteAsJsonAsync(new { error = "temporarily_unavailable" }, ct);

    private static bool IsUnder(PathString path, string folder) =>
        path.StartsWithSegments(folder, StringComparison.OrdinalIgnoreCase);

    extension(WebApplication app)
    {
        /// <summary>
        /// The error page for whatever goes wrong under a browser's eyes; a status or a problem document for machines.
        /// </summary>
        public void UseErrorPages()
        {
            app.UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandlingPath = "/Error",
                StatusCodeSelector = e => e switch
                {
                    PeopleUnavailableException => StatusCodes.Status503ServiceUnavailable,
                    BadHttpRequestException bad => bad.StatusCode,
                    InvalidDataException => StatusCodes.Status400BadRequest, // a form that cannot be read
                    _ => StatusCodes.Status500InternalServerError,
                },
            });

            app.UseWhen(
                context => !IsForMachines(context.Request.Path),
                pages => pages.UseStatusCodePagesWithReExecute("/Error/{0}"));
            app.UseWhen(context => IsUnder(context.Request.Path, "/api"), api => api.UseStatusCodePages());
        }
    }
}
