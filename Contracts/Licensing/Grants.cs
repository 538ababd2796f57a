using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Platform.Contracts.Licensing;

/// <summary>One user may use one application; what it costs was settled when it was granted.</summary>
/// <param name="Role">Given with the grant; null means the user's own type counts.</param>
/// <param name="RevokedAt">UTC, exclusive; null while it is active.</param>
/// <param name="Price">At the time of granting; null in grants from before there were prices.</param>
/// <param name="UserType">Of the user at that time.</param>
/// <param name="CreatedBy">Who granted it, at <c>grantedAt</c>, as the audit names them.</param>
/// <param name="UpdatedBy">Who changed or revoked it last.</param>
/// <param name="Direct">False where the seat comes of groups alone, and goes with the last of them.</param>
public sealed record GrantResponse(
    long Id,
    long TenantId,
    long UserId,
    string Application,
    string? Role,
    bool Active,
    DateTimeOffset GrantedAt,
    DateTimeOffset? RevokedAt,
    decimal? Price,
    string? Currency,
    string? UserType,
    string? BillingCycle,
    long Version,
    bool Direct,
    string? CreatedBy,
    DateTimeOffset UpdatedAt,
    string? UpdatedBy);

/// <summary><c>POST /api/v1/users/{id}/apps/{application}/grant</c> and <c>/reactivate</c></summary>
/// <param name="Role">Slug of a user type; the user's own type where it is absent.</param>
public sealed record GrantRequest([property: StringLength(100)] string? Role = null);

/// <summary><c>PATCH /api/v1/users/{id}/apps/{application}</c></summary>
/// <param name="Role">Slug of a user type; null means the user's own type counts.</param>
public sealed record ChangeGrantRequest([property: StringLength(100)] string? Role);

/// <summary>
/// <c>POST /api/v1/apps/{application}/grants</c> and
/// <c>POST /internal/api/v1/tenants/{id}/apps/{application}/grants</c>
/// </summary>
/// <param name="Partial">True grants to whom it can, in this order; else it is all or nobody.</param>
public sealed record BulkGrantRequest(
    [property: Length(1, BulkGrantRequest.MaxUsers), Distinct, Each(1, long.MaxValue)] IReadOnlyList<long> UserIds,
    bool Partial = false,
    [property: StringLength(100)] string? Role = null)
{
    public const int MaxUsers = 500;
}

/// <summary>What became of one user of a bulk grant.</summary>
/// <param name="Outcome"><c>granted</c>, <c>existing</c> or <c>refused</c>.</param>
/// <param name="Code">Why it was refused; null otherwise.</param>
public sealed record BulkGrantItem(long UserId, string Outcome, string? Code, GrantResponse? Grant);

public static class GrantOutcomes
{
    public const string Granted = "granted";
    public const string Existing = "existing";
    public const string Refused = "refused";
}

/// <summary><c>POST /internal/api/v1/users/{id}/apps/grant</c>, <c>/revoke</c>, <c>/reactivate</c></summary>
/// <param name="Application">Slug.</param>
/// <param name="Role">Slug of a user type; the user's own type where it is absent. Revoking takes none.</param>
public sealed record StaffGrantRequest(
    long TenantId,
    [property: Required, StringLength(100), JsonConverter(typeof(SlugConverter))] string Application,
    [property: StringLength(100)] string? Role = null);
