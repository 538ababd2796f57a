using Microsoft.Extensions.DependencyInjection;

namespace Platform.Core.Changes;

public static class ChangesServices
{
    public static IServiceCollection AddChanges(this IServiceCollection services) => services
        .AddScoped<ChangesQuery>();
}
