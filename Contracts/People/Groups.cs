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

/// <summary><c>POST /api/v1/groups/{id}/members</c> and <c>/members/leave</c></summary>
/// <param name="Partial">True moves whom it can, in this order; else it is all or nobody.</param>
public sealed record GroupMembersRequest(
    [property: Length(1, GroupMembersRequest.MaxUsers), Distinct, Each(1, long.MaxValue)] IReadOnlyList<long> UserIds,
    bool Partial = false)
{
    public const int MaxUsers = 100;
}

/// <summary>What became of one user who was to join or leave a group.</summary>
/// <param name="Outcome">One of <see cref="GroupOutcomes"/>.</param>
/// <param name="Code">Why it was refused; null otherwise.</param>
public sealed record GroupMemberItem(long UserId, string Outcome, string? Code = null);

public static class GroupOutcomes
{
    public const string Joined = "joined";
    public const string Left = "left";

    /// <summary>They were in the group already, or were not.</summary>
    public const string Unchanged = "unchanged";
    public const string Refused = "refused";
}
