using Platform.Core.Clients;

namespace Platform.Api.Clients;

internal static class ClientsModule
{
    public static IServiceCollection AddClientsModule(this IServiceCollection services) => services
        .AddClients();

    public static void MapClientsModule(this ApiAreas areas)
    {
        areas.TenantInTransactions.MapClients();
    }
}
