using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Contracts.Platform;
using Platform.Core.Metrics;

namespace Platform.Api.Metrics;

internal static class MetricsEndpoints
{
    public static void MapMetrics(this RouteGroupBuilder staff) =>
        staff.MapGet("/metrics/overview", Overview).WithTags("Metrics");

    private static async Task<Ok<MetricsOverview>> Overview(MetricsQuery metrics, HttpContext http, CancellationToken ct)
    {
        var bypassCache = http.Request.GetTypedHeaders().CacheControl?.NoCache is true;
        var overview = await metrics.OverviewAsync(bypassCache, ct);
        http.Response.Headers.Age = overview.AgeSeconds.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Ok(overview);
    }
}
