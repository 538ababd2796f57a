using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;

namespace Platform.Identity.OpenIddictEngine;

/// <summary>A notice to an application that a session has ended.</summary>
internal sealed class LogoutNotice
{
    public long Id { get; private init; }
    public required string ClientId { get; init; }
    public required long AccountId { get; init; }
    public required string Sid { get; init; }
    public int Attempts { get; init; }
    public required DateTimeOffset NextAttemptAt { get; init; }
}

internal sealed class LogoutNoticeConfiguration : IEntityTypeConfiguration<LogoutNotice>
{
    public void Configure(EntityTypeBuilder<LogoutNotice> notice) => notice.ToTable("logout_notices");
}

/// <summary>
/// OpenID Connect Back-Channel Logout: notifies each application until it accepts or seven attempts have failed. The
/// notices are stored in the database, so none is lost with a process, and each replica sends some.
/// </summary>
internal sealed class LogoutNotices(
    IServiceScopeFactory scopes, IHttpClientFactory http, SigningKeys keys, Catalogue catalogue, TimeProvider clock,
    IConfiguration configuration, ILogger<LogoutNotices> log) : BackgroundService
{
    public const string HttpClientName = "back-channel-logout";
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private const int Attempts = 7;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10); // four times as long after each failure
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SendNextAsync(stoppingToken))
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "Notices of sign-outs wait");
            }

            await Task.Delay(PollInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False if none is due.</returns>
    private async Task<bool> SendNextAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        var now = clock.GetUtcNow();

        // Claimed for longer than an attempt may last: no other replica sends them, and if this process dies they are sent again.
        var due = await db.Set<LogoutNotice>().FromSql($"""
            update logout_notices
            set attempts = attempts + 1, next_attempt_at = {now} + {RetryAfter} * power(4, attempts)
            where id in (
                select id from logout_notices where next_attempt_at <= {now} order by next_attempt_at limit 20 for update skip locked)
            returning *
            """).AsNoTracking().ToListAsync(ct);

        await keys.RefreshAsync(ct);
        var done = await Task.WhenAll(due.Select(async notice =>
            (notice.Id, IsOver: await TrySendAsync(notice, ct) || notice.Attempts >= Attempts)));
        var over = done.Where(notice => notice.IsOver).Select(notice => notice.Id).ToList();
        await db.Set<LogoutNotice>().Where(notice => over.Contains(notice.Id)).ExecuteDeleteAsync(ct);
        return due is not [];
    }

    private async Task<bool> TrySendAsync(LogoutNotice notice, CancellationToken ct)
    {
        if (catalogue.Find(notice.ClientId)?.BackChannelLogoutUri is not { } uri) return true;

        try
        {
            using var client = http.CreateClient(HttpClientName);
            using var form = new FormUrlEncodedContent([new("logout_token", TokenFor(notice))]);
            using var answer = await client.PostAsync(new Uri(uri), form, ct);
            if (answer.IsSuccessStatusCode) return true;

            log.LogWarning("{ClientId} answered {Status} to a sign-out, attempt {Attempt}", notice.ClientId, (int)answer.StatusCode, notice.Attempts);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            log.LogWarning("{ClientId} did not accept the notice of a sign-out, attempt {Attempt}: {Reason}", notice.ClientId, notice.Attempts, e.GetType().Name);
        }

        return false;
    }

    private string TokenFor(LogoutNotice notice)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "logout+jwt",
            Issuer = configuration["Identity:Issuer"]!.TrimEnd('/'),
            Audience = notice.ClientId,
            IssuedAt = now,
            Expires = now + TokenLifetime,
            SigningCredentials = keys.Current,
            Claims = new Dictionary<string, object>
            {
                ["jti"] = Guid.CreateVersion7().ToString(),
                ["sub"] = $"{notice.AccountId}",
                ["sid"] = notice.Sid,
                ["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>() },
            },
        });
    }
}
