using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Core.Audit;

namespace Platform.Api.Audit;

/// <summary>
/// Seals the audit trails from time to time and lets old segments go. Several processes may do so at once: a checkpoint
/// is written once, and what is gone is gone.
/// </summary>
internal sealed class AuditKeeper(
    AuditChains chains, IOptions<AuditOptions> options, TimeProvider clock, ILogger<AuditKeeper> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SealEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await KeepAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The process ends; the next one goes on.
        }
    }

    private async Task KeepAsync(CancellationToken ct)
    {
        try
        {
            var (count, broken) = await chains.SealAsync(ct);
            foreach (var chain in broken)
            {
                log.LogCritical("The audit trail {Chain} of tenant {TenantId} is broken at {FirstBroken}: {Fault}",
                    chain.Chain, chain.TenantId, chain.FirstBroken, chain.Fault);
            }

            var pruned = await chains.PruneAsync(TimeSpan.FromDays(options.Value.KeepDays), ct);
            if (count > 0 || pruned > 0) log.LogInformation("Audit: {Sealed} chains sealed, {Pruned} rows let go", count, pruned);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            log.LogWarning(e, "The audit trails are sealed later: the database did not answer");
        }
    }
}
