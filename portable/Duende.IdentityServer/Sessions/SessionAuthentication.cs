using System.Globalization;
using System.Security.Claims;
using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Stores;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Duende.IdentityServer.Sessions;

/// <param name="Login">Differs after each time that the user proved who they are.</param>
internal sealed record UserSignIn(ClaimsPrincipal User, string SessionId, string Login);

/// <summary>
/// Stands in front of the framework's sign-in and sign-out: gives a sign-in its session id, time and method, and makes a
/// sign-out reach every client. A new sign-in always gets a new cookie key, so that nobody can plant one.
/// </summary>
internal sealed class SessionAuthentication(
    IAuthenticationService inner,
    IAuthenticationSchemeProvider schemes,
    SessionDirectory sessions,
    IOptions<IdentityServerOptions> options,
    TimeProvider clock) : IAuthenticationService
{
    public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) =>
        inner.AuthenticateAsync(context, scheme);

    public Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
        inner.ChallengeAsync(context, scheme, properties);

    public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
        inner.ForbidAsync(context, scheme, properties);

    public async Task SignInAsync(
        HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties)
    {
        var name = scheme ?? (await schemes.GetDefaultSignInSchemeAsync())?.Name;
        if (name != SessionScheme)
        {
            await inner.SignInAsync(context, scheme, principal, properties);
            return;
        }

        properties ??= new();
        Complete(principal);

        if (await CurrentAsync(context) is { } before)
        {
            if (before.User.FindFirst("sub")?.Value == principal.FindFirst("sub")?.Value)
            {
                properties.SetSessionId(before.SessionId);
            }
            else await EndAsync(before, context);

            await inner.SignOutAsync(context, name, properties: null);
        }

        if (properties.GetSessionId() is null) properties.SetSessionId(Handles.New());
        if (properties.GetLogin() is null) properties.SetLogin(Handles.New());

        await SignInAnewAsync(context, (await schemes.GetSchemeAsync(name))!, principal, properties);
    }

    public async Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties)
    {
        var name = scheme ?? (await schemes.GetDefaultSignOutSchemeAsync())?.Name;
        var before = name == SessionScheme ? await CurrentAsync(context) : null;

        await inner.SignOutAsync(context, scheme, properties);
        if (before is not null) await EndAsync(before, context);
    }

    public async Task<UserSignIn?> CurrentAsync(HttpContext context) =>
        await inner.AuthenticateAsync(context, SessionScheme) is { Succeeded: true } ticket
        && ticket.Properties.GetSessionId() is { } sessionId
        && ticket.Principal.HasClaim(claim => claim.Type == "sub")
            ? new(ticket.Principal, sessionId, ticket.Properties.GetLogin() ?? "")
            : null;

    private string SessionScheme => options.Value.Authentication.CookieAuthenticationScheme!;

    private Task EndAsync(UserSignIn session, HttpContext context) =>
        sessions.EndAsync(session.User.FindFirst("sub")!.Value, session.SessionId, context.RequestAborted);

    private void Complete(ClaimsPrincipal principal)
    {
        var identity = (ClaimsIdentity)principal.Identity!;
        if (!identity.HasClaim(claim => claim.Type == "sub"))
        {
            throw new InvalidOperationException("sub claim is missing");
        }
        if (!identity.HasClaim(claim => claim.Type == "amr")) identity.AddClaim(new("amr", "pwd"));
        if (!identity.HasClaim(claim => claim.Type == "idp"))
        {
            identity.AddClaim(new("idp", IdentityServerConstants.LocalIdentityProvider));
        }
        if (!identity.HasClaim(claim => claim.Type == "auth_time"))
        {
            var now = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            identity.AddClaim(new("auth_time", now, ClaimValueTypes.Integer64));
        }
    }

    /// <summary>
    /// The cookie handler of this request may have read a cookie, and would keep its key. A second one, to which the
    /// request shows no cookie, makes a new key.
    /// </summary>
    private static async Task SignInAnewAsync(
        HttpContext context, AuthenticationScheme scheme, ClaimsPrincipal principal,
        AuthenticationProperties properties)
    {
        var cookies = context.Request.Headers.Cookie;
        context.Request.Headers.Cookie = default;
        try
        {
            var handler = (IAuthenticationSignInHandler)ActivatorUtilities.CreateInstance(
                context.RequestServices, scheme.HandlerType);
            await handler.InitializeAsync(scheme, context);
            await handler.SignInAsync(principal, properties);
        }
        finally
        {
            context.Request.Headers.Cookie = cookies;
        }
    }
}
