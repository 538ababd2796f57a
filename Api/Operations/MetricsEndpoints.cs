using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Http;
using Platform.Contracts.Operations;
using Platform.Core.Metrics;

namespace Platform.Api.Operations;

internal static class MetricsEndpoints
{
    public static void MapMetrics(this RouteGroupBuilder staff)
    {
        var metrics = staff.MapGroup("/metrics").WithTags("Metrics");
        metrics.MapGet("/overview", Overview);
        metrics.MapGet("/trends", Trends);
    }

    private static async Task<Ok<MetricsOverview>> Overview(MetricsQuery metrics, HttpContext http, CancellationToken ct)
    {
        var overview = await metrics.OverviewAsync(http.BypassesCache, ct);
        http.SetAge(overview.AgeSeconds);
        return TypedResults.Ok(overview);
    }

    private static async Task<Ok<MetricsTrends>> Trends(TrendsQuery metrics, HttpContext http, CancellationToken ct)
    {
        var trends = await metrics.ReadAsync(http.BypassesCache, ct);
        http.SetAge(trends.AgeSeconds);
        return TypedResults.Ok(trends);
    }

    extension(HttpContext http)
    {
        private bool BypassesCache => http.Request.GetTypedHeaders().CacheControl?.NoCache is true;
    }
}
