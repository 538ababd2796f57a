using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Contracts.Platform;
using Platform.Core.Metrics;

namespace Platform.Api.Metrics;

internal static class MetricsEndpoints
{
    public static void MapMetrics(this RouteGroupBuilder staff) =>
        staff.MapGet("/metrics/overview", Overview).WithTags("Metrics");

    private static async Task<Ok<MetricsOverview>> Overview(MetricsQuery metrics, CancellationToken ct) =>
        TypedResults.Ok(await metrics.OverviewAsync(ct));
}
