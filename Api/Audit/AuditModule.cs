using Microsoft.Extensions.Options;
using Platform.Core.Audit;

namespace Platform.Api.Audit;

internal static class AuditModule
{
    public static IServiceCollection AddAuditModule(this IServiceCollection services) => services
        .AddAudit()
        .AddSingleton<TrailReading>()
        .AddSingleton(provider => provider.GetRequiredService<IOptions<AuditOptions>>().Value.NewSeal())
        .AddHostedService<AuditKeeper>()
        .AddSingleton<IValidateOptions<AuditOptions>, AuditOptionsValidator>()
        .AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateOnStart()
        .Validate(audit => audit.HasLongFormerKeys, "Audit:FormerCheckpointKeys: a key is shorter than any ever was.")
        .Services;

    public static void MapAuditModule(this ApiAreas areas)
    {
        areas.Staff.MapStaffAudit();
        areas.Tenant.MapTenantAudit();
    }
}
