using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.Contracts.Operations;
using Platform.Core;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.ServiceDefaults.Processes;
using StackExchange.Redis;

namespace Platform.Api.Operations;

/// <summary>For staff: which processes run, whether they are well, and how far the databases are.</summary>
internal static class SystemEndpoints
{
    private const int ExamplesShown = 20;

    public static void MapSystem(this RouteGroupBuilder staff) => staff.MapGet("/system", Get).WithTags("Metrics");

    private static async Task<Ok<SystemResponse>> Get(
        PlatformDb db, SchemaVersions schemas, IConnectionMultiplexer redis, HealthCheckService health, TimeProvider clock,
        CancellationToken ct)
    {
        var report = await health.CheckHealthAsync(ct);
        return TypedResults.Ok(new SystemResponse(
            RunningProcesses.Version,
            clock.Now,
            [.. (await RunningProcesses.ListAsync(redis.GetDatabase())).Select(ToResponse)],
            [
                .. from entry in report.Entries
                   where !entry.Value.Tags.Contains("live")
                   orderby entry.Key
                   let status = entry.Value.Status.ToString().ToLowerInvariant()
                   select new CheckResponse(entry.Key, status, (int)entry.Value.Duration.TotalMilliseconds),
            ],
            [
                Version(Databases.Platform, [.. db.Database.GetMigrations()], await AppliedAsync(db, ct)),
                Version(Databases.Tenant, SchemaVersions.SharedMigrations, await schemas.SharedAppliedAsync(ct)),
            ],
            await TenantsAsync(db, schemas, ct)));
    }

    private static ProcessResponse ToResponse(RunningProcess p) =>
        new(p.Name, p.Host, p.ProcessId, p.Version, p.StartedAt, p.SeenAt, p.IsResponding);

    private static Task<List<string>> AppliedAsync(PlatformDb db, CancellationToken ct) => db.Database.SqlQuery<string>(
        $"""select "MigrationId" as "Value" from migrations order by 1""").ToListAsync(ct);

    private static DatabaseVersion Version(string name, IReadOnlyList<string> all, IReadOnlyList<string> applied) =>
        new(name, all[^1], applied.Count == 0 ? null : applied[^1], all.Except(applied).Count());

    private static async Task<IReadOnlyList<TenantsAtVersion>> TenantsAsync(
        PlatformDb db, SchemaVersions schemas, CancellationToken ct)
    {
        var tenants = await db.Tenants.AsNoTracking().Where(t => t.Status != TenantStatuses.Purged).OrderBy(t => t.Id)
            .Select(t => new TenantName(t.Id, t.Slug, t.Name)).ToListAsync(ct);
        var applied = await schemas.OfTenantsAsync([.. tenants.Select(t => t.Id)], ct);
        var all = TenantSchemas.Migrations;
        return
        [
            .. tenants.GroupBy(t => applied.GetValueOrDefault(t.Id))
                .OrderByDescending(g => g.Key?.Latest, StringComparer.Ordinal)
                .Select(g => new TenantsAtVersion(
                    g.Key?.Latest, g.Key is null ? 0 : all.Count - g.Key.Count, g.Count(), [.. g.Take(ExamplesShown)])),
        ];
    }
}
