using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Reports;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Core.Reports;

/// <summary>Counts and sums of bookings by when they start. One statement each, however long the range.</summary>
public sealed class ReportQuery(TenantSql sql, TenantContext tenant, TimeProvider clock)
{
    /// <summary>What rows can be grouped by. Days are looked up in the boundaries that NodaTime has computed.</summary>
    private static readonly Dictionary<string, Grouping> Groupings = new()
    {
        ["status"] = new("b.status", "b.status", ""),
        ["service"] = new("b.service_id::text", "s.name", "join services s on s.id = b.service_id"),
        ["client"] = new("b.client_id::text", "c.name", "join clients c on c.id = b.client_id"),
        ["day"] = new(Day, Day, ""),
        ["resource"] = new("r.id::text", "r.name", """
            cross join lateral (
                select distinct resource_id from allocations where booking_id = b.id and part_of is null) a
            join resources r on r.id = a.resource_id
            """),
    };

    private const string Day = "$4[width_bucket(b.start_at, $3)]";

    public Task<List<BookingsRow>> BookingsAsync(TimeRange range, string groupBy, CancellationToken ct) => ReadAsync(
        range, groupBy,
        grouping => $"""
            select {grouping.Key}, {grouping.Name}, count(*),
                count(*) filter (where b.status not in {BookingStatusSql.NotCancelled}),
                count(*) filter (where b.status = '{BookingStatuses.NoShow}'),
                coalesce(sum(extract(epoch from b.end_at - b.start_at)) filter (where b.status in {BookingStatusSql.NotCancelled}), 0) / 60
            from bookings b {grouping.Join}
            where b.start_at >= $1 and b.start_at < $2 and b.status <> '{BookingStatuses.Held}'
            group by 1, 2 order by 2, 1
            """,
        row => new BookingsRow(
            row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), (long)row.GetDecimal(5)),
        ct);

    public Task<List<NoShowsRow>> NoShowsAsync(TimeRange range, string groupBy, CancellationToken ct) => ReadAsync(
        range, groupBy,
        grouping => $"""
            select {grouping.Key}, {grouping.Name}, count(*), count(*) filter (where b.status = '{BookingStatuses.NoShow}')
            from bookings b {grouping.Join}
            where b.start_at >= $1 and b.start_at < least($2, $5)
                and b.status in ('confirmed', 'checked_in', 'completed', 'no_show')
            group by 1, 2 order by 2, 1
            """,
        row => new NoShowsRow(
            row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), Ratio(row.GetInt64(3), row.GetInt64(2))),
        ct);

    /// <summary>Fees count where the cancelled booking would have begun.</summary>
    public Task<List<RevenueRow>> RevenueAsync(TimeRange range, string groupBy, CancellationToken ct) => ReadAsync(
        range, groupBy,
        grouping => $"""
            select {grouping.Key}, {grouping.Name}, money.currency, sum(money.bookings)::bigint,
                sum(money.price), sum(money.fee)
            from bookings b {grouping.Join}
            cross join lateral (
                select b.currency::text, 1, b.price, 0.00
                where b.price is not null and b.status in ('confirmed', 'checked_in', 'completed')
                union all
                select b.cancel_currency::text, 0, 0.00, b.fee_due
                where b.fee_due is not null and b.cancel_currency is not null) money (currency, bookings, price, fee)
            where b.start_at >= $1 and b.start_at < $2
            group by 1, 2, 3 order by 2, 1, 3
            """,
        row => new RevenueRow(
            row.GetString(0), row.GetString(1), row.GetInt64(3), new(row.GetDecimal(4), row.GetString(2)),
            new(row.GetDecimal(5), row.GetString(2))),
        ct);

    /// <summary>From the read model of events, seconds behind the bookings themselves.</summary>
    public Task<List<LeadTimesRow>> LeadTimesAsync(TimeRange range, string groupBy, CancellationToken ct) => ReadAsync(
        range, groupBy,
        grouping => $"""
            select {grouping.Key}, {grouping.Name}, count(*), avg(lead.minutes)::bigint,
                percentile_cont(0.5) within group (order by lead.minutes)::bigint
            from platform.booking_facts b {grouping.Join}
            cross join lateral (
                select greatest(0, extract(epoch from b.start_at - b.booked_at) / 60)::float8 as minutes) lead
            where b.tenant_id = $6 and b.start_at >= $1 and b.start_at < $2 and b.status in {BookingStatusSql.NotCancelled}
            group by 1, 2 order by 2, 1
            """,
        row => new LeadTimesRow(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)),
        ct);

    internal static decimal Ratio(decimal part, decimal whole) => decimal.Round(part / whole, 4);

    private async Task<List<T>> ReadAsync<T>(
        TimeRange range, string groupBy, Func<Grouping, string> statement, Func<NpgsqlDataReader, T> toRow,
        CancellationToken ct)
    {
        var days = ReportRules.Days(range, ZoneRules.Get(tenant.TimeZone));
        await using var reader = await sql.ReadAsync(
            [
                TenantSql.Statement(
                    statement(Groupings[groupBy]),
                    range.Start, range.End,
                    days.Select(day => day.Time.Start).ToArray(),
                    days.Select(day => day.Date.ToString("uuuu-MM-dd", null)).ToArray(),
                    clock.GetUtcNow(), tenant.Id),
            ],
            ct);

        List<T> rows = [];
        while (await reader.ReadAsync(ct)) rows.Add(toRow(reader));
        return rows;
    }

    private sealed record Grouping(string Key, string Name, string Join);
}
