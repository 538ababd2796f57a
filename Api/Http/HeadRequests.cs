namespace Platform.Api.Http;

/// <summary>
/// Answers HEAD wherever GET is answered: routes see a GET, and the server, which remembers what was asked, sends the
/// headers alone.
/// </summary>
internal static class HeadRequests
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method)) context.Request.Method = HttpMethods.Get;
        return next(context);
    }
}
