using Platform.Core.Metrics;

namespace Platform.Api.Operations;

internal static class OperationsModule
{
    public static IServiceCollection AddOperationsModule(this IServiceCollection services) => services
        .AddMetricsQueries()
        .AddSingleton<EventBroker>();

    public static void MapOperationsModule(this ApiAreas areas)
    {
        areas.StaffInTransactions.MapEvents();
        areas.StaffInTransactions.MapSystem();
        areas.Staff.MapMetrics();
        areas.Staff.MapMails();
    }
}
