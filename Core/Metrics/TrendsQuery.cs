using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Contracts.Operations;
using Platform.Core.Analytics;
using Platform.Core.Storage;

namespace Platform.Core.Metrics;

/// <summary>What was new in each of the last weeks, for the dashboard. Cached as <see cref="MetricsQuery"/> is.</summary>
public sealed class TrendsQuery(
    PlatformSql sql, [FromKeyedServices(Databases.Tenant)] NpgsqlDataSource tenantSource, TimeProvider clock) : IDisposable
{
    private const int Weeks = 12;

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private volatile MetricsTrends? _last;

    /// <param name="bypassCache">Whether to compute them again.</param>
    public async Task<MetricsTrends> ReadAsync(bool bypassCache, CancellationToken ct)
    {
        if (!bypassCache && Remembered() is { } fresh) return fresh;

        await _oneAtATime.WaitAsync(ct);
        try
        {
            if (!bypassCache && Remembered() is { } computed) return computed;
            return _last = await ComputeAsync(ct);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private MetricsTrends? Remembered()
    {
        if (_last is not { } last) return null;

        var age = clock.GetUtcNow() - last.AsOf;
        return age < MetricsQuery.Freshness ? last with { AgeSeconds = (int)age.TotalSeconds } : null;
    }

    private async Task<MetricsTrends> ComputeAsync(CancellationToken ct)
    {
        var now = clock.Now;
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        var first = monday.AddDays(-7 * (Weeks - 1));

        var counts = await PlatformAsync(first, ct);
        var (bookings, thisMonth, age) = await BookingsAsync(first, new(today.Year, today.Month, 1), ct);
        return new(
            now, AgeSeconds: 0, thisMonth,
            [
                .. Enumerable.Range(0, Weeks).Select(week => first.AddDays(7 * week)).Select(week => new WeekMetrics(
                    week, Of("tenants", week), Of("users", week), Of("applications", week), Of("tenant_applications", week),
                    bookings.GetValueOrDefault(week))),
            ],
            age.AsOf(now));

        int Of(string table, DateOnly week) => counts.GetValueOrDefault((table, week));
    }

    private async Task<Dictionary<(string Table, DateOnly Week), int>> PlatformAsync(DateOnly first, CancellationToken ct)
    {
        static string Counted(string table, string condition) =>
            $"select '{table}', {WeekOf("created_at")}, count(*)::int from {table} where created_at >= $1 and {condition} group by 2";

        await using var reader = await sql.ReadAsync(
            Scope.AllTenants,
            [
                TenantSql.Statement(
                    string.Join(
                        " union all ", Counted("tenants", "status <> 'purged'"), Counted("users", "active"),
                        Counted("applications", "active"), Counted("tenant_applications", "status <> 'cancelled'")),
                    Utc(first)),
            ],
            ct);

        Dictionary<(string, DateOnly), int> counts = [];
        while (await reader.ReadAsync(ct))
        {
            counts[(reader.GetString(0), reader.GetFieldValue<DateOnly>(1))] = reader.GetInt32(2);
        }

        return counts;
    }

    private async Task<(Dictionary<DateOnly, int> Weeks, int ThisMonth, FactsAge Age)> BookingsAsync(
        DateOnly first, DateOnly month, CancellationToken ct)
    {
        await using var batch = tenantSource.CreateBatch();
        batch.BatchCommands.Add(FactsAge.Statement(tenantId: null));
        batch.BatchCommands.Add(TenantSql.Statement(
            $"""
            select {WeekOf("booked_at")}, count(*)::int, count(*) filter (where booked_at >= $2)::int
            from platform.booking_facts where booked_at >= least($1, $2) group by 1
            """,
            Utc(first), Utc(month)));

        Dictionary<DateOnly, int> weeks = [];
        var thisMonth = 0;
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var age = await FactsAge.ReadAsync(reader, ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            weeks[reader.GetFieldValue<DateOnly>(0)] = reader.GetInt32(1);
            thisMonth += reader.GetInt32(2);
        }

        return (weeks, thisMonth, age);
    }

    /// <summary>The Monday of its week.</summary>
    private static string WeekOf(string column) => $"date_trunc('week', {column} at time zone 'utc')::date";

    private static DateTimeOffset Utc(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
