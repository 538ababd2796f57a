using OpenIddict.Abstractions;

namespace Platform.Identity.OpenIddictEngine;

/// <summary>Ends idle sessions and removes expired rows.</summary>
internal sealed class GrantHousekeeping(
    IServiceScopeFactory scopes, AccountSessions sessions, TimeProvider clock, ILogger<GrantHousekeeping> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Used tokens are kept as long as the longest session: until then, one that comes again ends what has grown out
    /// of it.
    /// </summary>
    private static readonly TimeSpan Kept = AccountSessions.MaxLifetime + TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CleanAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "Sessions that are over stay for another while");
            }
        }
    }

    internal async Task CleanAsync(CancellationToken ct)
    {
        while (await sessions.EndExpiredAsync(ct) > 0)
        {
        }

        await using var scope = scopes.CreateAsyncScope();
        var before = clock.GetUtcNow() - Kept;
        await scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>().PruneAsync(before, ct);
        await scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>().PruneAsync(before, ct);
    }
}
