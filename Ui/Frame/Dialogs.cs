using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Platform.Ui.Http;

namespace Platform.Ui.Frame;

/// <summary>
/// A dialog is a page with the layout <c>_DialogPage</c> that a link with <c>data-dialog</c> opens over another page.
/// Without script the link leads to the page itself.
/// </summary>
public static class Dialogs
{
    private const string HeaderName = "X-Dialog";

    extension(HttpRequest request)
    {
        /// <summary>The page is shown in a dialog: only its body is sent.</summary>
        public bool IsDialog => request.Headers[HeaderName] == "true";
    }

    /// <summary>A form that is done leads the whole window on; a script cannot see where a redirect leads.</summary>
    internal static IApplicationBuilder UseDialogRedirects(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.Request.IsDialog)
        {
            http.Response.OnStarting(() =>
            {
                if (http.Response is { StatusCode: >= 301 and <= 303, Headers.Location: [{ } url] })
                {
                    http.Response.StatusCode = StatusCodes.Status204NoContent;
                    http.Response.Headers.Remove("Location");
                    http.Response.HxRedirect(url);
                }

                return Task.CompletedTask;
            });
        }

        return next(http);
    });
}
