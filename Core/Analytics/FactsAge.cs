using Npgsql;
using Platform.Core.Storage;

namespace Platform.Core.Analytics;

/// <summary>How far the read model of bookings is behind the bookings.</summary>
/// <param name="OldestMissing">When the oldest event that is not in it happened; null if all are.</param>
/// <param name="IsFresh">Whether that was just now, so that a consumer is about to handle it.</param>
/// <param name="At">When this was read, by the clock of the database.</param>
public readonly record struct FactsAge(DateTimeOffset? OldestMissing, bool IsFresh, DateTimeOffset At)
{
    /// <summary>
    /// Comes before the statements that read the figures, which are then at least as new. Events that are older than
    /// the replay window are not looked for.
    /// </summary>
    /// <param name="tenantId">Null for all tenants.</param>
    public static NpgsqlBatchCommand Statement(long? tenantId)
    {
        const string columns = "select tenant_id, aggregate_id, aggregate_version, occurred_at";
        var ofBookings = $"aggregate_type = 'booking'{(tenantId is null ? "" : " and tenant_id = $1")}";
        return TenantSql.Statement(
            $"""
            select min(e.occurred_at), coalesce(min(e.occurred_at) > now() - interval '2 seconds', false), now()
            from (
                {columns} from platform.outbox_messages where {ofBookings}
                union all
                {columns} from platform.event_log where {ofBookings} and published_at > now() - interval '7 days') e
            where not exists (
                select from platform.booking_facts f
                where f.tenant_id = e.tenant_id and f.booking_id = e.aggregate_id and f.version >= e.aggregate_version)
            """,
            tenantId is { } id ? [id] : []);
    }

    /// <summary>What happened until then is in the figures.</summary>
    public DateTimeOffset AsOf(DateTimeOffset now) => OldestMissing < now ? OldestMissing.Value : now;

    public static async Task<FactsAge> ReadAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        await reader.ReadAsync(ct);
        return new(
            reader.GetFieldValue<DateTimeOffset?>(0), reader.GetBoolean(1), reader.GetFieldValue<DateTimeOffset>(2));
    }
}
