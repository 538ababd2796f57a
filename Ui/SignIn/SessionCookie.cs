using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Platform.Ui.Http;

namespace Platform.Ui.SignIn;

/// <summary>
/// The cookie that leads to a session: its settings, its check at each request, and requests without one.
/// </summary>
internal sealed class SessionCookie(SessionTokens tokens, ILogger<SessionCookie> logger) : CookieAuthenticationEvents
{
    public static void Configure(CookieAuthenticationOptions cookie, SignInOptions options, SessionStore sessions)
    {
        SignInSetup.Harden(cookie.Cookie, $"__Host-{options.ClientId}.session");
        cookie.ExpireTimeSpan = options.IdleTimeout;
        cookie.SlidingExpiration = true;
        cookie.SessionStore = sessions;
        cookie.EventsType = typeof(SessionCookie);
    }

    /// <summary>
    /// Refreshes the tokens in time. A session whose grant is gone ends; one that cannot be refreshed waits.
    /// </summary>
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        if (SessionStore.IdOf(context.Properties) is not { } id)
        {
            context.RejectPrincipal();
            return;
        }

        if (!tokens.IsDue(context.Properties)) return;

        var before = new AuthenticationTicket(context.Principal!, context.Properties, context.Scheme.Name);
        var (ticket, _) = await tokens.RefreshAsync(id, before);

        if (ticket is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(SignInSchemes.Session);
        }
        else if (tokens.HasExpired(ticket.Properties))
        {
            context.RejectPrincipal(); // nothing can be done with these tokens; the session stays for when it can
        }
        else if (!ReferenceEquals(ticket, before))
        {
            context.ReplacePrincipal(ticket.Principal);
            context.Properties.Items.Clear();
            foreach (var (name, value) in ticket.Properties.Items) context.Properties.Items[name] = value;
        }
    }

    /// <summary>
    /// Leads the browser to the provider and back to the page. Requests that are not for a page cannot follow there:
    /// htmx is directed to load the page it is on, and any other script just hears 401.
    /// </summary>
    public override async Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        var (http, request, properties) = (context.HttpContext, context.Request, context.Properties);
        properties.RedirectUri = SignInEndpoints.LocalOrHome(properties.RedirectUri ?? PageOf(request));

        // The form was not handled: the page that it is on fills it in again.
        if (HttpMethods.IsPost(request.Method) && properties.RedirectUri != "/") properties.RedirectUri += "#resume";

        if (request.Headers["HX-Request"] == "true")
        {
            http.Response.Headers["HX-Redirect"] = PageOf(request);
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (request.Headers["Sec-Fetch-Mode"] is [{ } mode] && mode is not "navigate")
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            await http.ChallengeAsync(SignInSchemes.Provider, properties);
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or OperationCanceledException)
        {
            logger.LogError(e, "The identity provider cannot be reached");
            http.Response.Redirect(SignInEndpoints.ErrorUrl(SignInErrors.Unavailable));
        }
    }

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    /// <summary>
    /// The page that a request belongs to: itself if it is a GET, else the one it was sent from, if that is ours.
    /// </summary>
    private static string PageOf(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) && !request.IsHtmx)
        {
            return request.PathBase + request.Path + request.QueryString;
        }

        var source = request.IsHtmx ? request.Headers["HX-Current-URL"] : request.Headers.Referer;
        return Uri.TryCreate(source, UriKind.Absolute, out var page) && page.Authority == request.Host.Value
            ? SignInEndpoints.LocalOrHome(page.PathAndQuery)
            : "/";
    }
}
