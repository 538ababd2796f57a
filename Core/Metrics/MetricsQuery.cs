using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Contracts.Platform;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.Metrics;

/// <summary>
/// The figures of the staff's dashboard. They are cached for a minute; concurrent requests wait for the same
/// computation.
/// </summary>
public sealed class MetricsQuery(
    PlatformSql sql, [FromKeyedServices(Databases.Tenant)] NpgsqlDataSource tenantSource, TimeProvider clock) : IDisposable
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Schemas that one statement counts; each takes a lock until it ends, and a server has some thousands.
    /// </summary>
    private const int SchemasAtOnce = 100;

    private const int Attempts = 3;

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
            return _last = await ComputeSurelyAsync(ct);
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

    /// <summary>A tenant that is purged while it is counted takes its schema along; then it is not counted.</summary>
    private async Task<MetricsOverview> ComputeSurelyAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ComputeAsync(ct);
            }
            catch (PostgresException e)
                when (attempt < Attempts && e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
            {
                // Once more, without it.
            }
        }
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

        var provisioned = tenants.Where(t =>
            t.Status is not (TenantStatuses.Provisioning or TenantStatuses.ProvisioningFailed)).Select(t => t.TenantId);
        var bookings = await BookingsAsync([.. provisioned], ct);
        return new(
            tenants.Count, users.All, applications.All, licenses.All, bookings.Values.Sum(), now, AgeSeconds: 0,
            new(newTenants.Week, users.Week, applications.Week, licenses.Week),
            new(newTenants.Month, users.Month, applications.Month, licenses.Month),
            seats,
            [.. tenants.Select(t => t with { Bookings = bookings.GetValueOrDefault(t.TenantId) })]);
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

    /// <summary>
    /// Of those tenants that have a schema; one that is only a customer of applications may have none.
    /// </summary>
    private async Task<Dictionary<long, long>> BookingsAsync(IReadOnlyList<long> tenantIds, CancellationToken ct)
    {
        Dictionary<long, long> counts = [];

        foreach (var ids in (await ProvisionedAsync(tenantIds, ct)).Chunk(SchemasAtOnce))
        {
            await using var command = tenantSource.CreateCommand(string.Join(
                " union all ", ids.Select(id => $"select {id}::bigint, count(*) from {TenantContext.SchemaOf(id)}.bookings")));
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) counts[reader.GetInt64(0)] = reader.GetInt64(1);
        }

        return counts;
    }

    private async Task<List<long>> ProvisionedAsync(IReadOnlyList<long> tenantIds, CancellationToken ct)
    {
        await using var command = tenantSource.CreateCommand(
            "select id from unnest($1, $2) as t (id, name) where to_regclass(name) is not null");
        command.Parameters.Add(new() { Value = tenantIds.ToArray() });
        command.Parameters.Add(new() { Value = tenantIds.Select(id => $"{TenantContext.SchemaOf(id)}.bookings").ToArray() });

        List<long> provisioned = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) provisioned.Add(reader.GetInt64(0));
        return provisioned;
    }

    private static DateTimeOffset Utc(DateTime day) => new(day, TimeSpan.Zero);
}
