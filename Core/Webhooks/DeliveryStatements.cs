using Npgsql;
using NpgsqlTypes;
using Platform.Contracts.Events;
using Platform.Core.Storage;

namespace Platform.Core.Webhooks;

/// <summary>Statements that put deliveries in the queue; the Worker sends them.</summary>
public static class DeliveryStatements
{
    /// <summary>
    /// Of each event one delivery to each endpoint of its tenant that is to get it. Again changes nothing.
    /// </summary>
    /// <param name="only">This endpoint; all of the tenant where null.</param>
    public static NpgsqlBatchCommand Add(IReadOnlyList<EventEnvelope> events, string? traceparent, long? only = null) =>
        TenantSql.Statement(
            """
            insert into platform.webhook_deliveries (tenant_id, endpoint_id, event_id, event_type, aggregate_type,
                aggregate_id, occurred_at, data, traceparent)
            select e.tenant_id, w.id, e.event_id, e.event_type, e.aggregate_type, e.aggregate_id, e.occurred_at, e.data::jsonb, $8
            from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality
                as e (tenant_id, event_id, event_type, aggregate_type, aggregate_id, occurred_at, data, place)
            join platform.webhook_endpoints w on w.tenant_id = e.tenant_id and w.enabled and ($9 is null or w.id = $9)
                and (w.event_types = '{}' or exists (
                    select from unnest(w.event_types) t
                    where e.event_type = t or t like '%.*' and starts_with(e.event_type, left(t, -1))))
            order by e.place
            on conflict (endpoint_id, event_id) do nothing
            """,
            Column(NpgsqlDbType.Bigint, events, e => e.TenantId), Column(NpgsqlDbType.Uuid, events, e => e.EventId),
            Column(NpgsqlDbType.Text, events, e => e.EventType), Column(NpgsqlDbType.Text, events, e => e.AggregateType),
            Column(NpgsqlDbType.Bigint, events, e => e.AggregateId),
            Column(NpgsqlDbType.TimestampTz, events, e => e.OccurredAt.ToUniversalTime()),
            Column(NpgsqlDbType.Text, events, e => e.Data.GetRawText()),
            new NpgsqlParameter<string?> { TypedValue = traceparent },
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = only ?? (object)DBNull.Value });

    /// <summary>What was given up is tried again from the beginning.</summary>
    public static NpgsqlBatchCommand RetryFailed(long endpoint, DateTimeOffset since, DateTimeOffset until) =>
        TenantSql.Statement(
            """
            update platform.webhook_deliveries set status = 'pending', attempts = 0, next_attempt_at = now()
            where endpoint_id = $1 and status = 'failed' and occurred_at >= $2 and occurred_at <= $3
            """,
            endpoint, since, until);

    /// <summary>Sent once more, whatever became of it.</summary>
    public static NpgsqlBatchCommand Resend(long delivery) => TenantSql.Statement(
        """
        update platform.webhook_deliveries
        set status = 'pending', attempts = 0, next_attempt_at = now(), delivered_at = null where id = $1
        """,
        delivery);

    /// <summary>An endpoint that is disabled gets nothing of what waits.</summary>
    public static NpgsqlBatchCommand GiveUp(long endpoint) => TenantSql.Statement(
        "update platform.webhook_deliveries set status = 'failed' where endpoint_id = $1 and status = 'pending'", endpoint);

    private static NpgsqlParameter Column<T>(
        NpgsqlDbType type, IReadOnlyList<EventEnvelope> events, Func<EventEnvelope, T> value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = events.Select(value).ToArray() };
}
