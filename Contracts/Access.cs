namespace Platform.Contracts;

/// <summary>Scopes of access tokens: which area of the API a client may call for somebody.</summary>
public static class Scopes
{
    /// <summary>The scheduling part of <c>/api/v1</c>.</summary>
    public const string Scheduling = "scheduling";

    /// <summary>The licensing part of <c>/api/v1</c>.</summary>
    public const string Licensing = "licensing";

    /// <summary><c>/internal/api/v1</c>, for people with a platform role.</summary>
    public const string Platform = "platform";

    /// <summary>Reading who a person is in which tenant; Identity asks the Api with it at sign-in.</summary>
    public const string PersonContext = "person_context";

    /// <summary><c>/scim/v2</c>; only keys of service accounts have it.</summary>
    public const string Scim = "scim";

    /// <summary>Identity's account API; the Api creates and invites accounts with it.</summary>
    public const string Accounts = "accounts";
}

/// <summary>Audiences of access tokens (API resources at Identity).</summary>
public static class Audiences
{
    public const string Api = "api";
    public const string Identity = "identity";
}

/// <summary>Claims of our tokens beside the registered ones.</summary>
public static class ClaimNames
{
    public const string TenantId = "tenant_id";
    public const string TenantSlug = "tenant_slug";
    public const string TenantName = "tenant_name";

    /// <summary><c>operations</c>, <c>manager</c> or <c>admin</c>.</summary>
    public const string UserType = "user_type";
    public const string Roles = "roles";
    public const string AllowedApps = "allowed_apps";

    /// <summary>One of <see cref="PlatformRoles"/> on the accounts of platform staff; absent on all others.</summary>
    public const string PlatformRole = "platform_role";
}

/// <summary>What a member of a tenant is there, lowest first.</summary>
public static class UserTypes
{
    public const string Operations = "operations";
    public const string Manager = "manager";
    public const string Admin = "admin";
}

public static class PlatformRoles
{
    /// <summary>Reads and changes everything.</summary>
    public const string InternalAdmin = "internal_admin";

    /// <summary>Reads everything and changes nothing.</summary>
    public const string InternalViewer = "internal_viewer";
}

public static class Headers
{
    /// <summary>
    /// The numeric id of the tenant that a request is about; must equal the token's tenant. The owner of the platform
    /// may give this header and the next one other names.
    /// </summary>
    public const string TenantId = "x-tenant-id";

    /// <summary>A host name of that tenant, or its slug, instead of the number.</summary>
    public const string TenantDomain = "x-tenant-domain";

    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary><c>true</c> on an answer that an earlier request with the same key received.</summary>
    public const string IdempotencyReplayed = "Idempotency-Replayed";
}
