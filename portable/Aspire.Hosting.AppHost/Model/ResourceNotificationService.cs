using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Knows the state of every resource, and tells of changes.</summary>
public class ResourceNotificationService : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly CancellationTokenSource _disposed = new();

    internal ResourceNotificationService(ResourceLoggerService loggers) => Loggers = loggers;

    internal ResourceLoggerService Loggers { get; }

    public async Task WaitForResourceAsync(
        string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        await WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var wanted = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reached = await WaitForResourceAsync(
            resourceName, e => e.Snapshot.State is { } state && wanted.Contains(state.Text), cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, WaitBehavior.StopOnResourceUnavailable, cancellationToken);

    /// <summary>Returns once it runs, all its health checks pass, and what was to follow its start has been done.</summary>
    /// <exception cref="DistributedApplicationException">It has failed or ended, and one does not want to wait for more.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var reached = await ReadyOrLostAsync(resourceName, waitBehavior, cancellationToken);
        return IsReady(reached) ? reached : throw new DistributedApplicationException(Describe(reached) + LastLines(reached));
    }

    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var e in WatchAsync(cancellationToken))
        {
            if (string.Equals(e.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(e)) return e;
        }

        throw new OperationCanceledException($"The wait for '{resourceName}' ended with the application.");
    }

    /// <summary>Waits for everything that the resource waits for.</summary>
    /// <exception cref="DistributedApplicationException">One of them can no longer come; the others are not awaited.</exception>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = resource.Annotations.OfType<WaitAnnotation>().Select(wait => WaitForAsync(resource, wait, enough.Token)).ToArray();

        try
        {
            await foreach (var wait in Task.WhenEach(waits).WithCancellation(cancellationToken)) await wait;
        }
        finally
        {
            await enough.CancelAsync();
        }
    }

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_gate)
        {
            return _current.TryGetValue(resourceId, out resourceEvent)
                || (resourceEvent = _current.Values.FirstOrDefault(e => e.Resource.Name == resourceId)) is not null;
        }
    }

    /// <summary>The present state of everything, then each change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var watcher = Channel.CreateUnbounded<ResourceEvent>();

        lock (_gate)
        {
            foreach (var e in _current.Values) watcher.Writer.TryWrite(e);

            if (_disposed.IsCancellationRequested) watcher.Writer.TryComplete();

            _watchers.Add(watcher);
        }

        try
        {
            await foreach (var e in watcher.Reader.ReadAllAsync(cancellationToken)) yield return e;
        }
        finally
        {
            lock (_gate) _watchers.Remove(watcher);
        }
    }

    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        string[] ids;

        lock (_gate) ids = [.. _current.Where(entry => ReferenceEquals(entry.Value.Resource, resource)).Select(entry => entry.Key)];

        foreach (var id in ids.DefaultIfEmpty(resource.Name)) _ = PublishUpdateAsync(resource, id, stateFactory);

        return Task.CompletedTask;
    }

    public Task PublishUpdateAsync(
        IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_gate)
        {
            var before = _current.TryGetValue(resourceId, out var known) ? known.Snapshot
                : new CustomResourceSnapshot { ResourceType = resource.GetType().Name, Properties = [] };
            var after = new ResourceEvent(resource, resourceId, stateFactory(before));
            _current[resourceId] = after;

            foreach (var watcher in _watchers) watcher.Writer.TryWrite(after);
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed.IsCancellationRequested) return;

            _disposed.Cancel();

            foreach (var watcher in _watchers) watcher.Writer.TryComplete();
        }

        _disposed.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task WaitForAsync(IResource waiting, WaitAnnotation wait, CancellationToken ct)
    {
        var (name, behavior) = (wait.Resource.Name, wait.WaitBehavior ?? WaitBehavior.StopOnResourceUnavailable);

        switch (wait.WaitType)
        {
            case WaitType.WaitUntilHealthy:
                var ready = await ReadyOrLostAsync(name, behavior, ct);
                if (!IsReady(ready)) throw new DistributedApplicationException($"'{waiting.Name}' waits for '{name}', but: {Describe(ready)}");
                break;

            case WaitType.WaitUntilStarted:
                var started = await WaitForResourceAsync(
                    name, e => HasStarted(e) || (behavior == WaitBehavior.StopOnResourceUnavailable && IsLost(e)), ct);
                if (!HasStarted(started))
                {
                    throw new DistributedApplicationException($"'{waiting.Name}' waits for '{name}' to start, but: {Describe(started)}");
                }

                break;

            default:
                var ended = await WaitForResourceAsync(name, IsLost, ct);
                if (ended.Snapshot.ExitCode != wait.ExitCode || ended.Snapshot.State!.Text == KnownResourceStates.FailedToStart)
                {
                    throw new DistributedApplicationException(
                        $"'{waiting.Name}' waits for '{name}' to end with code {wait.ExitCode}, but: {Describe(ended)}");
                }

                break;
        }
    }

    private static bool HasStarted(ResourceEvent e) => e.Snapshot.State?.Text == KnownResourceStates.Running;

    private static bool IsReady(ResourceEvent e) =>
        HasStarted(e) && e.Snapshot is { HealthStatus: HealthStatus.Healthy, ResourceReadyEvent: not null };

    private static bool IsLost(ResourceEvent e) =>
        e.Snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);

    private async Task<ResourceEvent> ReadyOrLostAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken ct)
    {
        var reached = await WaitForResourceAsync(
            resourceName, e => IsReady(e) || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && IsLost(e)), ct);

        if (IsReady(reached)) await reached.Snapshot.ResourceReadyEvent!.EventTask.WaitAsync(ct);

        return reached;
    }

    private static string Describe(ResourceEvent e) => e.Snapshot.ExitCode is { } exit
        ? $"'{e.Resource.Name}' is {e.Snapshot.State?.Text} with code {exit}."
        : $"'{e.Resource.Name}' is {e.Snapshot.State?.Text}.";

    private string LastLines(ResourceEvent e)
    {
        var lines = Loggers.LastLines(e.Resource.Name, 15);
        return string.Concat(lines.Select(line => $"{Environment.NewLine}  {line}"));
    }
}
