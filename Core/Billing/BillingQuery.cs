using Npgsql;
using NpgsqlTypes;
using Platform.Contracts.Billing;
using Platform.Core.Audit;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Core.Billing;

/// <summary>Seats of one kind that a tenant pays for in a month.</summary>
public sealed record TenantLine(
    long TenantId, string Application, string UserType, string BillingCycle, int Quantity, decimal UnitPrice, string Currency)
{
    public decimal Amount => UnitPrice * Quantity;
}

/// <param name="ClosedAt">Null while the month is open.</param>
/// <param name="IsPurged">Whether only its bills are left.</param>
public sealed record BilledTenant(
    long Id, string Slug, string Name, string TimeZone, DateTimeOffset? ClosedAt, string Currency, bool IsPurged);

/// <summary>A month of one tenant or of all, kept lines and computed ones.</summary>
public sealed record MonthBill(
    BillingMonth Month, IReadOnlyList<BilledTenant> Tenants, IReadOnlyList<TenantLine> Lines,
    IReadOnlyList<BillingAdjustment> Adjustments);

/// <summary>
/// What seats cost. A grant that was active at any time of a month, in the zone of the tenant, is billed for the whole
/// of it; one that is paid by the year in the month in which its year begins. The same user at the same price is
/// billed once, however often the seat came and went. Two round trips, whatever the number of tenants.
/// </summary>
public sealed class BillingQuery(PlatformSql sql, TimeProvider clock)
{
    /// <summary>
    /// Open months are computed from grants; <c>$1 </c> to <c>$6 </c> are months and anniversaries by zone.
    /// </summary>
    private const string Computed = """
        select t.id as tenant_id, g.application_id_fk,
            coalesce(g.user_type_id_fk_snapshot, m.user_type_id_fk) as user_type_id_fk,
            coalesce(g.granted_cycle, 'monthly') as billing_cycle, coalesce(g.currency_snapshot, t.currency) as currency,
            coalesce(g.price_snapshot, 0) as unit_price, count(distinct g.user_id_fk)::int as quantity
        from tenants t
        join unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as month (zone, start, finish) on month.zone = t.time_zone
        join user_application_access g on g.tenant_id_fk = t.id
        left join memberships m on m.tenant_id_fk = g.tenant_id_fk and m.user_id_fk = g.user_id_fk
        join tenant_applications l on l.tenant_id_fk = t.id and l.application_id_fk = g.application_id_fk and l.status <> 'trial'
        where g.granted_at < month.finish and (g.revoked_at is null or g.revoked_at > month.start)
            and g.revoked_at is distinct from g.granted_at
            and (coalesce(g.granted_cycle, 'monthly') = 'monthly' or exists (
                select from unnest($4::text[], $5::timestamptz[], $6::timestamptz[]) as year (zone, start, finish)
                where year.zone = t.time_zone and g.granted_at >= year.start and g.granted_at < year.finish))
        """;

    private const string GroupComputed = "group by 1, 2, 3, 4, 5, 6";

    /// <returns>Null if the tenant does not exist.</returns>
    public async Task<MonthBill?> ReadAsync(BillingMonth month, Scope scope, CancellationToken ct)
    {
        var tenants = await TenantsAsync(month, scope, ct);
        if (scope.TenantId is not null && tenants.Count == 0) return null;

        await using var reader = await sql.ReadAsync(
            scope,
            [
                OfMonth(
                    $"""
                    select b.tenant_id, a.slug, ut.slug, b.billing_cycle, b.quantity, b.unit_price, b.currency
                    from (
                        {Computed} and ($7::bigint is null or t.id = $7) and not exists (
                            select from billing_months c where c.tenant_id_fk = t.id and c.month = $8)
                        {GroupComputed}
                        union all
                        select tenant_id_fk, application_id_fk, user_type_id_fk, billing_cycle, currency, unit_price, quantity
                        from billing_lines where month = $8 and ($7::bigint is null or tenant_id_fk = $7)) b
                    join applications a on a.id = b.application_id_fk
                    join user_types ut on ut.id = b.user_type_id_fk
                    order by b.tenant_id, a.slug, ut.hierarchy_level, b.billing_cycle, b.currency, b.unit_price
                    """,
                    month, tenants, scope.TenantId, month.FirstDay),
                TenantSql.Statement(
                    """
                    select d.id, d.tenant_id_fk, d.month, d.corrects_month, a.slug, d.amount, d.currency, d.reason,
                        d.created_at, d.created_by
                    from billing_adjustments d left join applications a on a.id = d.application_id_fk
                    where d.month = $1 and ($2::bigint is null or d.tenant_id_fk = $2)
                    order by d.tenant_id_fk, d.id
                    """,
                    month.FirstDay, scope.TenantId),
            ],
            ct);

        List<TenantLine> lines = [];
        while (await reader.ReadAsync(ct)) lines.Add(LineOf(reader));

        await reader.NextResultAsync(ct);
        List<BillingAdjustment> adjustments = [];
        while (await reader.ReadAsync(ct))
        {
            adjustments.Add(new(
                reader.GetInt64(0), reader.GetInt64(1), MonthOf(reader, 2), MonthOf(reader, 3),
                reader.IsDBNull(4) ? null : reader.GetString(4), new(reader.GetDecimal(5), reader.GetString(6)),
                reader.GetString(7), reader.GetFieldValue<DateTimeOffset>(8), reader.GetString(9)));
        }

        return new(month, tenants, lines, adjustments);
    }

    /// <summary>
    /// Keeps the lines of a month of every tenant for good, and says so in the platform's audit trail. Those that are
    /// kept already stay as they are.
    /// </summary>
    /// <returns>How many were closed now and before; null where the month goes on somewhere.</returns>
    public async Task<(int Closed, int Before)?> CloseAsync(BillingMonth month, AuditSource source, CancellationToken ct)
    {
        var now = clock.Now;
        var tenants = await TenantsAsync(month, Scope.AllTenants, ct);
        if (tenants.Any(t => month.In(ZoneRules.Get(t.TimeZone)).End > now)) return null;

        await using var reader = await sql.ReadAsync(
            Scope.AllTenants,
            [
                OfMonth(
                    $"""
                    with closed as (
                        insert into billing_months (tenant_id_fk, month, closed_at, closed_by)
                        select id, $7, $8, $9 from tenants where id = any ($10)
                        on conflict do nothing
                        returning tenant_id_fk),
                    lines as (
                        insert into billing_lines (tenant_id_fk, month, application_id_fk, user_type_id_fk, billing_cycle,
                            currency, unit_price, quantity, amount)
                        select b.tenant_id, $7, b.application_id_fk, b.user_type_id_fk, b.billing_cycle, b.currency,
                            b.unit_price, b.quantity, b.unit_price * b.quantity
                        from ({Computed} {GroupComputed}) b
                        join closed c on c.tenant_id_fk = b.tenant_id)
                    select count(*)::int from closed
                    """,
                    month, tenants, month.FirstDay, now, source.Actor, tenants.Select(t => t.Id).ToArray()),
                new AuditChange(null, "billing.month_closed", "month", null, null, new { month = month.ToString() })
                    .ToStatement(source, now, "exists (select from billing_months where created_at = now())"),
            ],
            ct);
        await reader.ReadAsync(ct);
        var count = reader.GetInt32(0);
        await reader.NextResultAsync(ct); // so that a failure there is heard of
        return (count, tenants.Count - count);
    }

    /// <summary>Many tenants may have nothing to pay; tenants that have left stay in the list.</summary>
    private async Task<IReadOnlyList<BilledTenant>> TenantsAsync(BillingMonth month, Scope scope, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(
            scope,
            [
                TenantSql.Statement(
                    """
                    select t.id, t.slug, t.name, t.time_zone, c.closed_at, t.currency, t.status = 'purged'
                    from tenants t left join billing_months c on c.tenant_id_fk = t.id and c.month = $1
                    where $2::bigint is null or t.id = $2
                    order by t.id
                    """,
                    month.FirstDay, scope.TenantId),
            ],
            ct);

        List<BilledTenant> tenants = [];
        while (await reader.ReadAsync(ct))
        {
            tenants.Add(new(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
                reader.GetFieldValue<DateTimeOffset?>(4), reader.GetString(5), reader.GetBoolean(6)));
        }

        return tenants;
    }

    /// <summary>
    /// A statement whose first six values are the month and its anniversaries in the zones of these tenants.
    /// </summary>
    internal static NpgsqlBatchCommand OfMonth(
        string text, BillingMonth month, IReadOnlyList<BilledTenant> tenants, params ReadOnlySpan<object?> more)
    {
        List<(string Zone, TimeRange Range)> months = [], anniversaries = [];
        foreach (var name in tenants.Select(t => t.TimeZone).Distinct())
        {
            var zone = ZoneRules.Get(name);
            months.Add((name, month.In(zone)));
            anniversaries.AddRange(month.AnniversariesIn(zone).Select(range => (name, range)));
        }

        return TenantSql.Statement(text, [.. Columns(months), .. Columns(anniversaries), .. more]);
    }

    internal static TenantLine LineOf(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4),
        reader.GetDecimal(5), reader.GetString(6));

    private static IEnumerable<object?> Columns(List<(string Zone, TimeRange Range)> ranges) =>
    [
        new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = ranges.Select(r => r.Zone).ToArray() },
        Times(ranges.Select(r => r.Range.Start)),
        Times(ranges.Select(r => r.Range.End)),
    ];

    private static NpgsqlParameter Times(IEnumerable<DateTimeOffset> times) => new()
    {
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
        Value = times.Select(time => time.ToUniversalTime()).ToArray(),
    };

    private static string MonthOf(NpgsqlDataReader reader, int column)
    {
        var day = reader.GetFieldValue<DateOnly>(column);
        return new BillingMonth(day.Year, day.Month).ToString();
    }
}
