using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Platform.Contracts.Licensing;

/// <summary><c>POST /api/v1/access/check</c></summary>
/// <param name="Application">Slug.</param>
/// <param name="UserId">The caller where it is absent.</param>
/// <param name="MinRole">Slug of a user type; every role will do where it is absent.</param>
public sealed record AccessCheckRequest(
    [property: Required, StringLength(100), JsonConverter(typeof(SlugConverter))] string Application,
    long? UserId = null,
    [property: StringLength(100)] string? MinRole = null);

/// <summary><c>POST /api/v1/access/check/batch</c></summary>
public sealed record AccessBatchRequest(
    [property: Length(1, AccessBatchRequest.MaxChecks)] IReadOnlyList<AccessCheckRequest> Checks)
{
    public const int MaxChecks = 100;
}

/// <param name="Layer">1 license, 2 seat, 3 user, 4 role: the first that says no; null if none does.</param>
/// <param name="Reason">A code of <see cref="Codes"/>; null if it is allowed.</param>
/// <param name="Role">What the user is in the application; null if they have no access.</param>
/// <param name="ExpiresAt">UTC, exclusive: when the license ends by itself.</param>
public sealed record AccessCheckResponse(
    string Application, long? UserId, bool Allowed, int? Layer, string? Reason, string? Role, DateTimeOffset? ExpiresAt);

/// <summary>What a product's endpoint knows of who entered: <c>GET /internal/api/v1/tq/dashboard</c>.</summary>
public sealed record AccessContextResponse(
    long UserId, long TenantId, string Application, string Role, AccessLicense License, AccessSeats Seats);

/// <param name="ExpiresAt">UTC, exclusive.</param>
public sealed record AccessLicense(long Id, string Status, DateTimeOffset? ExpiresAt);

/// <param name="Limit">Null is without limit.</param>
public sealed record AccessSeats(int Used, int? Limit, int? Available);
