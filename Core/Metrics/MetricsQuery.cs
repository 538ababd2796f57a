using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Contracts.Platform;
using Platform.Core.Licensing;
using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.Metrics;

/// <summary>The figures of the staff's dashboard, read in a transaction that sees every tenant.</summary>
public sealed class MetricsQuery(
    PlatformDb db, [FromKeyedServices(Databases.Tenant)] NpgsqlDataSource tenantSource, TimeProvider clock)
{
    /// <summary>Schemas that one statement counts; each takes a lock until it ends, and a server has some thousands.</summary>
    private const int SchemasAtOnce = 100;

    public async Task<MetricsOverview> OverviewAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var memberships = db.Memberships;
        var tenants = await db.Tenants.Where(t => t.Status != TenantStatuses.Purged).OrderBy(t => t.Id)
            .Select(t => new
            {
                t.Id,
                t.Slug,
                t.Name,
                t.TimeZone,
                t.Status,
                Users = memberships.Count(m => m.TenantId == t.Id && m.Active),
            })
            .ToListAsync(ct);
        var users = await db.Users.CountAsync(u => u.Active, ct);
        var applications = await db.Applications.CountAsync(a => a.Active, ct);
        var licenses = await db.Licenses.CountAsync(
            l => (l.Status == LicenseStatuses.Active || l.Status == LicenseStatuses.Trial)
                && (l.ExpiresAt == null || l.ExpiresAt > now), ct);

        var provisioned = tenants.Where(t => t.Status is TenantStatuses.Active or TenantStatuses.Inactive).Select(t => t.Id);
        var bookings = await BookingsAsync([.. provisioned], ct);

        return new(
            tenants.Count, users, applications, licenses, bookings.Values.Sum(), now,
            [
                .. tenants.Select(t => new TenantMetrics(
                    t.Id, t.Slug, t.Name, t.TimeZone, t.Status, t.Users, bookings.GetValueOrDefault(t.Id))),
            ]);
    }

    private async Task<Dictionary<long, long>> BookingsAsync(IReadOnlyList<long> tenantIds, CancellationToken ct)
    {
        Dictionary<long, long> counts = [];

        foreach (var ids in tenantIds.Chunk(SchemasAtOnce))
        {
            await using var command = tenantSource.CreateCommand(string.Join(
                " union all ", ids.Select(id => $"select {id}::bigint, count(*) from {TenantContext.SchemaOf(id)}.bookings")));
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) counts[reader.GetInt64(0)] = reader.GetInt64(1);
        }

        return counts;
    }
}
