using Microsoft.AspNetCore.Diagnostics;
using Platform.Identity.People;

namespace Platform.Identity.Http;

/// <summary>
/// Turns "the Api does not say who this is" into an answer that an application can wait out, instead of one that ends a
/// session.
/// </summary>
internal sealed class PeopleUnavailableHandler(ILogger<PeopleUnavailableHandler> log) : IExceptionHandler
{
    private const string RetryAfterSeconds = "5";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken ct)
    {
        if (exception is not PeopleUnavailableException) return false;

        log.LogWarning(exception.InnerException, "The Api did not say who a person is");
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        context.Response.Headers.CacheControl = "no-store";

        if (!Faults.IsForMachines(context.Request.Path)) return false; // the error page, under this status

        await context.Response.WriteAsJsonAsync(new { error = "temporarily_unavailable" }, ct);
        return true;
    }
}

internal static class Faults
{
    /// <summary>Paths whose callers read a status or JSON, not a page. Authorization requests come from browsers.</summary>
    public static bool IsForMachines(PathString path) =>
        IsUnder(path, "/api") || IsUnder(path, "/.well-known") || (IsUnder(path, "/connect") && !IsUnder(path, "/connect/authorize") && !IsUnder(path, "/connect/endsession"));

    private static bool IsUnder(PathString path, string folder) =>
        path.StartsWithSegments(folder, StringComparison.OrdinalIgnoreCase);

    extension(WebApplication app)
    {
        /// <summary>The error page for whatever goes wrong under a browser's eyes; a status or a problem document for machines.</summary>
        public void UseFaultPages()
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
