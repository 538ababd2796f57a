using System.ComponentModel.DataAnnotations;
using Platform.Contracts.People;

namespace Platform.Contracts.ApiKeys;

/// <summary>A program of a tenant.</summary>
/// <param name="Roles">Slugs, sorted.</param>
/// <param name="Permissions">All that the roles give, sorted.</param>
/// <param name="Version">The value of the <c>ETag</c>.</param>
public sealed record ServiceAccountResponse(
    long Id,
    string Name,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Permissions,
    long Version) : StampedResponse;

/// <summary><c>POST /api/v1/service-accounts</c></summary>
/// <param name="Roles">Slugs of roles of the platform or of the tenant; none that hold more than the caller.</param>
public sealed record CreateServiceAccountRequest(
    [property: Required, StringLength(100), RegularExpression(PersonPatterns.Name)] string Name,
    [property: Length(0, RoleLimits.PerMember), Distinct, Each(1, 100)] IReadOnlyList<string> Roles);

/// <summary><c>PATCH /api/v1/service-accounts/{id}</c>: what is absent stays.</summary>
public sealed record ChangeServiceAccountRequest
{
    [Required, StringLength(100), RegularExpression(PersonPatterns.Name)]
    public Optional<string> Name { get; init; }

    /// <summary>Slugs, replaced as a whole.</summary>
    [Required, Length(0, RoleLimits.PerMember), Distinct, Each(1, 100)]
    public Optional<IReadOnlyList<string>> Roles { get; init; }
}

/// <summary>A key of a service account, without the key itself.</summary>
/// <param name="Prefix">The beginning of the key, by which people recognise it.</param>
/// <param name="Scopes"><c>licensing</c>, <c>scheduling</c>, <c>scim</c>; sorted.</param>
/// <param name="Status">Of <see cref="ApiKeyStatuses"/>.</param>
/// <param name="ExpiresAt">It opens nothing from then on; null if it does not end by itself.</param>
/// <param name="ReplacedById">The key that took its place when it was rotated.</param>
/// <param name="LastUsedAt">To the minute.</param>
/// <param name="LastUsedFrom">The address of the caller then.</param>
/// <param name="CreatedBy"><c>user:17</c>.</param>
public sealed record ApiKeyResponse(
    long Id,
    string Prefix,
    IReadOnlyList<string> Scopes,
    string Status,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    long? ReplacedById,
    DateTimeOffset? LastUsedAt,
    string? LastUsedFrom,
    DateTimeOffset CreatedAt,
    string? CreatedBy);

/// <summary>A key that was just made.</summary>
/// <param name="Secret">The key itself. It is shown here and never again.</param>
public sealed record NewApiKeyResponse(string Secret, ApiKeyResponse Key);

/// <summary><c>POST /api/v1/service-accounts/{id}/keys</c></summary>
/// <param name="Scopes"><c>licensing</c>, <c>scheduling</c>, <c>scim</c>: which parts of the API the key opens.</param>
/// <param name="ExpiresAt">In the future; the key does not end by itself where it is absent.</param>
public sealed record CreateApiKeyRequest(
    [property: Length(1, 3), Distinct, Each(1, 100)] IReadOnlyList<string> Scopes,
    DateTimeOffset? ExpiresAt = null);

/// <summary><c>POST /api/v1/service-accounts/{id}/keys/{keyId}/rotate</c></summary>
/// <param name="OverlapMinutes">How long the old key stays valid beside the new one; at most seven days.</param>
/// <param name="ExpiresAt">Of the new key, in the future; it does not end by itself where it is absent.</param>
public sealed record RotateApiKeyRequest(
    [property: Range(0, 7 * 24 * 60)] int OverlapMinutes = 0, DateTimeOffset? ExpiresAt = null);

public static class ApiKeyStatuses
{
    public const string Active = "active";
    public const string Expired = "expired";
    public const string Revoked = "revoked";
}
