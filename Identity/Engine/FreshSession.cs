using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace Platform.Identity.Engine;

/// <summary>
/// Signs a person in under a new cookie. The cookie handler of the request may have read a cookie, and would keep its
/// session key: a planted cookie would then be valid for the person who planted it (session fixation). A second
/// handler, to which the request shows no cookie, makes a new key.
/// </summary>
internal sealed class FreshSession(IAuthenticationSchemeProvider schemes)
{
    public async Task SignInAsync(HttpContext http, ClaimsPrincipal principal, AuthenticationProperties properties)
    {
        var scheme = (await schemes.GetSchemeAsync(IdentityConstants.ApplicationScheme))!;
        var handler = (CookieAuthenticationHandler)ActivatorUtilities.CreateInstance(http.RequestServices, scheme.HandlerType);
        var cookies = http.Request.Headers.Cookie;
        http.Request.Headers.Cookie = default;
        try
        {
            await handler.InitializeAsync(scheme, http);
            await handler.SignInAsync(principal, properties);
        }
        finally
        {
            http.Request.Headers.Cookie = cookies;
        }
    }
}
