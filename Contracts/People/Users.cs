using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.Contracts.People;

/// <summary>A person as a member of one tenant.</summary>
/// <param name="Id">Of the person: the same in every tenant, and the number of the account.</param>
/// <param name="Locale">BCP 47: <c>pt-BR</c> or <c>en</c>.</param>
/// <param name="UserType">Slug.</param>
/// <param name="Roles">Slugs, sorted.</param>
/// <param name="Active">Whether the membership is.</param>
/// <param name="Blocked">The platform has deactivated the person everywhere.</param>
/// <param name="CreatedAt">When the person became a member.</param>
/// <param name="Version">Of the membership; the value of the <c>ETag</c>.</param>
/// <param name="CreatedBy">Who made the person a member, as the audit names them.</param>
/// <param name="UpdatedBy">Who changed the membership last.</param>
/// <param name="Kind">One of <see cref="MemberKinds"/>.</param>
/// <param name="ResourceId">The resource that a professional is.</param>
/// <param name="ClientId">The client record of a client.</param>
/// <param name="Metadata">The organisation's custom fields of users.</param>
public sealed record UserResponse(
    long Id,
    string Name,
    string Email,
    string Locale,
    string UserType,
    IReadOnlyList<string> Roles,
    bool Active,
    bool Blocked,
    DateTimeOffset CreatedAt,
    long Version,
    string? CreatedBy,
    DateTimeOffset UpdatedAt,
    string? UpdatedBy,
    string Kind = MemberKinds.Member,
    long? ResourceId = null,
    long? ClientId = null,
    JsonElement? Metadata = null);

/// <summary>The profile of a person who may have no account yet.</summary>
public interface IPersonDetails
{
    string Email { get; }

    /// <summary>Of a new person; a person who has an account keeps their name.</summary>
    string Name { get; }

    /// <summary>Of a new person: <c>pt-BR</c> (when absent) or <c>en</c>.</summary>
    string? Locale { get; }
}

/// <summary><c>POST /api/v1/users</c> and <c>POST /internal/api/v1/tenants/{id}/users</c></summary>
/// <param name="UserType">Slug.</param>
/// <param name="Roles">Slugs of roles of the platform or of the tenant.</param>
public sealed record InviteUserRequest(
    [property: Required, StringLength(254), Email] string Email,
    [property: Required, StringLength(200), RegularExpression(PersonPatterns.Name)] string Name,
    [property: Required, StringLength(100)] string UserType,
    [property: Length(0, RoleLimits.PerMember), Distinct, Each(1, 100)] IReadOnlyList<string>? Roles = null,
    [property: RegularExpression(PersonPatterns.Locale)] string? Locale = null) : IPersonDetails;

/// <summary><c>PATCH /api/v1/users/{id}</c>: what is absent stays. Name and language are the person's own.</summary>
public sealed record ChangeUserRequest
{
    /// <summary>Slug. Grants keep the price and the type they were made with.</summary>
    [Required, StringLength(100)]
    public Optional<string> UserType { get; init; }

    /// <summary>Slugs, replaced as a whole.</summary>
    [Required, Length(0, RoleLimits.PerMember), Distinct, Each(1, 100)]
    public Optional<IReadOnlyList<string>> Roles { get; init; }

    /// <summary>
    /// One of <see cref="MemberKinds"/>. Another one than <c>member </c> is of the type <c>operations </c>.
    /// </summary>
    [Required, RegularExpression("^(member|professional|client)$")]
    public Optional<string> Kind { get; init; }

    /// <summary>Of a professional, who has one. It goes when the kind changes.</summary>
    [Range(1, long.MaxValue)]
    public Optional<long?> ResourceId { get; init; }

    /// <summary>Of a client, who has one. It goes when the kind changes.</summary>
    [Range(1, long.MaxValue)]
    public Optional<long?> ClientId { get; init; }

    /// <summary>The organisation's custom fields of users, replaced as a whole; null clears them.</summary>
    [FlatObject]
    public Optional<JsonElement?> Metadata { get; init; }
}

/// <summary><c>POST /api/v1/users/{id}/deactivate</c></summary>
/// <param name="RevokeSeats">
/// Also ends all grants of the user in this tenant; otherwise they and their seats stay.
/// </param>
public sealed record DeactivateUserRequest(bool RevokeSeats = false);

/// <summary><c>GET /internal/api/v1/users/{id}</c>: a person with all memberships.</summary>
/// <param name="Id">The number of the account at Identity.</param>
/// <param name="Active">False denies the person everywhere; memberships, grants and seats stay.</param>
/// <param name="Memberships">Oldest first.</param>
/// <param name="Version">Of the person; the value of the <c>ETag</c>.</param>
public sealed record StaffUserResponse(
    long Id,
    string Name,
    string Email,
    string Locale,
    bool Active,
    IReadOnlyList<UserMembership> Memberships,
    long Version) : StampedResponse;

/// <summary>One person in one tenant, as staff see it.</summary>
/// <param name="UserType">Slug.</param>
/// <param name="Roles">Slugs, sorted.</param>
/// <param name="Version">Of the membership; the value of the <c>ETag</c> of the single user.</param>
public sealed record UserMembership(
    long TenantId,
    string TenantSlug,
    string TenantName,
    string UserType,
    IReadOnlyList<string> Roles,
    bool Active,
    long Version);

/// <summary><c>POST /internal/api/v1/users</c>: a person who is a member of nothing yet.</summary>
public sealed record CreateUserRequest(
    [property: Required, StringLength(254), Email] string Email,
    [property: Required, StringLength(200), RegularExpression(PersonPatterns.Name)] string Name,
    [property: RegularExpression(PersonPatterns.Locale)] string? Locale = null) : IPersonDetails;

/// <summary><c>PATCH /internal/api/v1/users/{id}</c>: what is absent stays.</summary>
public sealed record ChangePersonRequest
{
    [Required, StringLength(200), RegularExpression(PersonPatterns.Name)]
    public Optional<string> Name { get; init; }

    /// <summary><c>pt-BR</c> or <c>en</c>.</summary>
    [Required, RegularExpression(PersonPatterns.Locale)]
    public Optional<string> Locale { get; init; }

    /// <summary>False denies the person at once, everywhere.</summary>
    public Optional<bool> Active { get; init; }
}

/// <summary><c>POST /internal/api/v1/users/{id}/tenants/{tenantId}</c></summary>
/// <param name="UserType">Slug.</param>
/// <param name="Roles">Slugs of roles of the platform or of the tenant.</param>
public sealed record CreateMembershipRequest(
    [property: Required, StringLength(100)] string UserType,
    [property: Length(0, RoleLimits.PerMember), Distinct, Each(1, 100)] IReadOnlyList<string>? Roles = null);

/// <summary><c>PATCH /internal/api/v1/users/{id}/tenants/{tenantId}</c>: what is absent stays.</summary>
public sealed record ChangeMembershipRequest
{
    /// <summary>Slug.</summary>
    [Required, StringLength(100)]
    public Optional<string> UserType { get; init; }

    /// <summary>Slugs, replaced as a whole.</summary>
    [Required, Length(0, RoleLimits.PerMember), Distinct, Each(1, 100)]
    public Optional<IReadOnlyList<string>> Roles { get; init; }

    /// <summary>False denies the person in this tenant; grants and seats stay.</summary>
    public Optional<bool> Active { get; init; }
}

/// <summary><c>POST /internal/api/v1/users/{id}/roles/{roleId}</c></summary>
/// <param name="TenantId">Where the person gets the role.</param>
public sealed record GiveRoleRequest(long TenantId);

internal static class PersonPatterns
{
    /// <summary>Not blank, on one line.</summary>
    public const string Name = @"^[^\p{Cc}]*\S[^\p{Cc}]*$";

    public const string Locale = "^(pt-BR|en)$";
}

public static class RoleLimits
{
    /// <summary>They travel in every token.</summary>
    public const int PerMember = 20;
}
