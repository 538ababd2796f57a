using Microsoft.Extensions.DependencyInjection;

namespace Platform.Core.Metrics;

public static class MetricsServices
{
    public static IServiceCollection AddMetricsQueries(this IServiceCollection services) => services
        .AddSingleton<MetricsQuery>()
        .AddSingleton<TrendsQuery>();
}
