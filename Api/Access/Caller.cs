using System.Globalization;
using System.Security.Claims;
using Platform.Contracts;

namespace Platform.Api.Access;

/// <summary>The caller, as the token says. Permissions are decided from current data, not from this.</summary>
/// <param name="UserId">Null for a client that acts for itself, and for a key.</param>
/// <param name="TenantId">The tenant that the token was made for.</param>
/// <param name="IsStaff">Platform staff, who may enter every tenant.</param>
/// <param name="OnlyReads">Of the staff: <see cref="ReadOnlyStaff"/> refuses all else.</param>
/// <param name="Actor">As history and events name them: <c>user:17</c>, <c>client:demo</c>, <c>key:1000</c>.</param>
/// <param name="KeyPermissions">What a key may do in its tenant, in one text; null for callers with a token.</param>
internal sealed record Caller(
    long? UserId, long? TenantId, bool IsStaff, string Actor, string? KeyPermissions = null,
    bool OnlyReads = false)
{
    /// <summary>Whether a program calls with a key of its tenant.</summary>
    public bool IsKey => KeyPermissions is not null;

    public static Caller Of(ClaimsPrincipal principal)
    {
        if (principal.Identity?.AuthenticationType == ApiKeyAuthentication.Scheme)
        {
            return new(
                null, Number(ClaimNames.TenantId), false, $"key:{principal.FindFirstValue(ApiKeyAuthentication.KeyId)}",
                principal.FindFirstValue(ApiKeyAuthentication.Permissions));
        }

        var userId = Number("sub");
        var role = principal.FindFirstValue(ClaimNames.PlatformRole);
        return new(
            userId,
            Number(ClaimNames.TenantId),
            role is PlatformRoles.InternalAdmin or PlatformRoles.InternalViewer,
            userId is null ? $"client:{principal.FindFirstValue("client_id")}" : $"user:{userId}",
            OnlyReads: role is PlatformRoles.InternalViewer);

        long? Number(string claim) =>
            long.TryParse(principal.FindFirstValue(claim), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
    }

    public static ValueTask<Caller?> BindAsync(HttpContext context) => new(Of(context.User));
}
