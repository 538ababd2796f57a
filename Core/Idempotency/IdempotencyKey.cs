using Platform.Core.Storage;

namespace Platform.Core.Idempotency;

/// <summary>The answer that a caller's key was given, stored in the transaction of what it answered.</summary>
public sealed class IdempotencyKey
{
    /// <summary>A key belongs to who sent it: <c>user:17</c>.</summary>
    public required string Caller { get; init; }
    public required string Key { get; init; }

    /// <summary>SHA-256 of method, path and body.</summary>
    public required byte[] RequestHash { get; init; }
    public required int Status { get; init; }
    public string? Location { get; init; }
    public string? Etag { get; init; }
    public required string Code { get; init; }

    /// <summary>The answer's data, as JSON text: replayed to the byte.</summary>
    public required string Body { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class IdempotencyKeyConfiguration : IEntityTypeConfiguration<IdempotencyKey>, ITenantTable
{
    public void Configure(EntityTypeBuilder<IdempotencyKey> builder)
    {
        builder.ToTable("idempotency_keys");
        builder.HasKey(k => new { k.Caller, k.Key });
    }
}

internal sealed class StaffIdempotencyKeyConfiguration : IEntityTypeConfiguration<IdempotencyKey>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<IdempotencyKey> builder)
    {
        builder.ToTable("idempotency_keys", EventsDb.Schema);
        builder.HasKey(k => new { k.Caller, k.Key });
    }
}

public static class IdempotencyTable
{
    extension(TenantDb db)
    {
        public DbSet<IdempotencyKey> IdempotencyKeys => db.Set<IdempotencyKey>();
    }
}
