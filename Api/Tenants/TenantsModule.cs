using Microsoft.Extensions.Options;
using Platform.Api.Access;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

internal static class TenantsModule
{
    public static IServiceCollection AddTenantsModule(this IServiceCollection services) => services
        .AddTenants()
        .AddSingleton<TenantHosts>()
        .AddScoped<TenantWork>()
        .AddScoped<ConfirmSignUp>()
        .AddScoped<ExportTenant>()
        .AddScoped<ReceiveImport>()
        .AddScoped<PurgeTenant>()
        .AddSingleton<IValidateOptions<SignUpOptions>, SignUpOptionsValidator>()
        .AddOptions<SignUpOptions>().BindConfiguration(SignUpOptions.Section).ValidateOnStart().Services
        .AddSingleton<IValidateOptions<TenancyOptions>, TenancyOptionsValidator>()
        .AddOptions<TenancyOptions>().BindConfiguration(TenancyOptions.Section).ValidateOnStart().Services;

    public static void MapTenantsModule(this ApiAreas areas)
    {
        areas.Services.MapBrand();
        areas.Services.MapSignUpConfirmation();
        areas.StaffInTransactions.MapTenants();
        areas.Staff.MapProvisioning();
        areas.Staff.MapTransfer();
        areas.Public.MapTenantLookup();
        areas.Public.MapSignUps();
    }
}
