using System.Security.Claims;
using Duende.IdentityServer.Configuration;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace Microsoft.Extensions.DependencyInjection;

public static class IdentityServerBuilderExtensions
{
    /// <summary>
    /// Makes ASP.NET Core Identity's cookie the provider's session, and its accounts speak in OpenID Connect's claims. The
    /// cookies get SameSite=None, as with the real package; applications set them back to Lax after this call.
    /// </summary>
    public static IIdentityServerBuilder AddAspNetIdentity<TUser>(
        this IIdentityServerBuilder builder) where TUser : class
    {
        builder.Services.PostConfigure<IdentityServerOptions>(
            options => options.Authentication.CookieAuthenticationScheme ??= IdentityConstants.ApplicationScheme);

        builder.Services.Configure<IdentityOptions>(options =>
        {
            options.ClaimsIdentity.UserIdClaimType = "sub";
            options.ClaimsIdentity.UserNameClaimType = "name";
            options.ClaimsIdentity.EmailClaimType = "email";
            options.ClaimsIdentity.RoleClaimType = "role";
        });

        builder.Services.Configure<SecurityStampValidatorOptions>(
            options => options.OnRefreshingPrincipal ??= KeepSessionClaims);

        string[] cookies = [IdentityConstants.ApplicationScheme, IdentityConstants.ExternalScheme];
        foreach (var scheme in cookies)
        {
            builder.Services.Configure<CookieAuthenticationOptions>(
                scheme, options => options.Cookie.SameSite = SameSiteMode.None);
        }

        return builder;
    }

    /// <summary>
    /// A refreshed principal comes from the account alone; how and when its user signed in must survive.
    /// </summary>
    private static Task KeepSessionClaims(SecurityStampRefreshingPrincipalContext context)
    {
        if (context is not { CurrentPrincipal: { } before, NewPrincipal: { Identity: ClaimsIdentity identity } now })
        {
            return Task.CompletedTask;
        }

        identity.AddClaims(before.Claims.Where(claim => !now.HasClaim(known => known.Type == claim.Type)).ToList());
        return Task.CompletedTask;
    }
}
