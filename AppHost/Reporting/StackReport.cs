using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.AppHost.Servers;

namespace Platform.AppHost.Reporting;

/// <summary>
/// Reports on the console what the dashboard shows: each resource as it becomes ready, then the table of addresses,
/// and from the start every problem with its reason. A local server that cannot start ends the stack, because nothing
/// works without it.
/// </summary>
internal sealed class StackReport(
    ResourceNotificationService notifications,
    FailureReasons reasons,
    StackSummary summary,
    DistributedApplicationModel model,
    IHostApplicationLifetime lifetime,
    ILogger<StackReport> log) : BackgroundService, IHostedLifecycleService
{
    /// <summary>Of a process that a signal ended.</summary>
    private const int KilledExitCode = -1;

    private readonly Dictionary<string, ResourceEvent> _ready = []; // by replica
    private readonly HashSet<string> _onceReady = [];
    private readonly Dictionary<string, string> _problems = [];
    private bool _complete;

    /// <summary>Watches before Aspire starts the resources; only then do they become ready in their order.</summary>
    public Task StartingAsync(CancellationToken cancellationToken) => base.StartAsync(cancellationToken);

    public override Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var declared = model.Resources.Where(StackSummary.IsProcess).ToDictionary(resource => resource.Name);

        await foreach (var change in notifications.WatchAsync(stoppingToken))
        {
            if (!declared.ContainsKey(change.Resource.Name) || lifetime.ApplicationStopping.IsCancellationRequested) continue;

            await ShowAsync(change, stoppingToken);
            if (_complete || !declared.Values.All(IsReady)) continue;

            _complete = true;
            var table = await summary.PublishAsync(_ready.Values, TimeProvider.System.GetElapsedTime(started), stoppingToken);
            log.LogInformation("{Table}", table);
        }
    }

    private bool IsReady(IResource resource)
    {
        var replicas = resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;
        return _ready.Values.Count(replica => replica.Resource == resource) >= replicas;
    }

    private async Task ShowAsync(ResourceEvent change, CancellationToken ct)
    {
        if (ResourceStates.IsReady(change.Snapshot))
        {
            var isNew = _ready.TryAdd(change.ResourceId, change);
            _ready[change.ResourceId] = change;
            if (isNew) ShowReady(change);
            return;
        }

        var wasReady = _ready.Remove(change.ResourceId);
        if (ResourceStates.IsFailure(change.Snapshot)) await ShowFailureAsync(change, ct);
        else if (wasReady && change.Snapshot.State?.Text == KnownResourceStates.Running) ShowUnhealthy(change);
    }

    private void ShowReady(ResourceEvent change)
    {
        var isFirst = _onceReady.Add(change.ResourceId);
        if (_problems.Remove(change.ResourceId)) log.LogInformation("{Resource} is healthy again.", change.Resource.Name);
        else if (isFirst && !_complete) log.LogInformation("{Resource} is ready.", change.Resource.Name);
    }

    private async Task ShowFailureAsync(ResourceEvent change, CancellationToken ct)
    {
        var (id, name, snapshot) = (change.ResourceId, change.Resource.Name, change.Snapshot);
        var reason = await reasons.OfAsync(id, ct);
        if (reason is "") reason = "Its log is on the dashboard.";
        var problem = snapshot.ExitCode switch
        {
            null => $"{name} did not start. {reason}",
            KilledExitCode => $"{name} was killed. {reason}",
            { } exitCode => $"{name} stopped with exit code {exitCode}. {reason}",
        };
        if (_problems.TryGetValue(id, out var known) && known == problem) return; // the same again, after a restart

        _problems[id] = problem;
        log.LogError("{Problem}", problem);
        if (change.Resource is not LocalServer || _onceReady.Contains(id)) return;

        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    private void ShowUnhealthy(ResourceEvent change)
    {
        var report = change.Snapshot.HealthReports.FirstOrDefault(check => check.Status is HealthStatus.Unhealthy or HealthStatus.Degraded);
        if (report is null) return; // not yet checked

        var problem = $"{change.Resource.Name} is unhealthy. {report.Description ?? report.Name}";
        _problems[change.ResourceId] = problem;
        log.LogWarning("{Problem}", problem);
    }
}
