using Microsoft.AspNetCore.Builder;

namespace Platform.ServiceDefaults.Http;

public static class NoStore
{
    /// <summary>
    /// No cache keeps a page, or an answer to a signed-in person. Scripts and styles say themselves how long they
    /// may be kept.
    /// </summary>
    public static void UseNoStore(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            // Only now is it known who is signed in.
            var headers = context.Response.Headers;
            var isPage = context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true;
            var isPersonal = context.User.Identity?.IsAuthenticated == true;
            if (isPage || (isPersonal && headers.CacheControl.Count == 0)) headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });

        return next(context);
    });
}
