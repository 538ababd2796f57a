using Microsoft.Extensions.DependencyInjection;

namespace Platform.Core.People;

public static class PeopleServices
{
    public static IServiceCollection AddPeople(this IServiceCollection services) => services
        .AddSingleton<PeopleDirectory>()
        .AddSingleton<ChangeProfile>();
}
