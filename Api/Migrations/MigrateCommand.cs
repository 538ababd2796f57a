using Microsoft.EntityFrameworkCore;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Migrations;

/// <summary>
/// <c>Api migrate</c>: builds and seeds the databases, reports each step on a line, and ends. The other processes
/// wait for it.
/// </summary>
public static class MigrateCommand
{
    /// <summary>Tenants up to this number are seeds, and this command makes them.</summary>
    private const long LastSeed = 999;

    public static async Task<int> RunAsync(Migrator migrator, bool withDemo, TextWriter output, CancellationToken ct)
    {
        await output.WriteLineAsync("migrate: waiting for other migrators");
        await using var only = await migrator.LockAsync(ct);

        await output.WriteLineAsync($"migrate: {Databases.Platform}, {await migrator.MigratePlatformAsync(ct)} new");
        await output.WriteLineAsync($"migrate: {Databases.Tenant}.{EventsDb.Schema}, {await migrator.MigrateEventsAsync(ct)} new");

        await using var platform = migrator.OpenPlatform();
        await ReferenceData.SeedAsync(platform, ct);
        await output.WriteLineAsync("migrate: reference data");
        if (withDemo) await DemoPlatformData.SeedAsync(platform, ct);

        await MigrateTenantsAsync(migrator, platform, output, ct);

        if (withDemo)
        {
            await DemoTenantData.SeedAsync(migrator, ct);
            await output.WriteLineAsync("migrate: demo data");
            await output.WriteLineAsync(DemoSignIns.Table());
        }

        await output.WriteLineAsync("migrate: done");
        return 0;
    }

    private static async Task MigrateTenantsAsync(
        Migrator migrator, PlatformDb platform, TextWriter output, CancellationToken ct)
    {
        // Tenants that are unfinished or purged are not migrated here: the Worker builds and drops them.
        var tenants = await platform.Tenants
            .Where(t => t.Id <= LastSeed || t.Status == TenantStatuses.Active || t.Status == TenantStatuses.Inactive
                || t.Status == TenantStatuses.Offboarding)
            .Where(t => t.Status != TenantStatuses.Purged)
            .OrderBy(t => t.Id).Select(t => new { t.Id, t.Slug }).ToListAsync(ct);

        foreach (var (tenant, i) in tenants.Select((tenant, i) => (tenant, i)))
        {
            var count = await migrator.Tenants.MigrateAsync(tenant.Id, ct);
            await output.WriteLineAsync($"migrate: tenant {i + 1} of {tenants.Count}, {tenant.Slug}, {count} new");
        }

        await platform.Tenants
            .Where(t => t.Id <= LastSeed && t.Status == TenantStatuses.Provisioning)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.Status, TenantStatuses.Active), ct);
    }
}
