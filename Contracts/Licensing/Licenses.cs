using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Platform.Contracts.Licensing;

/// <summary>A tenant may use an application.</summary>
/// <param name="Status">
/// <c>trial </c>, <c>active </c>, <c>suspended </c>, <c>expired </c> or <c>cancelled </c>, as of now.
/// </param>
/// <param name="TrialEndsAt">UTC, exclusive; null where it is no trial.</param>
/// <param name="ExpiresAt">UTC, exclusive; null is open.</param>
/// <param name="UserLimit">Seats; null is without limit, 0 is nobody.</param>
/// <param name="Available">Seats that are free; null is without limit.</param>
/// <param name="Version">Of the terms; seats that come and go do not raise it. The value of the <c>ETag</c>.</param>
/// <param name="CreatedBy">Who made it, as the audit names them; null for what was there from the start.</param>
/// <param name="UpdatedBy">Who changed it last.</param>
public sealed record LicenseResponse(
    long Id,
    long TenantId,
    string Application,
    string ApplicationName,
    string Status,
    DateTimeOffset ActivatedAt,
    DateTimeOffset? TrialEndsAt,
    DateTimeOffset? ExpiresAt,
    int? UserLimit,
    int SeatsUsed,
    int? Available,
    DateTimeOffset? SuspendedAt,
    DateTimeOffset? CancelledAt,
    long Version,
    DateTimeOffset CreatedAt,
    string? CreatedBy,
    DateTimeOffset UpdatedAt,
    string? UpdatedBy);

/// <summary><c>GET /internal/api/v1/licenses</c>: a licence of whichever tenant.</summary>
/// <param name="Status">The current status.</param>
/// <param name="EndsAt">UTC, exclusive: the end of trial or licence, whichever comes first; null is open.</param>
/// <param name="UserLimit">Seats; null is without limit.</param>
/// <param name="Available">Seats that are free; null is without limit.</param>
public sealed record TenantLicenseResponse(
    long Id,
    long TenantId,
    string TenantSlug,
    string TenantName,
    string Application,
    string ApplicationName,
    string Status,
    DateTimeOffset ActivatedAt,
    DateTimeOffset? EndsAt,
    int? UserLimit,
    int SeatsUsed,
    int? Available,
    long Version);

/// <summary><c>GET /internal/api/v1/reports/seats</c>: the seats that are taken, by what they cost.</summary>
/// <param name="UserType">Slug: of the user when the seat was granted.</param>
/// <param name="Total">Of their prices for one cycle; null for seats from before there were prices.</param>
public sealed record SeatsByTypeRow(
    long TenantId,
    string TenantSlug,
    string TenantName,
    string Application,
    string ApplicationName,
    string UserType,
    string UserTypeName,
    int Seats,
    Money? Total);

/// <summary><c>POST /internal/api/v1/tenants/{id}/licenses</c></summary>
/// <param name="Application">Slug.</param>
/// <param name="UserLimit">Has to be said: null is without limit, 0 is nobody.</param>
/// <param name="TrialEndsAt">Makes it a trial until then, exclusive.</param>
/// <param name="ExpiresAt">Exclusive; null is open.</param>
/// <param name="ActivatedAt">When it starts; now where it is absent.</param>
public sealed record CreateLicenseRequest(
    [property: Required, StringLength(100), JsonConverter(typeof(SlugConverter))] string Application,
    [property: Range(0, int.MaxValue)] int? UserLimit,
    DateTimeOffset? TrialEndsAt = null,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? ActivatedAt = null);

/// <summary><c>PATCH /internal/api/v1/tenants/{id}/licenses/{licenseId}</c>: what is absent stays.</summary>
public sealed record ChangeLicenseRequest
{
    /// <summary>Null is without limit. Not less than the seats that are taken.</summary>
    [Range(0, int.MaxValue)]
    public Optional<int?> UserLimit { get; init; }

    /// <summary>Exclusive; null turns a trial into a license.</summary>
    public Optional<DateTimeOffset?> TrialEndsAt { get; init; }

    /// <summary>Exclusive; null is open.</summary>
    public Optional<DateTimeOffset?> ExpiresAt { get; init; }
}

/// <summary><c>GET /api/v1/entitlements</c>: what a tenant may use.</summary>
/// <param name="SeatsUsed">How many have a seat, also where <c>users</c> does not name all of them.</param>
/// <param name="Users">
/// Who has a seat: the first 1,000 by name, and by number where names are alike. All of them, in pages, are
/// <c>GET /api/v1/apps/{application}/grants</c>. Absent for those who do not administer the tenant.
/// </param>
public sealed record EntitlementResponse(
    long LicenseId,
    string Application,
    string ApplicationName,
    string Status,
    DateTimeOffset ActivatedAt,
    DateTimeOffset? TrialEndsAt,
    DateTimeOffset? ExpiresAt,
    int? UserLimit,
    int SeatsUsed,
    int? Available,
    IReadOnlyList<EntitledUser>? Users);

/// <param name="Role">In the application: the one given with the grant, else the user's type.</param>
/// <param name="Active">False for somebody who was deactivated and still has a seat.</param>
public sealed record EntitledUser(
    long UserId, string Name, string Email, string Role, bool Active, DateTimeOffset GrantedAt, long GrantId);

/// <summary><c>GET /api/v1/me/apps</c>: an application that the caller may use right now.</summary>
/// <param name="LaunchUrl">Where it opens; null for a part of the Hub itself.</param>
public sealed record MyApplication(
    string Application, string Name, string Role, DateTimeOffset? ExpiresAt, string? LaunchUrl = null);

/// <summary><c>POST /internal/api/v1/reconcile/seats</c></summary>
/// <param name="TenantId">Of this tenant alone; of all where it is absent.</param>
public sealed record ReconcileSeatsRequest(long? TenantId = null);

/// <summary>A counter that was wrong and is right now.</summary>
public sealed record ReconciledSeats(long TenantId, long LicenseId, string Application, int Before, int After);
