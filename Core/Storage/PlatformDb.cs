namespace Platform.Core.Storage;

/// <summary>The tables of <c>platformdb</c>: tenants, people, applications, licenses, prices.</summary>
public sealed class PlatformDb(DbContextOptions<PlatformDb> options, PlatformScope scope)
    : DbContext(options), ITransactionSettings
{
    public PlatformScope Scope => scope;

    IReadOnlyList<(string Name, string Value)> ITransactionSettings.Settings => scope.Current.Settings;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(
            typeof(PlatformDb).Assembly, type => type.IsAssignableTo(typeof(IPlatformTable)));
        modelBuilder.UseSnakeCase(markForeignKeys: true);
    }
}
