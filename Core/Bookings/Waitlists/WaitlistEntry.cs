using NpgsqlTypes;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Waitlists;

/// <summary>A client who waits for a place.</summary>
public sealed class WaitlistEntry : ActorStamped
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

    /// <summary>When the client agreed to their data being kept; null where staff entered them.</summary>
    public DateTimeOffset? ConsentedAt { get; init; }

    /// <summary>
    /// Starts that were free when the client joined: the answer listed them, and the entry is for others.
    /// </summary>
    public List<DateTimeOffset> KnownStarts { get; set; } = [];
    public long Version { get; private init; }

    public TimeRange Times => new(new(Wanted.LowerBound, TimeSpan.Zero), new(Wanted.UpperBound, TimeSpan.Zero));

    /// <summary>The inputs from which fitting slots are computed.</summary>
    internal SlotQuestion QuestionOf(SlotInputs inputs) => inputs.Service.Question(
        inputs.Service.Times, inputs.Occupied, PartySize, ResourceId is { } wanted ? [wanted] : []);
}

public static class WaitlistRules
{
    /// <summary>
    /// An entry whose time is over has expired, whether a job has recorded that or not.
    /// </summary>
    public static string StatusOf(WaitlistEntry entry, DateTimeOffset now) =>
        entry.Status == WaitlistStatuses.Waiting && entry.Times.End <= now ? WaitlistStatuses.Expired : entry.Status;
}

internal sealed class WaitlistEntryConfiguration : IEntityTypeConfiguration<WaitlistEntry>, ITenantTable
{
    public void Configure(EntityTypeBuilder<WaitlistEntry> builder)
    {
        builder.ToTable("waitlist_entries");
        builder.Ignore(w => w.Times);
        builder.HasOne<Service>().WithMany().HasForeignKey(w => w.ServiceId);
        builder.HasOne<Client>().WithMany().HasForeignKey(w => w.ClientId);
        builder.HasOne<Resource>().WithMany().HasForeignKey(w => w.ResourceId);
        builder.HasOne<Booking>().WithMany().HasForeignKey(w => w.BookingId);
        builder.HasKnownStamps();
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
