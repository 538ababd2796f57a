using Microsoft.Extensions.DependencyInjection;

namespace Platform.Core.Audit;

public static class AuditServices
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton<AccessRecorder>()
        .AddSingleton<AuditSearch>()
        .AddSingleton<CarryAudit>()
        .AddSingleton<AuditChains>()
        .AddSingleton<KeepAudit>();
}
