using Platform.Core.Storage;

namespace Platform.Core.Changes;

/// <summary>A thing of the tenant at its last change; triggers write it in the transaction of the change.</summary>
public sealed class Change
{
    /// <summary>One of <see cref="Contracts.Changes.ChangeTypes"/>.</summary>
    public required string Type { get; init; }
    public required long Id { get; init; }

    /// <summary>One of <see cref="Contracts.Changes.ChangeOperations"/>.</summary>
    public required string Operation { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>In the feed; null until somebody reads it.</summary>
    public long? Position { get; init; }
}

/// <summary>One row: the last position that was given, locked while the next ones are given.</summary>
public sealed class ChangesHead
{
    public short Id { get; private init; }
    public long Position { get; private init; }
}

internal sealed class ChangeConfiguration : IEntityTypeConfiguration<Change>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Change> builder)
    {
        builder.ToTable("changes");
        builder.HasKey(c => new { c.Type, c.Id });
    }
}

internal sealed class ChangesHeadConfiguration : IEntityTypeConfiguration<ChangesHead>, ITenantTable
{
    public void Configure(EntityTypeBuilder<ChangesHead> builder) => builder.ToTable("changes_head");
}
