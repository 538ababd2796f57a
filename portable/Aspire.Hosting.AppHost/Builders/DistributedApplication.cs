using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Portable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

public class DistributedApplication(IHost host) : IHost, IAsyncDisposable
{
    private readonly AppHostHooks? _hooks = AppHostHooks.Current;
    private int _disposed;

    public IServiceProvider Services => host.Services;
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) =>
        CreateBuilder(new DistributedApplicationOptions { Args = args });

    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options)
    {
        AppHostHooks.Current?.Configure(options);
        return new DistributedApplicationBuilder(options, AppHostHooks.Current?.AppHost);
    }

    /// <summary>Returns once every resource has been set going; waiting for one to be healthy is the caller's.</summary>
    public virtual async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (Services.GetRequiredService<DistributedApplicationExecutionContext>().IsPublishMode)
        {
            throw new DistributedApplicationException(
                "Publishing needs the real Aspire packages: this is the portable host, which only runs the stack. "
                + "Build with -p:Portable=false where the packages can be restored.");
        }

        await host.StartAsync(cancellationToken);
    }

    public virtual Task StopAsync(CancellationToken cancellationToken = default) => host.StopAsync(cancellationToken);

    /// <summary>Starts, waits for Ctrl+C or SIGTERM, and stops everything in order.</summary>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_hooks is not null)
        {
            // A test holds the application now and starts it itself; the AppHost's own code is done.
            await _hooks.Ended.WaitAsync(cancellationToken);
            return;
        }

        try
        {
            await StartAsync(cancellationToken);
            await host.WaitForShutdownAsync(cancellationToken);
        }
        catch (DistributedApplicationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            Environment.ExitCode = 1;
        }
        finally
        {
            await DisposeAsync();
        }
    }

    public void Run() => RunAsync().GetAwaiter().GetResult();

    Task IHost.StartAsync(CancellationToken cancellationToken) => StartAsync(cancellationToken);

    Task IHost.StopAsync(CancellationToken cancellationToken) => StopAsync(cancellationToken);

    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;

        await Services.GetRequiredService<Orchestrator>().StopAsync(CancellationToken.None);

        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            host.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}

/// <summary>
/// How a test gets hold of an AppHost whose code is ordinary top-level statements: the entry point runs with these in
/// its flow of execution, and stops at Build and at Run until the test says so.
/// </summary>
internal sealed class AppHostHooks(System.Reflection.Assembly? appHost, Action<DistributedApplicationOptions> configure) : IDisposable
{
    private static readonly AsyncLocal<AppHostHooks?> Flow = new();
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = NewSource<DistributedApplicationBuilder>();
    private readonly TaskCompletionSource<DistributedApplication> _application = NewSource<DistributedApplication>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _mayBuild = new();
    private bool _abandoned;

    public static AppHostHooks? Current => Flow.Value;

    public System.Reflection.Assembly? AppHost { get; } = appHost;

    /// <summary>The builder as the AppHost left it, just before it builds.</summary>
    public Task<DistributedApplicationBuilder> Builder => _builder.Task;

    public Task<DistributedApplication> Application => _application.Task;

    public Task Ended => _ended.Task;

    private DistributedApplicationBuilder? Draft { get; set; }

    public void Enter() => Flow.Value = this;

    public void Configure(DistributedApplicationOptions options) => configure(options);

    public void Created(DistributedApplicationBuilder builder) => Draft = builder;

    public void WaitForBuild()
    {
        _builder.TrySetResult(Draft!);
        _mayBuild.Wait();

        if (_abandoned) throw new OperationCanceledException("The test was done with the AppHost before building it.");
    }

    public void Built(DistributedApplication application) => _application.TrySetResult(application);

    public void AllowBuild() => _mayBuild.Set();

    public void Fail(Exception e)
    {
        _builder.TrySetException(e);
        _application.TrySetException(e);
    }

    /// <summary>Lets the entry point return, wherever it waits.</summary>
    public void End()
    {
        _abandoned = !_application.Task.IsCompleted && !_mayBuild.IsSet;
        _mayBuild.Set();
        _ended.TrySetResult();
    }

    public void Dispose() => _mayBuild.Dispose();

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
