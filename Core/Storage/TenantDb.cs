namespace Platform.Core.Storage;

/// <summary>
/// The tables that each tenant has in a schema of its own. Their names carry no schema: the search path decides.
/// A module adds its own tables, as extension properties beside its entities.
/// </summary>
public sealed class TenantDb(DbContextOptions<TenantDb> options, TenantContext tenant)
    : DbContext(options), ITransactionSettings
{
    public TenantContext Tenant => tenant;

    IReadOnlyList<(string Name, string Value)> ITransactionSettings.Settings => [("search_path", tenant.Schema)];

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(
            typeof(TenantDb).Assembly, type => type.IsAssignableTo(typeof(ITenantTable)));
        modelBuilder.UseSnakeCase(markForeignKeys: false);
    }
}
