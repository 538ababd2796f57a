using System.Text.Json;
using Platform.Core.Storage;

namespace Platform.Core.Outbox;

/// <summary>An event that has been published: the source for replay, even if the stream is lost.</summary>
public sealed class LoggedEvent
{
    public long Position { get; init; }
    public required Guid EventId { get; init; }
    public required string EventType { get; init; }
    public required int EventVersion { get; init; }
    public required long TenantId { get; init; }
    public required string AggregateType { get; init; }
    public required long AggregateId { get; init; }
    public required long AggregateVersion { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    public required string Actor { get; init; }
    public string? Traceparent { get; init; }
    public required JsonElement Data { get; init; }

    /// <summary>The stream's key and the entry's id in it.</summary>
    public required string Stream { get; init; }
    public required string EntryId { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }
}

internal sealed class LoggedEventConfiguration
    : IEntityTypeConfiguration<LoggedEvent>, ITenantTable, IEventsTable, IPlatformTable
{
    public void Configure(EntityTypeBuilder<LoggedEvent> builder)
    {
        builder.ToTable("event_log", EventsDb.Schema);
        builder.HasKey(e => new { e.OccurredAt, e.Position });
        builder.Property(e => e.Position).ValueGeneratedNever();
        builder.Property(e => e.Data).HasColumnType("jsonb");
    }
}

public static class EventLogTable
{
    extension(EventsDb db)
    {
        public DbSet<LoggedEvent> EventLog => db.Set<LoggedEvent>();
    }

    extension(TenantDb db)
    {
        /// <summary>Of every tenant of the cell.</summary>
        public DbSet<LoggedEvent> EventLog => db.Set<LoggedEvent>();
    }

    extension(PlatformDb db)
    {
        /// <summary>
        /// What happened to licenses, seats and people; bookings are in that of <see cref="EventsDb"/>.
        /// </summary>
        public DbSet<LoggedEvent> EventLog => db.Set<LoggedEvent>();
    }
}
