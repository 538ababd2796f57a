using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.People;

/// <summary>A named set of permissions.</summary>
/// <param name="TenantId">Whose it is; null for a role of the platform.</param>
/// <param name="Slug">How members and tokens name it; it never changes.</param>
/// <param name="System">A role of the platform, which tenants can give and not change.</param>
/// <param name="Permissions">Of <see cref="People.Permissions"/>, sorted.</param>
/// <param name="Version">The value of the <c>ETag</c>.</param>
/// <param name="CreatedBy">Who made it, as the audit names them; null for what was there from the start.</param>
/// <param name="UpdatedBy">Who changed it last.</param>
public sealed record RoleResponse(
    long Id,
    long? TenantId,
    string Slug,
    string Name,
    bool System,
    IReadOnlyList<string> Permissions,
    long Version,
    DateTimeOffset CreatedAt,
    string? CreatedBy,
    DateTimeOffset UpdatedAt,
    string? UpdatedBy);

/// <summary><c>POST /api/v1/roles</c></summary>
/// <param name="Permissions">Of the catalogue; none that the caller does not have.</param>
/// <param name="Slug">Lower case, digits, inner hyphens and underscores; made from the name where it is absent.</param>
public sealed record CreateRoleRequest(
    [property: Required, StringLength(100), RegularExpression(PersonPatterns.Name)] string Name,
    [property: Length(0, 100), Distinct, Each(1, 100)] IReadOnlyList<string> Permissions,
    [property: RegularExpression(RolePatterns.Slug)] string? Slug = null);

/// <summary><c>PATCH /api/v1/roles/{id}</c>: what is absent stays.</summary>
public sealed record ChangeRoleRequest
{
    [Required, StringLength(100), RegularExpression(PersonPatterns.Name)]
    public Optional<string> Name { get; init; }

    /// <summary>Replaced as a whole.</summary>
    [Required, Length(0, 100), Distinct, Each(1, 100)]
    public Optional<IReadOnlyList<string>> Permissions { get; init; }
}

/// <summary><c>POST /internal/api/v1/roles</c></summary>
/// <param name="TenantId">Whose it is to be; a role of the platform, for every tenant, where it is absent.</param>
public sealed record StaffCreateRoleRequest(
    [property: Required, StringLength(100), RegularExpression(PersonPatterns.Name)] string Name,
    [property: Length(0, 100), Distinct, Each(1, 100)] IReadOnlyList<string> Permissions,
    [property: RegularExpression(RolePatterns.Slug)] string? Slug = null,
    long? TenantId = null);

internal static class RolePatterns
{
    public const string Slug = "^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$";
}
