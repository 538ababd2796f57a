using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Core.Audit;

namespace Platform.Api.Audit;

/// <summary>Verifies and seals the audit trails while the process runs, and logs what it finds.</summary>
internal sealed class AuditKeeper(
    KeepAudit audit, IOptions<AuditOptions> options, TimeProvider clock, ILogger<AuditKeeper> log) : BackgroundService
{
    /// <summary>
    /// After a failure; a process that lives for less than <see cref="AuditOptions.SealEvery"/> also tries again.
    /// </summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true) await Task.Delay(await KeepAsync(stoppingToken), clock, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The process ends; the next one goes on.
        }
    }

    /// <returns>When to come again.</returns>
    private async Task<TimeSpan> KeepAsync(CancellationToken ct)
    {
        var sealEvery = options.Value.SealEvery;
        try
        {
            var kept = await audit.RunAsync(sealEvery, TimeSpan.FromDays(options.Value.KeepDays), ct);
            Log(kept);
            return kept.Next;
        }
        catch (PostgresException e) when (!e.IsTransient)
        {
            log.LogError(e, "The audit trails are not kept: the database refused");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            log.LogWarning(e, "The audit trails are sealed later: the database did not answer");
        }

        return sealEvery < RetryAfter ? sealEvery : RetryAfter;
    }

    private void Log(AuditKept kept)
    {
        foreach (var chain in kept.Broken)
        {
            log.LogCritical("The audit trail {Chain} of tenant {TenantId} is broken at {FirstBroken}: {Fault}",
                chain.Chain, chain.TenantId, chain.FirstBroken, chain.Fault);
        }

        foreach (var segment in kept.Refused)
        {
            log.LogError("The audit trail {Chain} of tenant {TenantId} is not pruned up to {UpTo}: {Reason}",
                segment.Chain, segment.TenantId, segment.UpTo, segment.Reason);
        }

        if (kept.Sealed > 0 || kept.Pruned > 0)
        {
            log.LogInformation("Audit: {Sealed} chains sealed, {Pruned} rows pruned", kept.Sealed, kept.Pruned);
        }
    }
}
