using Platform.Core.Bookings;

namespace Platform.Api.Bookings;

internal static class BookingsModule
{
    public static IServiceCollection AddBookingsModule(this IServiceCollection services) => services
        .AddBookings()
        .AddScoped<SlotEndpoints.SlotFinder>();

    public static void MapBookingsModule(this ApiAreas areas)
    {
        areas.Tenant.MapSlots();
        areas.Tenant.MapImport();
        areas.TenantInTransactions.MapBookings(areas.Tenant);
        areas.TenantInTransactions.MapHolds(areas.Tenant);
        areas.TenantInTransactions.MapSeries();
        areas.TenantInTransactions.MapWaitlist();
    }
}
