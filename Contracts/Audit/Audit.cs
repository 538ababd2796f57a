using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.Contracts.Audit;

/// <summary>The two chains of a tenant, and of the platform itself (tenant 0).</summary>
public static class AuditChainNames
{
    /// <summary>Decisions whether somebody may use an application.</summary>
    public const string Access = "access";

    /// <summary>Changes of tenants, people, licenses, prices, grants.</summary>
    public const string Changes = "changes";
}

/// <summary>
/// A decision: <c>GET /internal/api/v1/audit/access</c>, and of one tenant <c>GET /api/v1/audit/access</c>.
/// </summary>
/// <param name="Sequence">Counts from 1 in the tenant's chain, without gaps.</param>
/// <param name="Actor">Who asked: <c>user:17</c>, <c>client:demo</c>; not always the person that it is about.</param>
/// <param name="UserId">About whom; null where a client asked for itself.</param>
/// <param name="Layer">1 license, 2 seat, 3 user, 4 role; null where it was a yes.</param>
/// <param name="Path">Method and path of the request.</param>
/// <param name="IpAddress">Null where it was erased or never known; likewise <paramref name="UserAgent"/>.</param>
public sealed record AccessLogResponse(
    long Id,
    long TenantId,
    long Sequence,
    DateTimeOffset OccurredAt,
    string Actor,
    long? UserId,
    string Application,
    string? MinimumRole,
    bool Allowed,
    int? Layer,
    string? Reason,
    string Path,
    string? RequestId,
    string? IpAddress,
    string? UserAgent);

/// <summary>A change: <c>GET /internal/api/v1/audit/changes</c>, and of one tenant <c>GET /api/v1/audit</c>.</summary>
/// <param name="TenantId">Null for what belongs to the platform itself.</param>
/// <param name="Action">Dotted: <c>license.suspended</c>.</param>
public sealed record AuditEntryResponse(
    long Id,
    long? TenantId,
    long Sequence,
    DateTimeOffset OccurredAt,
    string Actor,
    string? ActingFor,
    string Action,
    string TargetType,
    long? TargetId,
    JsonElement? Before,
    JsonElement? After,
    string Outcome,
    string? RequestId,
    string? IpAddress,
    string? UserAgent);

/// <summary>What happened at the door, as Identity keeps it: <c>GET /internal/api/v1/audit/logins</c>.</summary>
/// <param name="Kind">One of <see cref="LoginKinds"/>.</param>
/// <param name="AccountId">The number of the person; null where nobody was recognised.</param>
public sealed record LoginResponse(
    long Id, DateTimeOffset OccurredAt, string Kind, long? AccountId, string? ClientId, string? Detail, string? RemoteAddress,
    string? TraceId);

/// <summary><c>POST /internal/api/v1/audit/verify</c></summary>
/// <param name="TenantId">Every tenant, and the platform itself, where it is absent; 0 is the platform itself.</param>
/// <param name="Chain">Both where it is absent.</param>
public sealed record VerifyAuditRequest(
    [property: Range(0, long.MaxValue)] long? TenantId = null,
    [property: AllowedValues(AuditChainNames.Access, AuditChainNames.Changes, null)] string? Chain = null);

/// <summary>What is wrong with a chain.</summary>
public static class AuditFaults
{
    /// <summary>A row was changed, deleted or inserted. Segments that were deleted as a whole do not count.</summary>
    public const string RowChanged = "ROW_CHANGED";

    /// <summary>Rows at the end are missing, or there are more than the head of the chain knows.</summary>
    public const string TailChanged = "TAIL_CHANGED";

    /// <summary>The chain fits together, but it is another one than was sealed.</summary>
    public const string ChainRewritten = "CHAIN_REWRITTEN";

    /// <summary>A checkpoint was not signed with the key of this platform that it names.</summary>
    public const string CheckpointForged = "CHECKPOINT_FORGED";

    /// <summary>
    /// A checkpoint names a key that this platform was not given: the configuration lacks a former key.
    /// </summary>
    public const string CheckpointKeyUnknown = "CHECKPOINT_KEY_UNKNOWN";
}

/// <param name="TenantId">0 is the platform itself.</param>
/// <param name="Rows">How many were checked.</param>
/// <param name="FirstBroken">The number in the chain where it stops being true; null if it is whole.</param>
/// <param name="Fault">One of <see cref="AuditFaults"/>.</param>
/// <param name="SealedTo">The sequence number of the last entry that the last checkpoint covers.</param>
/// <param name="SealedAt">UTC.</param>
public sealed record AuditChainReport(
    long TenantId, string Chain, long Rows, long? FirstBroken, string? Fault, long? SealedTo, DateTimeOffset? SealedAt);

/// <param name="Broken">Those that are not whole.</param>
public sealed record AuditReport(bool IsWhole, int Chains, long Rows, IReadOnlyList<AuditChainReport> Broken);

/// <summary><c>GET /internal/api/v1/audit/persons/{userId}</c>: what somebody may do and did, across tenants.</summary>
/// <param name="Decisions">The last 100; all of them are at <c>/audit/access?userId=</c>.</param>
/// <param name="Changes">The last 100 that they made; all of them are at <c>/audit/changes?actor=user:</c>.</param>
public sealed record PersonReport(
    long UserId,
    bool Active,
    IReadOnlyList<PersonMembership> Memberships,
    IReadOnlyList<PersonGrant> Grants,
    IReadOnlyList<PersonUse> Uses,
    IReadOnlyList<AccessLogResponse> Decisions,
    IReadOnlyList<AuditEntryResponse> Changes);

public sealed record PersonMembership(
    long TenantId, string TenantSlug, string UserType, IReadOnlyList<string> Roles, bool Active, DateTimeOffset Since);

/// <param name="RevokedAt">UTC; null while it is active.</param>
public sealed record PersonGrant(
    long Id, long TenantId, string Application, string? Role, DateTimeOffset GrantedAt, DateTimeOffset? RevokedAt);

/// <summary>How often somebody came to an application of a tenant.</summary>
public sealed record PersonUse(
    long TenantId, string Application, long Allowed, long Refused, DateTimeOffset First, DateTimeOffset Last);
