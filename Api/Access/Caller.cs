using System.Globalization;
using System.Security.Claims;
using Platform.Contracts;

namespace Platform.Api.Access;

/// <summary>Who calls, as the token says. What they may do is decided against current data, not from this.</summary>
/// <param name="UserId">Null for a client that acts for itself.</param>
/// <param name="TenantId">The tenant that the token was made for.</param>
/// <param name="IsStaff">Platform staff, who may enter every tenant.</param>
/// <param name="Actor">As history and events name them: <c>user:17</c>, <c>client:demo</c>.</param>
internal sealed record Caller(long? UserId, long? TenantId, bool IsStaff, string Actor)
{
    public static Caller Of(ClaimsPrincipal principal)
    {
        var userId = Number("sub");
        return new(
            userId,
            Number(ClaimNames.TenantId),
            principal.HasClaim(ClaimNames.PlatformRole, PlatformRoles.InternalAdmin),
            userId is null ? $"client:{principal.FindFirstValue("client_id")}" : $"user:{userId}");

        long? Number(string claim) =>
            long.TryParse(principal.FindFirstValue(claim), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
    }

    public static ValueTask<Caller?> BindAsync(HttpContext context) => new(Of(context.User));
}
