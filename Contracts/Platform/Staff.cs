namespace Platform.Contracts.Platform;

/// <summary><c>GET /internal/api/v1/tenants</c></summary>
/// <param name="TimeZone">IANA name; it never changes.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Status"><c>provisioning</c>, <c>provisioning_failed</c>, <c>active</c> or <c>inactive</c>.</param>
public sealed record TenantResponse(
    long Id,
    string Slug,
    string Name,
    string TimeZone,
    string Locale,
    string Currency,
    string Status,
    DateTimeOffset CreatedAt);

/// <summary><c>GET /internal/api/v1/user-types</c></summary>
/// <param name="HierarchyLevel">1 is the lowest.</param>
public sealed record UserTypeResponse(long Id, string Slug, string Name, int HierarchyLevel);
