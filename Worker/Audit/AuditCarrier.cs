using Npgsql;
using Platform.Core.Audit;

namespace Platform.Worker.Audit;

/// <summary>Carries audit rows into their chains as they are committed; any number of workers side by side.</summary>
internal sealed class AuditCarrier(CarryAudit audit, TimeProvider clock, ILogger<AuditCarrier> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var isWell = await CarryAsync(stoppingToken);
            await Task.Delay(isWell ? Poll : AfterFailure, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A failure for one tenant does not delay others.</summary>
    private async Task<bool> CarryAsync(CancellationToken ct)
    {
        var isWell = true;
        try
        {
            foreach (var tenant in await audit.WaitingAsync(ct))
            {
                try
                {
                    await audit.RunAsync(tenant, ct);
                }
                catch (PostgresException e) when (!e.IsTransient)
                {
                    log.LogError(e, "Audit rows of tenant {TenantId} are not carried to its chain", tenant);
                    isWell = false;
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            log.LogWarning(e, "Audit rows wait for PostgreSQL");
            isWell = false;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The process ends; the rows stay where they are.
        }

        return isWell;
    }
}
