namespace Platform.Contracts.People;

/// <summary>
/// Who a person is, as the Api knows it: Identity asks for this at sign-in, tenant switch and refresh
/// (<c>GET /internal/api/v1/people/{id}/context</c>, scope <see cref="Scopes.PersonContext"/>).
/// </summary>
/// <param name="UserId">The same number as the account's id at Identity.</param>
/// <param name="Tenants">Active memberships in active tenants, oldest first: the first is the default tenant.</param>
public sealed record PersonContext(long UserId, IReadOnlyList<PersonTenant> Tenants);

/// <param name="UserType"><c>operations</c>, <c>manager</c> or <c>admin</c>.</param>
/// <param name="Roles">Slugs of the roles held in this tenant, sorted.</param>
/// <param name="AllowedApps">Slugs of the applications with an active grant, sorted.</param>
public sealed record PersonTenant(
    long TenantId,
    string Slug,
    string Name,
    string TimeZone,
    string UserType,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> AllowedApps);

/// <summary><c>GET /api/v1/me/tenants</c>: an organisation that the caller is an active member of.</summary>
public sealed record MyTenantResponse(long Id, string Slug, string Name);

/// <summary><c>GET /api/v1/me</c>: the caller, in the tenant of the request.</summary>
/// <param name="Permissions">All that user type and roles give, sorted: what a screen may offer.</param>
/// <param name="Kind">
/// One of <see cref="MemberKinds"/>; a professional has a resource, a client a client record.
/// </param>
public sealed record MeResponse(
    long UserId,
    string Name,
    string Email,
    long TenantId,
    string TenantSlug,
    string TenantName,
    string TimeZone,
    string Locale,
    string UserType,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> AllowedApps,
    IReadOnlyList<string> Permissions,
    string Kind = MemberKinds.Member,
    long? ResourceId = null,
    long? ClientId = null);
