using Npgsql;
using Platform.Contracts.Events;
using Platform.Core.Storage;

namespace Platform.Core.Analytics;

/// <summary>
/// The read model of bookings, <c>platform.booking_facts</c>. An event and the whole log are read by the same
/// statement, so what was built event by event is what is built at once.
/// </summary>
public static class BookingFacts
{
    /// <summary>What each newer event replaces.</summary>
    private const string Replaced =
        "version, service_id, client_id, resource_ids, start_at, end_at, status, price, currency, fee, fee_currency";

    /// <summary>
    /// Takes the newest version of each booking, and the time of its first event. Again changes nothing.
    /// </summary>
    private const string FromEvents = $$"""
        insert into platform.booking_facts as f (tenant_id, booking_id, booked_at, {{Replaced}})
        select distinct on (e.tenant_id, e.aggregate_id) e.tenant_id, e.aggregate_id,
            min(e.occurred_at) over (partition by e.tenant_id, e.aggregate_id), e.aggregate_version,
            (s.b ->> 'serviceId')::bigint, (s.b ->> 'clientId')::bigint,
            array(select jsonb_array_elements_text(s.b -> 'resourceIds')::bigint order by 1),
            (s.b ->> 'start')::timestamptz, (s.b ->> 'end')::timestamptz, s.b ->> 'status',
            (s.b #>> '{price,amount}')::numeric, s.b #>> '{price,currency}',
            (s.b #>> '{fee,amount}')::numeric, s.b #>> '{fee,currency}'
        from {0} cross join lateral (select e.data -> 'booking' as b) s
        where e.event_type like 'booking.%' and jsonb_typeof(s.b) = 'object'
        order by e.tenant_id, e.aggregate_id, e.aggregate_version desc
        on conflict (tenant_id, booking_id) do update set
            booked_at = least(f.booked_at, excluded.booked_at),
            ({{Replaced}}) = (
                select * from (values
                    (excluded.version, excluded.service_id, excluded.client_id, excluded.resource_ids, excluded.start_at,
                        excluded.end_at, excluded.status, excluded.price, excluded.currency, excluded.fee, excluded.fee_currency),
                    (f.version, f.service_id, f.client_id, f.resource_ids, f.start_at, f.end_at, f.status, f.price, f.currency,
                        f.fee, f.fee_currency)) v (version)
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

    /// <summary>
    /// Bookings of a tenant that came without events, with the rest of the tenant, from its tables. Others stay as they
    /// are; a hold is no booking yet and has no version.
    /// </summary>
    public static NpgsqlBatchCommand AddWithoutEvents(long tenantId)
    {
        var schema = TenantContext.SchemaOf(tenantId);
        return TenantSql.Statement(
            $"""
            insert into platform.booking_facts (tenant_id, booking_id, booked_at, {Replaced})
            select $1, b.id, b.created_at, b.version, b.service_id, b.client_id,
                array(select distinct resource_id from {schema}.allocations where booking_id = b.id and part_of is null order by 1),
                b.start_at, b.end_at, b.status, b.price, case when b.price is not null then b.currency end,
                b.fee_due, case when b.fee_due is not null then b.cancel_currency end
            from {schema}.bookings b
            where b.version > 0
            on conflict do nothing
            """,
            tenantId);
    }

    /// <summary>All of them, in one transaction; concurrent events wait for it.</summary>
    /// <param name="tenants">Those with a schema.</param>
    public static IEnumerable<NpgsqlBatchCommand> Rebuild(IEnumerable<long> tenants) =>
    [
        TenantSql.Statement("lock table platform.booking_facts in share row exclusive mode"),
        TenantSql.Statement("delete from platform.booking_facts"),
        TenantSql.Statement(OfTheLog),
        .. tenants.Select(AddWithoutEvents),
    ];
}
