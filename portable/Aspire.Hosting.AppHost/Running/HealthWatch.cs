using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Portable;

/// <summary>Asks the health checks of a resource while it runs, and announces once that it is ready.</summary>
internal sealed class HealthWatch(IResource resource, IServiceProvider services)
{
    private static readonly TimeSpan UntilReady = TimeSpan.FromMilliseconds(100), OnceHealthy = TimeSpan.FromSeconds(5);

    private readonly ResourceNotificationService _notifications = services.GetRequiredService<ResourceNotificationService>();
    private readonly HealthCheckService _checks = services.GetRequiredService<HealthCheckService>();
    private readonly TimeProvider _clock = services.GetRequiredService<TimeProvider>();
    private readonly HashSet<string> _keys = [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key)];
    private bool _announced;

    /// <summary>Before the first check: nothing is known, which is not healthy.</summary>
    public static ImmutableArray<HealthReportSnapshot> Unknown(IResource resource) =>
        [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => new HealthReportSnapshot(check.Key, null, null, null))];

    /// <summary>Ends when cancelled, without an exception.</summary>
    public async Task WatchAsync(CancellationToken ct)
    {
        try
        {
            while (true) await Task.Delay(await CheckAsync(ct) ? OnceHealthy : UntilReady, _clock, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // It has stopped.
        }
    }

    private async Task<bool> CheckAsync(CancellationToken ct)
    {
        if (!_notifications.TryGetCurrentState(resource.Name, out var now) || now.Snapshot.State?.Text != KnownResourceStates.Running)
        {
            return false;
        }

        var report = _keys.Count == 0 ? null : await _checks.CheckHealthAsync(check => _keys.Contains(check.Name), ct);

        if (report is not null) await PublishAsync(report);

        var isHealthy = report is null or { Status: HealthStatus.Healthy };

        if (!isHealthy || _announced) return isHealthy;

        _announced = true;
        var ready = services.GetRequiredService<IDistributedApplicationEventing>()
            .PublishAsync(new ResourceReadyEvent(resource, services), ct);
        await _notifications.PublishUpdateAsync(resource, snapshot => snapshot with { ResourceReadyEvent = new(ready) });
        return true;
    }

    private async Task PublishAsync(HealthReport report)
    {
        ImmutableArray<HealthReportSnapshot> reports = [.. report.Entries.Select(entry =>
            new HealthReportSnapshot(entry.Key, entry.Value.Status, entry.Value.Description, entry.Value.Exception?.Message))];

        await _notifications.PublishUpdateAsync(
            resource, snapshot => snapshot.State?.Text == KnownResourceStates.Running ? snapshot with { HealthReports = reports } : snapshot);
    }
}

internal static class ResourceUrls
{
    public static async Task<IEnumerable<UrlSnapshot>> OfAsync(
        IResource resource, DistributedApplicationExecutionContext execution, CancellationToken ct)
    {
        if (resource is not IResourceWithEndpoints owner) return [];

        List<ResourceUrlAnnotation> urls = [.. owner.GetEndpoints().Select(
            endpoint => new ResourceUrlAnnotation { Url = endpoint.Url, Endpoint = endpoint })];
        var context = new ResourceUrlsCallbackContext(execution, resource, urls, ct);

        foreach (var annotation in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>()) await annotation.Callback(context);

        return urls.Select(url => new UrlSnapshot(url.DisplayText, url.Url, url.DisplayLocation == UrlDisplayLocation.DetailsOnly));
    }
}
