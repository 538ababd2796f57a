using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Duende.IdentityServer.Sessions;

/// <summary>Removes expired sessions and, where asked, tells their clients.</summary>
internal sealed class SessionCleanup(
    IServiceScopeFactory scopes,
    IOperationalStore store,
    IOptions<IdentityServerOptions> options,
    TimeProvider clock,
    ILogger<SessionCleanup> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var settings = options.Value.ServerSideSessions;
        if (!settings.RemoveExpiredSessions) return;

        using var timer = new PeriodicTimer(settings.RemoveExpiredSessionsFrequency, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CleanAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(
                    e, "Expired sessions could not be removed; trying again in {Pause}", settings.RemoveExpiredSessionsFrequency);
            }
        }
    }

    internal async Task CleanAsync(CancellationToken ct)
    {
        var settings = options.Value.ServerSideSessions;
        IReadOnlyList<Models.ServerSideSession> batch;
        do
        {
            batch = await store.TakeExpiredSessionsAsync(
                clock.GetUtcNow().UtcDateTime, settings.RemoveExpiredSessionsBatchSize, ct);
            if (!settings.ExpiredSessionsTriggerBackchannelLogout) continue;

            await using var scope = scopes.CreateAsyncScope();
            var directory = scope.ServiceProvider.GetRequiredService<SessionDirectory>();
            foreach (var session in batch) await directory.EndAsync(session.SubjectId, session.SessionId, ct);
        }
        while (batch.Count == settings.RemoveExpiredSessionsBatchSize);
    }
}
