using System.Globalization;
using System.Security.Claims;
using Platform.Contracts;
using Platform.Contracts.People;

namespace Platform.Identity.People;

/// <summary>Which of a person's tenants a session or token speaks for, and what it then says of them.</summary>
internal static class TenantChoice
{
    /// <summary>
    /// What was asked for, be it slug or number: a session whose value is not that of <c>acr_values=tenant:… </c> must
    /// sign in again. The name is IdentityServer's, which compares it by itself.
    /// </summary>
    private const string AskedFor = "tenant";

    /// <param name="wanted">A slug or a number; the oldest membership when absent.</param>
    /// <returns>Null if the person is not a member of it, or of none at all.</returns>
    public static PersonTenant? Choose(PersonContext person, string? wanted) => person.Tenants.FirstOrDefault(tenant =>
        wanted is null || tenant.Slug == wanted || tenant.TenantId.ToString(CultureInfo.InvariantCulture) == wanted);

    /// <summary>The tenant that the session chose at sign-in, by number; null if it has none.</summary>
    public static string? Of(ClaimsPrincipal session) => session.FindFirst(ClaimNames.TenantId)?.Value;

    public static string? AskedForBy(ClaimsPrincipal session) => session.FindFirst(AskedFor)?.Value;

    /// <summary>What a session stores: the choice alone. Everything else is read again.</summary>
    public static IEnumerable<Claim> SessionClaims(PersonTenant? tenant, string? wanted) => tenant is null ? [] :
    [
        new(ClaimNames.TenantId, tenant.TenantId.ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64),
        new(AskedFor, wanted ?? tenant.Slug),
    ];

    public static IEnumerable<Claim> TokenClaims(PersonTenant tenant) =>
    [
        new(ClaimNames.TenantId, tenant.TenantId.ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64),
        new(ClaimNames.TenantSlug, tenant.Slug),
        new(ClaimNames.TenantName, tenant.Name),
        new(ClaimNames.UserType, tenant.UserType),
        .. tenant.Roles.Select(role => new Claim(ClaimNames.Roles, role)),
        .. tenant.AllowedApps.Select(app => new Claim(ClaimNames.AllowedApps, app)),
    ];
}
