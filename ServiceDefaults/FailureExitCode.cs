using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Makes a process end with exit code 1 when one of its background services has thrown. The host stops then, but with
/// exit code 0, and the orchestrator would not start it again.
/// </summary>
internal sealed class FailureExitCode(IServiceProvider services, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() =>
        {
            var background = services.GetServices<IHostedService>().OfType<BackgroundService>();
            if (background.Any(service => service.ExecuteTask is { IsFaulted: true })) Environment.ExitCode = 1;
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
