using System.Text.Json;
using NpgsqlTypes;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Core.Calendars;

/// <summary>A calendar elsewhere whose busy times are taken times of a resource.</summary>
public sealed class OutsideCalendar : ActorStamped
{
    public long Id { get; init; }
    public required long ResourceId { get; init; }
    public required string Kind { get; init; }
    public required string Name { get; set; }

    /// <summary>Its URL without what is secret in it.</summary>
    public required string ShownUrl { get; init; }

    /// <summary>A <see cref="CalendarAccess"/>, encrypted.</summary>
    public required string Secret { get; init; }

    /// <summary>What the server gave to ask for changes: <see cref="CalendarMarks"/>.</summary>
    public JsonElement Marks { get; set; } = JsonSerializer.SerializeToElement(new { });

    /// <summary>The last time that all of it was read: the window of busy times moves on.</summary>
    public DateTimeOffset? ReadAt { get; set; }
    public DateTimeOffset? PolledAt { get; set; }
    public DateTimeOffset? SucceededAt { get; set; }

    /// <summary>Since the last success.</summary>
    public int Failures { get; set; }
    public string? Error { get; set; }
    public int? ErrorStatus { get; set; }
    public int BusyTimes { get; set; }

    /// <summary>Events that could not be read.</summary>
    public int Unreadable { get; set; }
    public long Version { get; private init; }
}

/// <summary>How to reach an outside calendar.</summary>
/// <param name="UserName">Null where the URL is the key.</param>
public sealed record CalendarAccess(string Url, string? UserName = null, string? Password = null);

/// <summary>What a server gave to ask whether anything has changed.</summary>
/// <param name="SyncToken">Of CalDAV (RFC 6578).</param>
/// <param name="CTag">Of CalDAV servers that have no sync token.</param>
public sealed record CalendarMarks(
    string? ETag = null, string? LastModified = null, string? SyncToken = null, string? CTag = null);

public sealed class OutsideBusyTime
{
    public long Id { get; private init; }
    public required long CalendarId { get; init; }
    public required long ResourceId { get; init; }
    public required NpgsqlRange<DateTime> During { get; init; }

    /// <summary>Whether the calendar is that of a whole, of which this resource is a part.</summary>
    public bool OfWhole { get; init; }
}

internal sealed class OutsideCalendarConfiguration : IEntityTypeConfiguration<OutsideCalendar>, ITenantTable
{
    public void Configure(EntityTypeBuilder<OutsideCalendar> builder)
    {
        builder.ToTable("outside_calendars");
        builder.Property(c => c.Marks).HasColumnType("jsonb");
        builder.HasOne<Resource>().WithMany().HasForeignKey(c => c.ResourceId);
        builder.HasKnownStamps();
        builder.Property(c => c.Version).ValueGeneratedOnAddOrUpdate();
    }
}

internal sealed class OutsideBusyTimeConfiguration : IEntityTypeConfiguration<OutsideBusyTime>, ITenantTable
{
    public void Configure(EntityTypeBuilder<OutsideBusyTime> builder)
    {
        builder.ToTable("outside_busy_times");
        builder.HasOne<OutsideCalendar>().WithMany().HasForeignKey(t => t.CalendarId);
        builder.HasOne<Resource>().WithMany().HasForeignKey(t => t.ResourceId);
    }
}

public static class OutsideCalendarTables
{
    extension(TenantDb db)
    {
        public DbSet<OutsideCalendar> OutsideCalendars => db.Set<OutsideCalendar>();
        public DbSet<OutsideBusyTime> OutsideBusyTimes => db.Set<OutsideBusyTime>();
    }
}
