namespace Platform.Core.Storage;

/// <summary>The tables of <c>platformdb</c>: tenants, people, applications, licenses, prices.</summary>
public sealed class PlatformDb(DbContextOptions<PlatformDb> options, PlatformScope scope)
    : DbContext(options), ITransactionSettings
{
    /// <summary>Whose rows the next transactions see.</summary>
    public Scope Scope
    {
        get => scope.Current;
        set => scope.Current = value;
    }

    IReadOnlyList<(string Name, string Value)> ITransactionSettings.Settings => Scope.Settings;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(
            typeof(PlatformDb).Assembly, type => type.IsAssignableTo(typeof(IPlatformTable)));
        modelBuilder.UseSnakeCase(markForeignKeys: true);
    }
}
