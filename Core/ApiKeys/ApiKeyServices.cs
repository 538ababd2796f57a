using Microsoft.Extensions.DependencyInjection;

namespace Platform.Core.ApiKeys;

public static class ApiKeyServices
{
    public static IServiceCollection AddApiKeys(this IServiceCollection services) => services
        .AddSingleton<ApiKeyCache>()
        .AddSingleton<ApiKeyDirectory>();
}
