using Platform.Api.Access;
using Platform.Core.Licensing;

namespace Platform.Api.Licensing;

internal static class LicensingModule
{
    public static IServiceCollection AddLicensingModule(this IServiceCollection services) => services
        .AddLicensing()
        .AddSingleton<AccessSignals>()
        .AddHostedService(provider => provider.GetRequiredService<AccessSignals>())
        .AddScoped<AccessChanges>();

    public static void MapLicensingModule(this ApiAreas areas)
    {
        areas.StaffInTransactions.MapApplications();
        areas.StaffInTransactions.MapLicenses();
        areas.StaffInTransactions.MapLicenseList();
        areas.StaffInTransactions.MapSeats();
        areas.Staff.MapStaffGrants();
        areas.Staff.MapGrantList();
        areas.Staff.MapSeatReport();
        areas.Staff.MapStaffEntitlements();
        areas.Products.MapProducts();
        areas.Tenant.MapGrants();
        areas.Tenant.MapTenantSeatReport();
        areas.Tenant.MapEntitlements();
        areas.Tenant.MapAccessChecks();
    }
}
