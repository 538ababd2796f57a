using System.Text.Json;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Core.Storage;

namespace Platform.Core.Audit;

/// <summary>Who does something, and from where.</summary>
/// <param name="Actor"><c>user:17</c>, <c>client:demo</c>, <c>key:1000</c> or <c>system</c>.</param>
/// <param name="ActingFor">In whose place, where that is somebody else.</param>
/// <param name="RequestId">The trace id of the request.</param>
public sealed record AuditSource(
    string Actor, string? RequestId = null, string? IpAddress = null, string? UserAgent = null, string? ActingFor = null);

/// <summary>What was changed. Before and after hold ids and terms, nothing personal: the chain keeps them.</summary>
/// <param name="TenantId">Null for what belongs to the platform itself.</param>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="TargetType">One of <see cref="AuditTargets"/>.</param>
/// <param name="Outcome">One of <see cref="AuditOutcomes"/>.</param>
public sealed record AuditChange(
    long? TenantId, string Action, string TargetType, long? TargetId, object? Before, object? After,
    string Outcome = AuditOutcomes.Done)
{
    public string TargetType { get; } = AuditTargets.All.Contains(TargetType)
        ? TargetType
        : throw new ArgumentException($"Add {TargetType} to {nameof(AuditTargets)}.", nameof(TargetType));

    public string Action { get; } = AuditActions.All.Contains(Action)
        ? Action
        : throw new ArgumentException($"Add {Action} to {nameof(AuditActions)} and to docs/audit.md.", nameof(Action));

    /// <summary>The target is of the type that the action begins with.</summary>
    public static AuditChange Of(
        long? tenantId, string action, long? targetId, object? before, object? after,
        string outcome = AuditOutcomes.Done) =>
        new(tenantId, action, action[..action.IndexOf('.', StringComparison.Ordinal)], targetId, before, after, outcome);

    /// <summary>Appends it to the tenant's chain; <c>append_audit</c> is the only way to write there.</summary>
    /// <param name="condition">
    /// SQL that says whether anything changed, where the change is a statement of the same batch: <c>now() </c> is the
    /// time of that transaction, and <c>$7 </c> the id of the target.
    /// </param>
    public NpgsqlBatchCommand ToStatement(
        AuditSource source, DateTimeOffset now, string condition = "true") => TenantSql.Statement(
        $"""
        select append_audit($1::bigint, $2, $3, $4::text, $5, $6, $7::bigint, $8::jsonb, $9::jsonb, $10, $11::text,
            $12::text, $13::text)
        where {condition}
        """,
        TenantId, now, source.Actor, source.ActingFor, Action, TargetType, TargetId, Json(Before), Json(After), Outcome,
        source.RequestId, source.IpAddress, source.UserAgent);

    /// <summary>Writes it beside a change in <c>tenantdb</c>, from where it is carried to the chain.</summary>
    public NpgsqlBatchCommand ToOutboxStatement(AuditSource source, DateTimeOffset now) => TenantSql.Statement(
        $"""
        insert into {AuditOutbox.Table} (tenant_id, occurred_at, actor, acting_for, action, target_type, target_id, before,
            after, outcome, request_id, ip_address, user_agent)
        values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11, $12, $13)
        """,
        TenantId, now, source.Actor, source.ActingFor, Action, TargetType, TargetId, Json(Before), Json(After), Outcome,
        source.RequestId, source.IpAddress, source.UserAgent);

    private static string? Json(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, value.GetType(), PlatformJson.Options);
}

/// <summary>A change, as the chain of its tenant stores it.</summary>
public sealed class AuditEntry
{
    public long Id { get; init; }
    public long? TenantIdFk { get; init; }

    /// <summary>Counts from 1 in each chain, without gaps.</summary>
    public long Sequence { get; init; }
    public DateTimeOffset OccurredAt { get; init; }
    public required string Actor { get; init; }
    public string? ActingFor { get; init; }
    public required string Action { get; init; }
    public required string TargetType { get; init; }
    public long? TargetId { get; init; }
    public JsonElement? Before { get; init; }
    public JsonElement? After { get; init; }
    public required string Outcome { get; init; }
    public string? RequestId { get; init; }
    public string? IpAddress { get; init; }
    public string? UserAgent { get; init; }
    public Guid? Salt { get; init; }
    public required byte[] PersonalDigest { get; init; }

    /// <summary>SHA-256 of the hash before it and of this row.</summary>
    public required byte[] Hash { get; init; }
}

/// <summary>Where a chain ends, so that a cut tail shows.</summary>
public sealed class AuditHead
{
    /// <summary><c>access</c> or <c>changes</c>.</summary>
    public required string Chain { get; init; }

    /// <summary>0 is the platform itself.</summary>
    public long TenantIdFk { get; init; }
    public long Sequence { get; init; }
    public required byte[] Hash { get; init; }
}

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_log");
        builder.Property(e => e.Before).HasColumnType("jsonb");
        builder.Property(e => e.After).HasColumnType("jsonb");
    }
}

internal sealed class AuditHeadConfiguration : IEntityTypeConfiguration<AuditHead>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<AuditHead> builder)
    {
        builder.ToTable("audit_heads");
        builder.HasKey(h => new { h.Chain, h.TenantIdFk });
        builder.HasStamps();
    }
}
