using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Portable;

/// <summary>Sets the graph going and takes it down again, dependants first.</summary>
internal sealed class Orchestrator(
    DistributedApplicationModel model, DistributedApplicationOptions options, Guardian guardian, Ports ports,
    HostConsole console, Dashboard dashboard, IDistributedApplicationEventing eventing, IServiceProvider services,
    ResourceNotificationService notifications, IConfiguration configuration, TimeProvider clock) : IHostedService, IAsyncDisposable
{
    private readonly List<ResourceRunner> _runners = [];
    private readonly List<IAsyncDisposable> _proxies = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private Task _watching = Task.CompletedTask;
    private Task? _stopping;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await guardian.StartAsync(console, cancellationToken);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        await dashboard.StartAsync(guardian, cancellationToken);

        _watching = new ConsoleReport(console, notifications, clock).WatchAsync(_end.Token);

        foreach (var resource in model.Resources.ToArray())
        {
            var instances = Enumerable.Range(1, resource.GetReplicaCount()).Select(number => new Instance(resource, number));
            _runners.Add(new ResourceRunner(resource, [.. instances], IsWaitedForToComplete(resource), services));
        }

        foreach (var runner in _runners) Allocate(runner);

        foreach (var runner in _runners) await runner.PublishInitialStateAsync(_end.Token);

        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken);

        foreach (var runner in _runners.Where(runner => !runner.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>()))
        {
            runner.Start();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return _stopping ??= StopOnceAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    /// <returns>False if the command is none of start, stop and restart.</returns>
    public async Task<bool> ControlAsync(IResource resource, string command)
    {
        if (_runners.Find(runner => ReferenceEquals(runner.Resource, resource)) is not { } found) return false;

        var (starts, stops) = (
            command == KnownResourceCommands.StartCommand || command == KnownResourceCommands.RestartCommand,
            command == KnownResourceCommands.StopCommand || command == KnownResourceCommands.RestartCommand);

        if (stops) await found.StopAsync();

        if (starts) found.Start();

        return starts || stops;
    }

    private async Task StopOnceAsync()
    {
        if (_runners.Exists(runner => runner.HasProcesses)) console.Say("Stopping …");

        console.IsStopping = true;

        var stopped = new Dictionary<ResourceRunner, Task>();
        await Task.WhenAll(_runners.Where(runner => !runner.IsServer).ToArray().Select(runner => StopWithDependantsAsync(runner, stopped)));
        await Task.WhenAll(_runners.Where(runner => runner.IsServer).Select(runner => runner.StopAsync()));
        await dashboard.StopAsync();

        foreach (var proxy in _proxies) await proxy.DisposeAsync();

        await _end.CancelAsync();
        await _watching;
        notifications.Dispose();
        ports.Dispose();
        guardian.Dispose();
        _end.Dispose();
    }

    private Task StopWithDependantsAsync(ResourceRunner runner, Dictionary<ResourceRunner, Task> stopped)
    {
        // All of this runs before the first await, so that the dictionary is filled by one thread.
        if (stopped.TryGetValue(runner, out var already)) return already;

        stopped[runner] = Task.CompletedTask;
        var dependants = _runners.Where(other => other.WaitsFor(runner.Resource))
            .Select(other => StopWithDependantsAsync(other, stopped)).ToArray();

        return stopped[runner] = AfterAsync(dependants, runner);

        static async Task AfterAsync(Task[] dependants, ResourceRunner runner)
        {
            await Task.WhenAll(dependants);
            await runner.StopAsync();
        }
    }

    private bool IsWaitedForToComplete(IResource resource) => model.Resources
        .SelectMany(other => other.Annotations.OfType<WaitAnnotation>())
        .Any(wait => wait.WaitType == WaitType.WaitForCompletion && ReferenceEquals(wait.Resource, resource));

    private void Allocate(ResourceRunner runner)
    {
        foreach (var endpoint in runner.Resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (endpoint.Protocol != ProtocolType.Tcp)
            {
                throw new DistributedApplicationException($"'{runner.Resource.Name}' wants {endpoint.Protocol}: only TCP is supported.");
            }

            var port = PublicPort(runner.Resource, endpoint);
            endpoint.AllocatedEndpoint = new(endpoint, "localhost", port);
            List<int> targets = [.. runner.Instances.Select(_ => TargetPort(runner, endpoint, port))];

            foreach (var (instance, target) in runner.Instances.Zip(targets)) instance.Ports[endpoint] = target;

            if (targets is [var only] && only == port) continue;

            ports.Release(port);
            _proxies.Add(new TcpProxy(port, targets));
        }
    }

    private bool RandomizesPorts => options.ThrowAway && configuration.GetValue("DcpPublisher:RandomizePorts", defaultValue: true);

    private int PublicPort(IResource resource, EndpointAnnotation endpoint)
    {
        // A container's target port is a matter of the container; a program's is its own if nothing stands before it.
        var wanted = endpoint.Port ?? (endpoint.IsProxied || resource is ContainerResource ? null : endpoint.TargetPort);

        if (wanted is not { } port || RandomizesPorts) return ports.TakeAny();

        if (ports.TryTake(port)) return port;

        var other = ports.TakeAny();
        console.Line(resource.Name, $"Port {port} is taken by another program; using {other}.", KnownResourceStateStyles.Warn);
        return other;
    }

    private int TargetPort(ResourceRunner runner, EndpointAnnotation endpoint, int publicPort)
    {
        if (runner.Instances.Count > 1) return ports.TakeAny();

        return runner.Resource is ContainerResource || !endpoint.IsProxied ? publicPort : endpoint.TargetPort ?? publicPort;
    }
}
