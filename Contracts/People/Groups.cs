using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.People;

/// <summary>A group of users: a role of the tenant or of the platform, with those who have it.</summary>
/// <param name="Id">Of the role, and of the group in SCIM.</param>
/// <param name="Slug">How members name the role.</param>
/// <param name="System">A role of the platform, which every tenant has.</param>
/// <param name="Members">How many members have it; <c>GET /api/v1/users?role=</c> lists them.</param>
/// <param name="Applications">Slugs of those that the group is granted, sorted.</param>
/// <param name="Version">Of the role.</param>
public sealed record GroupResponse(
    long Id,
    string Slug,
    string Name,
    bool System,
    IReadOnlyList<string> Permissions,
    int Members,
    IReadOnlyList<string> Applications,
    long Version);

/// <summary><c>POST /api/v1/groups</c>: a role without permissions.</summary>
public sealed record CreateGroupRequest(
    [property: Required, StringLength(100), RegularExpression(PersonPatterns.Name)] string Name,
    [property: RegularExpression(RolePatterns.Slug)] string? Slug = null);
