using System.Text.Json;
using Npgsql;
using Platform.Contracts;
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
/// <param name="Action">Dotted: <c>license.suspended</c>.</param>
public sealed record AuditChange(
    long? TenantId, string Action, string TargetType, long? TargetId, object? Before, object? After)
{
    /// <summary>Appends it to the tenant's chain; <c>append_audit</c> is the only way to write there.</summary>
    public NpgsqlBatchCommand ToStatement(AuditSource source, DateTimeOffset now) => TenantSql.Statement(
        """
        select append_audit($1::bigint, $2, $3, $4::text, $5, $6, $7::bigint, $8::jsonb, $9::jsonb, 'done', $10::text,
            $11::text, $12::text)
        """,
        TenantId, now, source.Actor, source.ActingFor, Action, TargetType, TargetId, Json(Before), Json(After),
        source.RequestId, source.IpAddress, source.UserAgent);

    private static string? Json(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, value.GetType(), PlatformJson.Options);
}

/// <summary>A change, as it stands in the chain of its tenant.</summary>
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

public static class AuditTables
{
    extension(PlatformDb db)
    {
        public DbSet<AuditEntry> AuditLog => db.Set<AuditEntry>();
        public DbSet<AuditHead> AuditHeads => db.Set<AuditHead>();
        public DbSet<AccessLog> AccessLogs => db.Set<AccessLog>();
    }
}
