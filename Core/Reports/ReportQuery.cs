using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Reports;
using Platform.Core.Analytics;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Core.Reports;

/// <summary>
/// Counts and sums of bookings by when they start, of the read model that is built from their events. One round trip
/// each, however long the range. A report waits a moment for changes that were made just before it was asked for.
/// </summary>
public sealed class ReportQuery(TenantSql sql, TenantContext tenant, TimeProvider clock)
{
    private const int Attempts = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>What rows can be grouped by. Days are looked up in the boundaries that NodaTime has computed.</summary>
    private static readonly Dictionary<string, Grouping> Groupings = new()
    {
        ["status"] = new("b.status", "b.status", ""),
        ["service"] = new("b.service_id::text", "s.name", "join services s on s.id = b.service_id"),
        ["client"] = new("c.id::text", "c.name", """
            join clients known on known.id = b.client_id
            join clients c on c.id = coalesce(known.merged_into_id, known.id)
            """),
        ["day"] = new(Day, Day, ""),
        ["resource"] = new("r.id::text", "r.name", "join resources r on r.id = any (b.resource_ids)"),
    };

    private const string Day = "$4[width_bucket(b.start_at, $3)]";

    /// <summary>The tenant's, by when they start.</summary>
    private const string InRange = "b.tenant_id = $6 and b.start_at >= $1 and b.start_at < $2";

    public Task<Report<BookingsRow>> BookingsAsync(TimeRange range, string groupBy, CancellationToken ct) => ReadAsync(
        range, groupBy,
        grouping => $"""
            select {grouping.Key}, {grouping.Name}, count(*),
                count(*) filter (where b.status not in {BookingStatusSql.NotCancelled}),
                count(*) filter (where b.status = '{BookingStatuses.NoShow}'),
                coalesce(sum(extract(epoch from b.end_at - b.start_at)) filter (where b.status in {BookingStatusSql.NotCancelled}), 0) / 60
            from platform.booking_facts b {grouping.Join}
            where {InRange}
            group by 1, 2 order by 2, 1
            """,
        row => new BookingsRow(
            row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), (long)row.GetDecimal(5)),
        ct);

    public Task<Report<NoShowsRow>> NoShowsAsync(TimeRange range, string groupBy, CancellationToken ct) => ReadAsync(
        range, groupBy,
        grouping => $"""
            select {grouping.Key}, {grouping.Name}, count(*), count(*) filter (where b.status = '{BookingStatuses.NoShow}')
            from platform.booking_facts b {grouping.Join}
            where {InRange} and b.start_at < $5 and b.status in ('confirmed', 'checked_in', 'completed', 'no_show')
            group by 1, 2 order by 2, 1
            """,
        row => new NoShowsRow(
            row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), Ratio(row.GetInt64(3), row.GetInt64(2))),
        ct);

    /// <summary>Fees count where the cancelled booking would have begun.</summary>
    public Task<Report<RevenueRow>> RevenueAsync(TimeRange range, string groupBy, CancellationToken ct) => ReadAsync(
        range, groupBy,
        grouping => $"""
            select {grouping.Key}, {grouping.Name}, money.currency, sum(money.bookings)::bigint,
                sum(money.price), sum(money.fee)
            from platform.booking_facts b {grouping.Join}
            cross join lateral (
                select b.currency, 1, b.price, 0.00
                where b.price is not null and b.status in ('confirmed', 'checked_in', 'completed')
                union all
                select b.fee_currency, 0, 0.00, b.fee where b.fee_currency is not null) money (currency, bookings, price, fee)
            where {InRange}
            group by 1, 2, 3 order by 2, 1, 3
            """,
        row => new RevenueRow(
            row.GetString(0), row.GetString(1), row.GetInt64(3), new(row.GetDecimal(4), row.GetString(2)),
            new(row.GetDecimal(5), row.GetString(2))),
        ct);

    public Task<Report<LeadTimesRow>> LeadTimesAsync(TimeRange range, string groupBy, CancellationToken ct) => ReadAsync(
        range, groupBy,
        grouping => $"""
            select {grouping.Key}, {grouping.Name}, count(*), avg(lead.minutes)::bigint,
                percentile_cont(0.5) within group (order by lead.minutes)::bigint
            from platform.booking_facts b {grouping.Join}
            cross join lateral (
                select greatest(0, extract(epoch from b.start_at - b.booked_at) / 60)::float8 as minutes) lead
            where {InRange} and b.status in {BookingStatusSql.NotCancelled}
            group by 1, 2 order by 2, 1
            """,
        row => new LeadTimesRow(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)),
        ct);

    internal static decimal Ratio(decimal part, decimal whole) => decimal.Round(part / whole, 4);

    private async Task<Report<T>> ReadAsync<T>(
        TimeRange range, string groupBy, Func<Grouping, string> statement, Func<NpgsqlDataReader, T> toRow,
        CancellationToken ct)
    {
        DateTimeOffset? asked = null;
        for (var attempt = 1; ; attempt++)
        {
            var (rows, age) = await ReadOnceAsync(range, statement(Groupings[groupBy]), toRow, ct);
            asked ??= age.At;
            if (!age.IsFresh || age.OldestMissing > asked || attempt == Attempts)
            {
                return new(rows, age.AsOf(clock.Now));
            }

            await Task.Delay(Pause, ct);
        }
    }

    private async Task<(List<T> Rows, FactsAge Age)> ReadOnceAsync<T>(
        TimeRange range, string statement, Func<NpgsqlDataReader, T> toRow, CancellationToken ct)
    {
        var days = ReportRules.Days(range, ZoneRules.Get(tenant.TimeZone));
        await using var reader = await sql.ReadAsync(
            [
                FactsAge.Statement(tenant.Id),
                TenantSql.Statement(
                    statement,
                    range.Start, range.End,
                    days.Select(day => day.Time.Start).ToArray(),
                    days.Select(day => day.Date.ToString("uuuu-MM-dd", null)).ToArray(),
                    clock.GetUtcNow(), tenant.Id),
            ],
            ct);

        var age = await FactsAge.ReadAsync(reader, ct);
        await reader.NextResultAsync(ct);
        List<T> rows = [];
        while (await reader.ReadAsync(ct)) rows.Add(toRow(reader));
        return (rows, age);
    }

    private sealed record Grouping(string Key, string Name, string Join);
}
