using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Platform.ServiceDefaults.Processes;

/// <summary>
/// Reports in Redis that this process runs, so that staff see which processes there are and in which version. Nothing
/// depends on it: while Redis is unavailable, it reports nothing. Its times are those of the machine, because processes
/// compare them with each other.
/// </summary>
internal sealed class ProcessReport(IServiceProvider services, IHostEnvironment environment) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the connection may take a while, and the start does not wait for it
        var clock = TimeProvider.System;
        var process = new RunningProcess(
            environment.ApplicationName, Environment.MachineName, Environment.ProcessId, RunningProcesses.Version,
            clock.GetUtcNow(), clock.GetUtcNow());

        while (!stoppingToken.IsCancellationRequested)
        {
            await TryAsync(redis => RunningProcesses.ReportAsync(redis, process with { SeenAt = clock.GetUtcNow() }));
            await Task.Delay(RunningProcesses.Interval, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await TryAsync(redis => RunningProcesses.RemoveAsync(redis, process));
    }

    private async Task TryAsync(Func<IDatabase, Task> act)
    {
        try
        {
            if (services.GetService<IConnectionMultiplexer>()?.GetDatabase() is { } redis) await act(redis);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or InvalidOperationException or ObjectDisposedException)
        {
            // Without Redis there is nowhere to report to.
        }
    }
}
