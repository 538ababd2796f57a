using Microsoft.Extensions.Options;
using Platform.Api.Bookings;
using Platform.Api.Catalogue;
using Platform.Core.Bookings;

namespace Platform.Api.Public;

internal static class PublicModule
{
    public static IServiceCollection AddPublicModule(this IServiceCollection services) => services
        .AddSingleton(provider => new ManageLinks(provider.GetRequiredService<IOptions<ManageLinkOptions>>().Value.Key))
        .AddSingleton<IValidateOptions<ManageLinkOptions>, ManageLinkOptionsValidator>()
        .AddOptions<ManageLinkOptions>().BindConfiguration(ManageLinkOptions.Section).ValidateOnStart().Services;

    public static void MapPublicModule(this ApiAreas areas)
    {
        areas.PublicTenant.MapPublicSlots();
        areas.PublicTenantInTransactions.MapPublicServices();
        areas.PublicTenantInTransactions.MapPublicBookings(areas.PublicTenant);
        areas.PublicTenantInTransactions.MapPublicWaitlist();
    }
}
