using System.Net;
using Microsoft.EntityFrameworkCore;
using Platform.Identity.Accounts;

namespace Platform.Identity.People;

/// <summary>
/// Reports to the Api what people change about themselves. The changes are marked in the database, so none is lost
/// with a process or during an outage of the Api.
/// </summary>
internal sealed class ProfileSync(IServiceScopeFactory scopes, ILogger<ProfileSync> log) : BackgroundService
{
    private const int BatchSize = 20;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = PollInterval;
            try
            {
                await SendAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Changed profiles wait for the Api: {Reason}", e.GetType().Name);
                pause = RetryInterval;
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        var people = scope.ServiceProvider.GetRequiredService<PersonDirectory>();

        var changed = await db.Users.AsNoTracking().Where(account => account.ProfileChangedAt != null)
            .OrderBy(account => account.ProfileChangedAt).Take(BatchSize).ToListAsync(ct);
        foreach (var account in changed)
        {
            var status = await people.PutProfileAsync(account.Id, new(account.Name, account.Locale, account.Email!), ct);
            if (status == HttpStatusCode.Conflict)
            {
                log.LogError("The Api has the e-mail address of account {AccountId} for another person", account.Id);
            }

            // Another change in between has another time, and is sent next.
            var sent = account.ProfileChangedAt;
            await db.Users.Where(a => a.Id == account.Id && a.ProfileChangedAt == sent)
                .ExecuteUpdateAsync(row => row.SetProperty(a => a.ProfileChangedAt, (DateTimeOffset?)null), ct);
        }
    }
}
