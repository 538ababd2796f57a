using System.Globalization;
using System.Security.Claims;
using System.Security.Principal;

namespace Duende.IdentityServer.Extensions;

public static class PrincipalExtensions
{
    public static string GetSubjectId(this IPrincipal principal) =>
        ((ClaimsPrincipal)principal).FindFirst("sub")?.Value
            ?? throw new InvalidOperationException("sub claim is missing");

    public static long GetAuthenticationTimeEpoch(this IPrincipal principal) =>
        long.Parse(((ClaimsPrincipal)principal).FindFirst("auth_time")?.Value ?? "0", CultureInfo.InvariantCulture);

    public static string GetDisplayName(this ClaimsPrincipal principal) =>
        principal.FindFirst("name")?.Value ?? principal.GetSubjectId();

    public static bool IsAuthenticated(this IPrincipal principal) => principal.Identity is { IsAuthenticated: true };
}
