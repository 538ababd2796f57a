using Microsoft.Extensions.DependencyInjection;

namespace Platform.Core.Clients;

public static class ClientServices
{
    public static IServiceCollection AddClients(this IServiceCollection services) => services
        .AddScoped<FindOrCreateClient>();
}
