using System.Text.Json;
using NpgsqlTypes;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Series;
using Platform.Core.Bookings.Waitlists;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

public sealed class Booking
{
    public long Id { get; init; }

    /// <summary>The UID of its calendar entry; it survives every change.</summary>
    public required string Uid { get; init; }

    /// <summary>SEQUENCE of its calendar entry (RFC 5545): raised when it moves.</summary>
    public int Sequence { get; set; }
    public required long ServiceId { get; init; }
    public long? ClientId { get; set; }
    public required DateTimeOffset StartAt { get; set; }

    /// <summary>Exclusive; buffers are not part of it.</summary>
    public required DateTimeOffset EndAt { get; set; }

    /// <summary>Of its start, in the zone of its first resource; daily and weekly limits count by it.</summary>
    public DateOnly? LocalDate { get; set; }

    /// <summary>Seats of a group session, else places of a resource that has several.</summary>
    public int PartySize { get; set; } = 1;

    /// <summary>IANA name of the zone the booking was made in.</summary>
    public required string TimeZone { get; set; }

    /// <summary>One of <see cref="BookingStatuses"/>.</summary>
    public required string Status { get; set; }

    /// <summary>As they were when it was booked: changing the service moves no booking.</summary>
    public required int BeforeBufferMinutes { get; set; }
    public required int AfterBufferMinutes { get; set; }
    public string? Note { get; set; }
    public string? CancelReason { get; set; }

    /// <summary>What was answered to the service's questions, by key.</summary>
    public JsonElement Answers { get; set; } = JsonSerializer.SerializeToElement(new { });

    /// <summary>The service's price when it was booked, with <see cref="Currency"/>.</summary>
    public decimal? Price { get; set; }
    public string? Currency { get; set; }

    /// <summary>Until then it can be cancelled freely. Moving it to later does not move this.</summary>
    public DateTimeOffset? CancelDeadline { get; set; }

    /// <summary>What cancelling after the deadline costs.</summary>
    public decimal? CancelFee { get; set; }
    public string? CancelCurrency { get; set; }

    /// <summary>The fee its cancellation has cost.</summary>
    public decimal? FeeDue { get; set; }

    /// <summary>Callers with this token may use, renew or release the hold.</summary>
    public string? HoldToken { get; set; }

    /// <summary>Who holds, so that nobody holds too much.</summary>
    public string? HoldOwner { get; set; }

    /// <summary>When a hold ends, by itself.</summary>
    public DateTimeOffset? HoldExpiresAt { get; set; }
    public long? SeriesId { get; set; }

    /// <summary>The local start that its series gave it, wherever it was moved to.</summary>
    public DateTime? Occurrence { get; init; }
    public long? WaitlistId { get; set; }

    /// <summary>One of <see cref="BookingSources"/>.</summary>
    public string Source { get; init; } = BookingSources.Staff;
    public DateTimeOffset? CheckedInAt { get; set; }
    public DateTimeOffset? ConsentedAt { get; set; }

    /// <summary>1 for the first state; each change adds one, and one row of <see cref="BookingEvent"/>.</summary>
    public long Version { get; set; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public string? CreatedBy { get; init; }
    public string? UpdatedBy { get; set; }

    public TimeRange Time => new(StartAt, EndAt);
}

/// <summary>A resource, taken by a booking for its time and buffers.</summary>
public sealed class Allocation
{
    /// <summary>Keeps live bookings of one unit apart, whatever two requests do at the same moment.</summary>
    public const string NoOverlapConstraint = "ex_allocations_no_overlap";

    public long Id { get; init; }
    public required long BookingId { get; init; }
    public required long ResourceId { get; init; }

    /// <summary>
    /// 1 where the resource has a single place, which the constraint keeps; null where depth is counted.
    /// </summary>
    public int? Unit { get; init; }

    /// <summary>How many places of the resource are taken.</summary>
    public int Units { get; init; } = 1;

    /// <summary>How many seats of a group session are taken.</summary>
    public int Seats { get; init; } = 1;

    /// <summary>
    /// The same for all bookings of one group session, which share its resources; null for one on its own.
    /// </summary>
    public long? SessionKey { get; init; }

    /// <summary>Which requirement of the service it meets.</summary>
    public short Requirement { get; init; } = 1;

    /// <summary>The resource that was asked for, where this is only a part of it.</summary>
    public long? PartOf { get; init; }

    /// <summary>When it ends being active by itself, as part of a hold.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
    public required NpgsqlRange<DateTime> Occupied { get; init; }

    /// <summary>False once the booking no longer blocks.</summary>
    public bool Active { get; set; } = true;
}

/// <summary>One change of a booking; the history people see.</summary>
public sealed class BookingEvent
{
    public required long BookingId { get; init; }
    public required long Version { get; init; }
    public required string EventType { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    public required string Actor { get; init; }
    public JsonElement? Before { get; init; }
    public JsonElement? After { get; init; }
}

internal sealed class BookingConfiguration : IEntityTypeConfiguration<Booking>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Booking> builder)
    {
        builder.ToTable("bookings");
        builder.HasQueryFilter(b => b.Version > 0);
        builder.Ignore(b => b.Time);
        builder.Property(b => b.Version).IsConcurrencyToken();
        builder.Property(b => b.UpdatedAt).ValueGeneratedOnAddOrUpdate(); // the database says when, and answers repeat it
        builder.HasOne<Service>().WithMany().HasForeignKey(b => b.ServiceId);
        builder.HasOne<Client>().WithMany().HasForeignKey(b => b.ClientId);
        builder.HasOne<BookingSeries>().WithMany().HasForeignKey(b => b.SeriesId);
        builder.HasOne<WaitlistEntry>().WithMany().HasForeignKey(b => b.WaitlistId);
        builder.Property(b => b.Answers).HasColumnType("jsonb");
        builder.Property(b => b.Occurrence).HasColumnType("timestamp");
    }
}

internal sealed class AllocationConfiguration : IEntityTypeConfiguration<Allocation>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Allocation> builder)
    {
        builder.ToTable("allocations");
        builder.HasOne<Booking>().WithMany().HasForeignKey(a => a.BookingId);
        builder.HasOne<Resource>().WithMany().HasForeignKey(a => a.ResourceId);
        builder.HasStamps();
    }
}

internal sealed class BookingEventConfiguration : IEntityTypeConfiguration<BookingEvent>, ITenantTable
{
    public void Configure(EntityTypeBuilder<BookingEvent> builder)
    {
        builder.ToTable("booking_events");
        builder.HasKey(e => new { e.BookingId, e.Version });
        builder.Property(e => e.Before).HasColumnType("jsonb");
        builder.Property(e => e.After).HasColumnType("jsonb");
        builder.HasOne<Booking>().WithMany().HasForeignKey(e => e.BookingId);
    }
}

public static class BookingTables
{
    extension(TenantDb db)
    {
        /// <summary>Without holds, which are rows of the same table with the version 0, also when they are over.</summary>
        public DbSet<Booking> Bookings => db.Set<Booking>();

        /// <summary>For what takes time away, whether it is booked or held.</summary>
        public IQueryable<Booking> BookingsAndHolds => db.Set<Booking>().IgnoreQueryFilters();

        public DbSet<Allocation> Allocations => db.Set<Allocation>();
        public DbSet<BookingEvent> BookingEvents => db.Set<BookingEvent>();
    }
}
