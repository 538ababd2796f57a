using Microsoft.Extensions.DependencyInjection;

namespace Platform.Core.Tenants;

public static class TenantServices
{
    public static IServiceCollection AddTenants(this IServiceCollection services) => services
        .AddSingleton<TenantDirectory>()
        .AddSingleton<TenantLocations>();
}
