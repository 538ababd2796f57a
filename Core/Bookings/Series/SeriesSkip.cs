using Platform.Core.Storage;

namespace Platform.Core.Bookings.Series;

/// <summary>A date of a series that has no booking, and why.</summary>
public sealed class SeriesSkip
{
    public required long SeriesId { get; init; }

    /// <summary>As the rule gives it, <c>2026-02-31T09:00:00</c>: a text, because there may be no such time.</summary>
    public required string Local { get; init; }

    /// <summary>Null when the local time does not exist.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>One of <see cref="Contracts.Codes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>Whether a job found it, so that it appears in the attention list.</summary>
    public bool FoundLater { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class SeriesSkipConfiguration : IEntityTypeConfiguration<SeriesSkip>, ITenantTable
{
    public void Configure(EntityTypeBuilder<SeriesSkip> builder)
    {
        builder.ToTable("series_skips");
        builder.HasKey(s => new { s.SeriesId, s.Local });
        builder.HasOne<BookingSeries>().WithMany().HasForeignKey(s => s.SeriesId);
    }
}

public static class SeriesSkipTable
{
    extension(TenantDb db)
    {
        public DbSet<SeriesSkip> SeriesSkips => db.Set<SeriesSkip>();
    }
}
