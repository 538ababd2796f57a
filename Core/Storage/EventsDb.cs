namespace Platform.Core.Storage;

/// <summary>
/// The schema <c>platform</c> of a cell: what its tenants share, which is the outbox, the event log and what the worker
/// keeps beside them. One outbox for all tenants means one place to relay from.
/// </summary>
public sealed class EventsDb(DbContextOptions<EventsDb> options) : DbContext(options)
{
    public const string Schema = "platform";

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(
            typeof(EventsDb).Assembly, type => type.IsAssignableTo(typeof(IEventsTable)));
        modelBuilder.UseSnakeCase(markForeignKeys: false);
    }
}
