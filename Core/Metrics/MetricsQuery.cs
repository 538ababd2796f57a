using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Contracts.Operations;
using Platform.Core.Analytics;
using Platform.Core.Storage;

namespace Platform.Core.Metrics;

/// <summary>
/// The figures of the staff's dashboard. They are cached for a minute; concurrent requests wait for the same
/// computation.
/// </summary>
public sealed class MetricsQuery(
    PlatformSql sql, [FromKeyedServices(Databases.Tenant)] NpgsqlDataSource tenantSource, TimeProvider clock) : IDisposable
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private volatile MetricsOverview? _last;

    /// <param name="bypassCache">Whether to compute them again.</param>
    public async Task<MetricsOverview> OverviewAsync(bool bypassCache, CancellationToken ct)
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

    private MetricsOverview? Remembered()
    {
        if (_last is not { } last) return null;

        var age = clock.GetUtcNow() - last.AsOf;
        return age < Freshness ? last with { AgeSeconds = (int)age.TotalSeconds } : null;
    }

    private async Task<MetricsOverview> ComputeAsync(CancellationToken ct)
    {
        var now = clock.Now;
        var today = now.UtcDateTime.Date;
        var week = Utc(today.AddDays(-(((int)today.DayOfWeek + 6) % 7)));
        var month = Utc(new(today.Year, today.Month, 1));

        await using var reader = await sql.ReadAsync(
            Scope.AllTenants,
            [
                TenantSql.Statement(
                    """
                    select t.id, t.slug, t.name, t.time_zone, t.status, coalesce(m.count, 0)
                    from tenants t
                    left join (
                        select tenant_id_fk, count(*)::int as count from memberships where active group by 1) m
                        on m.tenant_id_fk = t.id
                    where t.status <> 'purged'
                    order by t.id
                    """),
                Count("users", "active", week, month),
                Count("applications", "active", week, month),
                Count("tenants", "status <> 'purged'", week, month),
                TenantSql.Statement(
                    """
                    select count(*)::int, count(*) filter (where created_at >= $2)::int,
                        count(*) filter (where created_at >= $3)::int, coalesce(sum(seats_used), 0),
                        coalesce(sum(user_limit), 0), coalesce(sum(seats_used) filter (where user_limit is not null), 0),
                        count(*) filter (where user_limit is null)::int
                    from tenant_applications
                    where status in ('trial', 'active') and activated_at <= $1 and (expires_at is null or expires_at > $1)
                        and (status <> 'trial' or trial_ends_at is null or trial_ends_at > $1)
                    """,
                    now, week, month),
            ],
            ct);

        List<TenantMetrics> tenants = [];
        while (await reader.ReadAsync(ct))
        {
            tenants.Add(new(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.GetInt32(5), 0));
        }

        var users = await NextAsync(reader, ct);
        var applications = await NextAsync(reader, ct);
        var newTenants = await NextAsync(reader, ct);
        var licenses = await NextAsync(reader, ct);
        var seats = new SeatMetrics(reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt32(6));

        var (bookings, age) = await BookingsAsync(ct);
        return new(
            tenants.Count, users.All, applications.All, licenses.All, tenants.Sum(t => bookings.GetValueOrDefault(t.TenantId)), now,
            AgeSeconds: 0,
            new(newTenants.Week, users.Week, applications.Week, licenses.Week),
            new(newTenants.Month, users.Month, applications.Month, licenses.Month),
            seats,
            [.. tenants.Select(t => t with { Bookings = bookings.GetValueOrDefault(t.TenantId) })],
            age.AsOf(now));
    }

    private static NpgsqlBatchCommand Count(string table, string counts, DateTimeOffset week, DateTimeOffset month) =>
        TenantSql.Statement(
            $"""
            select count(*)::int, count(*) filter (where created_at >= $1)::int, count(*) filter (where created_at >= $2)::int
            from {table} where {counts}
            """,
            week, month);

    private static async Task<(int All, int Week, int Month)> NextAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2));
    }

    /// <summary>By tenant, of the read model that is built from their events.</summary>
    private async Task<(Dictionary<long, long> Counts, FactsAge Age)> BookingsAsync(CancellationToken ct)
    {
        await using var batch = tenantSource.CreateBatch();
        batch.BatchCommands.Add(FactsAge.Statement(tenantId: null));
        batch.BatchCommands.Add(TenantSql.Statement("select tenant_id, count(*) from platform.booking_facts group by 1"));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var age = await FactsAge.ReadAsync(reader, ct);
        await reader.NextResultAsync(ct);

        Dictionary<long, long> counts = [];
        while (await reader.ReadAsync(ct)) counts[reader.GetInt64(0)] = reader.GetInt64(1);
        return (counts, age);
    }

    private static DateTimeOffset Utc(DateTime day) => new(day, TimeSpan.Zero);
}
