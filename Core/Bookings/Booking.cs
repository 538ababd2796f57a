using System.Text.Json;
using NpgsqlTypes;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

public sealed class Booking
{
    public long Id { get; init; }

    /// <summary>The UID of its calendar entry; it survives every change.</summary>
    public required string Uid { get; init; }
    public required long ServiceId { get; init; }
    public long? ClientId { get; init; }
    public required DateTimeOffset StartAt { get; init; }

    /// <summary>Exclusive; buffers are not part of it.</summary>
    public required DateTimeOffset EndAt { get; init; }

    /// <summary>IANA name of the zone the booking was made in.</summary>
    public required string TimeZone { get; init; }

    /// <summary>One of <see cref="BookingStatuses"/>.</summary>
    public required string Status { get; set; }

    /// <summary>As they were when it was booked: changing the service moves no booking.</summary>
    public required int BeforeBufferMinutes { get; init; }
    public required int AfterBufferMinutes { get; init; }
    public string? Note { get; init; }
    public string? CancelReason { get; set; }

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

    /// <summary>Which of the resource's places, from 1 to its capacity.</summary>
    public required int Unit { get; init; }
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
        builder.Ignore(b => b.Time);
        builder.Property(b => b.Version).IsConcurrencyToken();
        builder.HasOne<Service>().WithMany().HasForeignKey(b => b.ServiceId);
        builder.HasOne<Client>().WithMany().HasForeignKey(b => b.ClientId);
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
        public DbSet<Booking> Bookings => db.Set<Booking>();
        public DbSet<Allocation> Allocations => db.Set<Allocation>();
        public DbSet<BookingEvent> BookingEvents => db.Set<BookingEvent>();
    }
}
