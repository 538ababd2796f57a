using NpgsqlTypes;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A client who wants a place that is not free.</summary>
public sealed class WaitlistEntry
{
    public long Id { get; init; }
    public required long ServiceId { get; init; }
    public required long ClientId { get; init; }
    public long? ResourceId { get; init; }

    /// <summary>Between these instants the service may start.</summary>
    public required NpgsqlRange<DateTime> Wanted { get; init; }
    public int PartySize { get; init; } = 1;

    /// <summary>IANA name of the zone the client thinks in.</summary>
    public required string TimeZone { get; init; }

    /// <summary><c>waiting</c>, <c>offered</c>, <c>booked</c>, <c>expired</c> or <c>cancelled</c>.</summary>
    public required string Status { get; set; }

    /// <summary>The hold they are offered, and the booking it became.</summary>
    public long? BookingId { get; set; }
    public DateTimeOffset? OfferedUntil { get; set; }
    public long Version { get; private init; }
}

internal sealed class WaitlistEntryConfiguration : IEntityTypeConfiguration<WaitlistEntry>, ITenantTable
{
    public void Configure(EntityTypeBuilder<WaitlistEntry> builder)
    {
        builder.ToTable("waitlist_entries");
        builder.HasOne<Service>().WithMany().HasForeignKey(w => w.ServiceId);
        builder.HasOne<Client>().WithMany().HasForeignKey(w => w.ClientId);
        builder.HasOne<Resource>().WithMany().HasForeignKey(w => w.ResourceId);
        builder.HasOne<Booking>().WithMany().HasForeignKey(w => w.BookingId);
        builder.HasActorStamps();
        builder.HasVersion();
    }
}

public static class WaitlistTable
{
    extension(TenantDb db)
    {
        public DbSet<WaitlistEntry> Waitlist => db.Set<WaitlistEntry>();
    }
}
