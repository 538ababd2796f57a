using Microsoft.Extensions.DependencyInjection;

namespace Platform.Core.Licensing;

public static class LicensingServices
{
    public static IServiceCollection AddLicensing(this IServiceCollection services) => services
        .AddSingleton<AccessQuery>()
        .AddSingleton<AccessCache>()
        .AddSingleton<AccessDecisions>()
        .AddSingleton<ChangeGrants>()
        .AddSingleton<EntitlementQuery>()
        .AddSingleton<SeatReportQuery>();
}
