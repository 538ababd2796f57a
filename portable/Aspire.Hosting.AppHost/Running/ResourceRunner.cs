using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Portable;

/// <summary>The life of one resource: waits, starts, is watched, is restarted, stops.</summary>
internal sealed class ResourceRunner(
    IResource resource, IReadOnlyList<Instance> instances, bool runsToCompletion, IServiceProvider services)
    : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GoodRun = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly ResourceNotificationService _notifications = services.GetRequiredService<ResourceNotificationService>();
    private readonly IDistributedApplicationEventing _eventing = services.GetRequiredService<IDistributedApplicationEventing>();
    private readonly ProcessPlanner _planner = services.GetRequiredService<ProcessPlanner>();
    private readonly ResourceLoggerService _loggers = services.GetRequiredService<ResourceLoggerService>();
    private readonly HostConsole _console = services.GetRequiredService<HostConsole>();
    private readonly TimeProvider _clock = services.GetRequiredService<TimeProvider>();
    private readonly Lock _gate = new();
    private CancellationTokenSource? _stop;
    private Task _life = Task.CompletedTask;
    private int _running;

    public IResource Resource { get; } = resource;
    public IReadOnlyList<Instance> Instances { get; } = instances;
    public bool IsServer => Resource.HasAnnotationOfType<LocalServerAnnotation>();
    public bool HasProcesses => Volatile.Read(ref _running) > 0;

    private string EndState => Resource is ContainerResource ? KnownResourceStates.Exited : KnownResourceStates.Finished;

    public bool WaitsFor(IResource other) =>
        Resource.Annotations.OfType<WaitAnnotation>().Any(wait => ReferenceEquals(wait.Resource, other));

    public void Start()
    {
        lock (_gate)
        {
            if (_stop is not null) return;

            _stop = new();
            _life = Task.Run(() => LiveAsync(_stop.Token));
        }
    }

    public async Task StopAsync()
    {
        CancellationTokenSource? stop;

        lock (_gate) (stop, _stop) = (_stop, null);

        if (stop is null) return;

        await stop.CancelAsync();
        await _life;
        stop.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    public async Task PublishInitialStateAsync(CancellationToken ct)
    {
        var urls = await ResourceUrls.OfAsync(Resource, services.GetRequiredService<DistributedApplicationExecutionContext>(), ct);

        await PublishAsync(snapshot => snapshot with
        {
            ResourceType = Resource.GetType().Name.Replace("Resource", ""),
            State = KnownResourceStates.NotStarted,
            CreationTimeStamp = Now,
            HealthReports = HealthWatch.Unknown(Resource),
            IsHidden = Resource is ParameterResource,
            Urls = [.. urls],
        });
    }

    private DateTime Now => _clock.GetUtcNow().UtcDateTime;

    private async Task LiveAsync(CancellationToken ct)
    {
        try
        {
            if (Resource is ContainerResource && !IsServer)
            {
                await NotStartedAsync("needs a container engine; the portable host leaves it out");
                return;
            }

            if (Resource.HasAnnotationOfType<WaitAnnotation>()) await StateAsync(KnownResourceStates.Waiting);

            await _notifications.WaitForDependenciesAsync(Resource, ct);
            await StateAsync(KnownResourceStates.Starting);
            await _eventing.PublishAsync(new BeforeResourceStartedEvent(Resource, services), ct);

            await (Resource switch
            {
                ProjectResource or ExecutableResource or ContainerResource => RunProcessesAsync(ct),
                ParameterResource and not IResourceWithConnectionString => ResolveAsync((ParameterResource)Resource, ct),
                _ => BeThereAsync(ct),
            });
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await StateAsync(EndState);
        }
        catch (MissingParameterValueException e) when (Resource is ParameterResource)
        {
            await FailedAsync(KnownResourceStates.ValueMissing, e);
        }
#pragma warning disable CA1031 // whatever goes wrong with one resource is shown, and must not take down the others
        catch (Exception e)
        {
            await FailedAsync(KnownResourceStates.FailedToStart, e);
        }
#pragma warning restore CA1031
    }

    private async Task RunProcessesAsync(CancellationToken ct)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var health = new HealthWatch(Resource, services).WatchAsync(all.Token);

        try
        {
            await Task.WhenAll(Instances.Select(instance => RunAsync(instance, ct)));
        }
        finally
        {
            await all.CancelAsync();
            await health;
        }
    }

    private async Task RunAsync(Instance instance, CancellationToken ct)
    {
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var plan = await _planner.PlanAsync(instance, ct);
            var began = _clock.GetTimestamp();
            var code = await RunOnceAsync(instance, plan, ct);

            if (_clock.GetElapsedTime(began) >= GoodRun) pause = ShortestPause;

            var ends = ct.IsCancellationRequested || code == 0 || runsToCompletion;
            await EndedAsync(instance, ends ? EndState : "Restarting", code);

            if (code != 0 && !ct.IsCancellationRequested)
            {
                _console.Problem(Resource.Name, ends ? $"Ended with code {code}." : $"Ended with code {code}; starts again in {pause.TotalSeconds:0} s.");
                ShowLastLines();
            }

            if (ends) return;

            await Task.Delay(pause, _clock, ct);
        }
    }

    private async Task<int> RunOnceAsync(Instance instance, ProcessPlan plan, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        using var child = _planner.Start(instance, plan, line => OnLine(instance, line));
        Interlocked.Increment(ref _running);

        try
        {
            await PublishAsync(instance, snapshot => snapshot with
            {
                State = KnownResourceStates.Running,
                StartTimeStamp = Now,
                StopTimeStamp = null,
                ExitCode = null,
                HealthReports = HealthWatch.Unknown(Resource),
                Properties = [new("executable.pid", child.Id)],
            });

            var exit = child.WaitForExitAsync();
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = ct.Register(stopped.SetResult);

            if (await Task.WhenAny(exit, stopped.Task) == stopped.Task)
            {
                await PublishAsync(instance, snapshot => snapshot with { State = KnownResourceStates.Stopping });
                await child.StopAsync(Grace);
            }

            return await exit;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private void OnLine(Instance instance, string line)
    {
        line = HostConsole.WithoutColours(line);
        _loggers.Add(Resource.Name, Instances.Count == 1 ? line : $"[{instance.Number}] {line}");

        // What a one-time task prints is meant to be read (sign-in data, what was migrated).
        if (runsToCompletion) _console.Line(Resource.Name, line, null);
    }

    private void ShowLastLines()
    {
        if (runsToCompletion) return;

        foreach (var line in _loggers.LastLines(Resource.Name, 20)) _console.Line(Resource.Name, $"  {line}", null);

        _console.Line(Resource.Name, $"The whole log: {_loggers.FileOf(Resource.Name)}", null);
    }

    private async Task ResolveAsync(ParameterResource parameter, CancellationToken ct)
    {
        await parameter.GetValueAsync(ct);
        await PublishAsync(snapshot => snapshot with { State = KnownResourceStates.Running, IsHidden = true });
        await new HealthWatch(Resource, services).WatchAsync(ct);
    }

    /// <summary>A database, or a connection string: it is there as soon as what it belongs to is.</summary>
    private async Task BeThereAsync(CancellationToken ct)
    {
        if (Resource is IResourceWithParent { Parent: { } parent }) await _notifications.WaitForResourceHealthyAsync(parent.Name, ct);

        if (Resource is IResourceWithConnectionString { } source) await source.GetConnectionStringAsync(ct);

        await StateAsync(KnownResourceStates.Running);
        await _eventing.PublishAsync(new ConnectionStringAvailableEvent(Resource, services), ct);
        await new HealthWatch(Resource, services).WatchAsync(ct);
        ct.ThrowIfCancellationRequested();
    }

    private Task NotStartedAsync(string reason) => PublishAsync(snapshot => snapshot with
    {
        State = KnownResourceStates.NotStarted,
        Properties = [new("reason", reason)],
    });

    private async Task FailedAsync(string state, Exception e)
    {
        _console.Problem(Resource.Name, e.Message);
        _loggers.Add(Resource.Name, e is DistributedApplicationException ? e.Message : e.ToString());
        await PublishAsync(snapshot => snapshot with
        {
            State = new(state, KnownResourceStateStyles.Error),
            StopTimeStamp = Now,
            IsHidden = false,
            Properties = [new("reason", e.Message.Split('\n')[0])],
        });
    }

    private Task EndedAsync(Instance instance, string state, int code) => PublishAsync(instance, snapshot => snapshot with
    {
        State = new(state, code == 0 ? null : KnownResourceStateStyles.Error),
        ExitCode = code,
        StopTimeStamp = Now,
    });

    private Task StateAsync(string state) => PublishAsync(snapshot => snapshot with { State = state });

    private async Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        foreach (var instance in Instances) await PublishAsync(instance, change);
    }

    private Task PublishAsync(Instance instance, Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        _notifications.PublishUpdateAsync(Resource, instance.Id, change);
}
