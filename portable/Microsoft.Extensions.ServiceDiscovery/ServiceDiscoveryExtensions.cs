using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.ServiceDiscovery;

namespace Microsoft.Extensions.DependencyInjection;

public static class ServiceDiscoveryServiceCollectionExtensions
{
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton(provider => new ConfiguredEndpoints(provider.GetRequiredService<IConfiguration>()));
        return services;
    }
}

public static class ServiceDiscoveryHttpClientBuilderExtensions
{
    /// <summary>Sends requests to <c>scheme+scheme://service</c> to the addresses in the configuration.</summary>
    public static IHttpClientBuilder AddServiceDiscovery(this IHttpClientBuilder httpClientBuilder)
    {
        ArgumentNullException.ThrowIfNull(httpClientBuilder);

        httpClientBuilder.Services.AddServiceDiscovery();

        // Innermost, so that each attempt of a retry goes to the next address.
        httpClientBuilder.ConfigureAdditionalHttpMessageHandlers((handlers, services) =>
            handlers.Add(new ResolvingHandler(services.GetRequiredService<ConfiguredEndpoints>())));

        return httpClientBuilder;
    }
}
