using Npgsql;
using Platform.Contracts.Events;
using Platform.Core.Storage;

namespace Platform.Core.Billing;

/// <summary>The usage of seats as their events say it, <c>platform.usage_events</c>.</summary>
public static class UsageEvents
{
    public static readonly IReadOnlyList<string> AggregateTypes = [GrantCreated.AggregateType, LicenseCreated.AggregateType];

    /// <summary>Again changes nothing.</summary>
    public static NpgsqlBatchCommand Add(EventEnvelope e) => TenantSql.Statement(
        """
        insert into platform.usage_events (event_id, event_type, tenant_id, aggregate_type, aggregate_id, version, occurred_at, data)
        values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
        on conflict do nothing
        """,
        e.EventId, e.EventType, e.TenantId, e.AggregateType, e.AggregateId, e.AggregateVersion, e.OccurredAt.ToUniversalTime(),
        e.Data.GetProperty(e.AggregateType).GetRawText());

    /// <summary>
    /// Seats by tenant, kind and price, by the rules of <see cref="BillingQuery"/>; <c>$1</c> to <c>$6</c> are months and
    /// anniversaries by zone, <c>$7</c> to <c>$9</c> tenants with zone and currency.
    /// </summary>
    internal const string Lines = """
        with tenant as (
            select * from unnest($7::bigint[], $8::text[], $9::text[]) as t (id, zone, currency)),
        grants as (
            select distinct on (e.aggregate_id) t.id as tenant_id, t.zone, t.currency, e.data
            from tenant t join platform.usage_events e on e.tenant_id = t.id and e.aggregate_type = 'grant'
            order by e.aggregate_id, e.version desc),
        licenses as (
            select distinct on (t.id, e.data ->> 'application') t.id as tenant_id, e.data ->> 'application' as application,
                e.data ->> 'status' as status
            from tenant t join platform.usage_events e on e.tenant_id = t.id and e.aggregate_type = 'license'
            order by t.id, e.data ->> 'application', e.aggregate_id desc, e.version desc),
        seats as (
            select tenant_id, zone, (data ->> 'userId')::bigint as user_id, data ->> 'application' as application,
                coalesce(data ->> 'userType', '') as user_type, coalesce(data ->> 'billingCycle', 'monthly') as billing_cycle,
                coalesce((data ->> 'price')::numeric, 0) as price, coalesce(data ->> 'currency', currency) as currency,
                (data ->> 'grantedAt')::timestamptz as granted_at, (data ->> 'revokedAt')::timestamptz as revoked_at
            from grants)
        select s.tenant_id, s.application, s.user_type, s.billing_cycle, count(distinct s.user_id)::int, s.price, s.currency
        from seats s
        join unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as month (zone, start, finish) on month.zone = s.zone
        left join licenses l on l.tenant_id = s.tenant_id and l.application = s.application
        where l.status is distinct from 'trial'
            and s.granted_at < month.finish and (s.revoked_at is null or s.revoked_at > month.start)
            and s.revoked_at is distinct from s.granted_at
            and (s.billing_cycle = 'monthly' or exists (
                select from unnest($4::text[], $5::timestamptz[], $6::timestamptz[]) as year (zone, start, finish)
                where year.zone = s.zone and s.granted_at >= year.start and s.granted_at < year.finish))
        group by s.tenant_id, s.application, s.user_type, s.billing_cycle, s.price, s.currency
        """;
}
