using Npgsql;
using Platform.Contracts.Events;
using Platform.Core.Storage;

namespace Platform.Core.Analytics;

/// <summary>
/// The read model of bookings, <c>platform.booking_facts </c>. An event and the whole log are read by the same
/// statement, so what was built event by event is what is built at once.
/// </summary>
public static class BookingFacts
{
    /// <summary>
    /// Takes the newest version of each booking, and the time of its first event. Again changes nothing.
    /// </summary>
    private const string FromEvents = """
        insert into platform.booking_facts as f (tenant_id, booking_id, version, service_id, resource_ids, booked_at, start_at,
            end_at, status, price, currency)
        select distinct on (e.tenant_id, e.aggregate_id) e.tenant_id, e.aggregate_id, e.aggregate_version,
            (s.b ->> 'serviceId')::bigint, array(select jsonb_array_elements_text(s.b -> 'resourceIds')::bigint),
            min(e.occurred_at) over (partition by e.tenant_id, e.aggregate_id), (s.b ->> 'start')::timestamptz,
            (s.b ->> 'end')::timestamptz, s.b ->> 'status', (s.b #>> '{price,amount}')::numeric, s.b #>> '{price,currency}'
        from {0} cross join lateral (select e.data -> 'booking' as b) s
        where e.event_type like 'booking.%' and jsonb_typeof(s.b) = 'object'
        order by e.tenant_id, e.aggregate_id, e.aggregate_version desc
        on conflict (tenant_id, booking_id) do update set
            booked_at = least(f.booked_at, excluded.booked_at),
            (version, service_id, resource_ids, start_at, end_at, status, price, currency) = (
                select * from (values
                    (excluded.version, excluded.service_id, excluded.resource_ids, excluded.start_at, excluded.end_at,
                        excluded.status, excluded.price, excluded.currency),
                    (f.version, f.service_id, f.resource_ids, f.start_at, f.end_at, f.status, f.price, f.currency)) v (version)
                order by version desc limit 1)
        """;

    private static readonly string OfOneEvent = FromEvents.Replace(
        "{0}",
        "(values ($1, $2, $3, $4, $5, $6::jsonb)) "
            + "e (tenant_id, aggregate_id, aggregate_version, occurred_at, event_type, data)",
        StringComparison.Ordinal);

    private static readonly string OfTheLog = FromEvents.Replace("{0}", "platform.event_log e", StringComparison.Ordinal);

    public static NpgsqlBatchCommand Add(EventEnvelope e) => TenantSql.Statement(
        OfOneEvent, e.TenantId, e.AggregateId, e.AggregateVersion, e.OccurredAt.ToUniversalTime(), e.EventType, e.Data.GetRawText());

    /// <summary>All of them, in one transaction; concurrent events wait for it.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Rebuild() =>
    [
        TenantSql.Statement("lock table platform.booking_facts in share row exclusive mode"),
        TenantSql.Statement("delete from platform.booking_facts"),
        TenantSql.Statement(OfTheLog),
    ];
}
