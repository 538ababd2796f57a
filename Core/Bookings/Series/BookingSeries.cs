using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Series;

/// <summary>Bookings that repeat by a rule. Each occurrence is a booking of its own.</summary>
public sealed class BookingSeries : ActorStamped
{
    public long Id { get; init; }

    /// <summary>The UID of its calendar entry.</summary>
    public required string Uid { get; init; }
    public required long ServiceId { get; init; }
    public long? ClientId { get; init; }

    /// <summary>Wall-clock time of the first occurrence in <see cref="TimeZone"/>.</summary>
    public required DateTime StartLocal { get; set; }

    /// <summary>Wall-clock time that the rule counts from; it never moves.</summary>
    public required DateTime RuleStart { get; init; }

    /// <summary>From what the rule says to where the dates that are still to be made take place.</summary>
    public TimeSpan Moved { get; set; }

    /// <summary>The last local time of the rule that was looked at.</summary>
    public DateTime? PlannedUntil { get; set; }

    /// <summary>Whether the rule makes no date after <see cref="PlannedUntil"/>.</summary>
    public bool IsComplete { get; set; } = true;

    /// <summary>IANA name; occurrences keep their wall-clock time in it.</summary>
    public required string TimeZone { get; init; }
    public required int DurationMinutes { get; set; }
    public List<long> ResourceIds { get; set; } = [];
    public int PartySize { get; init; } = 1;

    /// <summary>RFC 5545.</summary>
    public required string Rrule { get; set; }
    public List<DateTime> Exdates { get; set; } = [];
    public List<DateTime> Rdates { get; set; } = [];

    /// <summary><c>active</c> or <c>cancelled</c>.</summary>
    public required string Status { get; set; }
    public string? Note { get; set; }
    public long Version { get; private init; }
}

internal sealed class BookingSeriesConfiguration : IEntityTypeConfiguration<BookingSeries>, ITenantTable
{
    public void Configure(EntityTypeBuilder<BookingSeries> builder)
    {
        builder.ToTable("series");
        builder.Property(s => s.StartLocal).HasColumnType("timestamp");
        builder.Property(s => s.RuleStart).HasColumnType("timestamp");
        builder.Property(s => s.PlannedUntil).HasColumnType("timestamp");
        builder.PrimitiveCollection(s => s.Exdates).HasColumnType("timestamp[]");
        builder.PrimitiveCollection(s => s.Rdates).HasColumnType("timestamp[]");
        builder.HasOne<Service>().WithMany().HasForeignKey(s => s.ServiceId);
        builder.HasOne<Client>().WithMany().HasForeignKey(s => s.ClientId);
        builder.HasKnownStamps();
        builder.HasVersion();
    }
}

public static class BookingSeriesTable
{
    extension(TenantDb db)
    {
        public DbSet<BookingSeries> Series => db.Set<BookingSeries>();
    }
}
