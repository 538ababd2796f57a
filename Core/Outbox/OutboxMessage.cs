using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Core.Storage;

namespace Platform.Core.Outbox;

/// <summary>An event on its way out: stored with the change it reports, relayed once that is committed.</summary>
public sealed class OutboxMessage
{
    /// <summary>The order in which the relay sends. The aggregate's row is locked before it is given.</summary>
    public long Position { get; private init; }
    public required Guid EventId { get; init; }
    public required string EventType { get; init; }
    public required int EventVersion { get; init; }
    public required long TenantId { get; init; }
    public required string AggregateType { get; init; }
    public required long AggregateId { get; init; }
    public required long AggregateVersion { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    public required string Actor { get; init; }

    /// <summary>W3C trace context, so that one trace runs from the request to the handler of the event.</summary>
    public string? Traceparent { get; init; }
    public required JsonElement Data { get; init; }

    public static OutboxMessage Of<T>(T data, long tenantId, EventStamp stamp) where T : IEventData => new()
    {
        EventId = Guid.CreateVersion7(),
        EventType = T.EventType,
        EventVersion = T.EventVersion,
        TenantId = tenantId,
        AggregateType = T.AggregateType,
        AggregateId = stamp.AggregateId,
        AggregateVersion = stamp.AggregateVersion,
        OccurredAt = stamp.OccurredAt,
        Actor = stamp.Actor,
        Traceparent = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null,
        Data = JsonSerializer.SerializeToElement(data, PlatformJson.Options),
    };

    /// <summary>The insert, for paths that write their statements by hand.</summary>
    public NpgsqlBatchCommand ToStatement() => TenantSql.Statement(
        """
        insert into platform.outbox_messages (event_id, event_type, event_version, tenant_id, aggregate_type,
            aggregate_id, aggregate_version, occurred_at, actor, traceparent, data)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        EventId, EventType, EventVersion, TenantId, AggregateType, AggregateId, AggregateVersion, OccurredAt, Actor,
        Traceparent, Data);
}

/// <summary>Whose change, of what, when.</summary>
public readonly record struct EventStamp(
    long AggregateId, long AggregateVersion, DateTimeOffset OccurredAt, string Actor);

internal sealed class OutboxMessageConfiguration
    : IEntityTypeConfiguration<OutboxMessage>, ITenantTable, IEventsTable, IPlatformTable
{
    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.ToTable("outbox_messages", EventsDb.Schema);
        builder.HasKey(m => m.Position);
        builder.Property(m => m.Position).UseIdentityAlwaysColumn();
        builder.Property(m => m.Data).HasColumnType("jsonb");
    }
}

public static class OutboxTable
{
    extension(TenantDb db)
    {
        public DbSet<OutboxMessage> Outbox => db.Set<OutboxMessage>();

        /// <summary>Queues an event in the current transaction. It goes out if, and only if, that commits.</summary>
        public void Publish<T>(T data, EventStamp stamp) where T : IEventData =>
            db.Add(OutboxMessage.Of(data, db.Tenant.Id, stamp));
    }

    extension(EventsDb db)
    {
        public DbSet<OutboxMessage> Outbox => db.Set<OutboxMessage>();
    }

    extension(PlatformDb db)
    {
        public DbSet<OutboxMessage> Outbox => db.Set<OutboxMessage>();
    }
}
