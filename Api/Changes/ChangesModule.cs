using Platform.Core.Changes;

namespace Platform.Api.Changes;

internal static class ChangesModule
{
    public static IServiceCollection AddChangesModule(this IServiceCollection services) => services
        .AddChanges()
        .AddSingleton<OpenStreams>();

    public static void MapChangesModule(this ApiAreas areas)
    {
        areas.Tenant.MapChangeStream();
        areas.TenantInTransactions.MapChanges();
    }
}
