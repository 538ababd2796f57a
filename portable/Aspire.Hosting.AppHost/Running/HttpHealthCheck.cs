using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Portable;

internal sealed class HttpHealthCheck(IHttpClientFactory clients, EndpointReference endpoint, string path, int statusCode) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var client = clients.CreateClient("health");
        client.Timeout = TimeSpan.FromSeconds(5);

        try
        {
            using var response = await client.GetAsync(new Uri(new Uri(endpoint.Url), path), cancellationToken);

            return (int)response.StatusCode == statusCode ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"{path} answers {(int)response.StatusCode}, not {statusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy($"{path} does not answer: {e.Message}");
        }
    }
}
