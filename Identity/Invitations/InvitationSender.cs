using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Mail;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Identity.Accounts;
using Platform.Identity.Text;

namespace Platform.Identity.Invitations;

internal sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary><c>smtp://[user:password@]host:port</c>; without it invitations wait.</summary>
    public Uri? Url { get; init; }

    [Required]
    public string From { get; init; } = "Platform <no-reply@platform.example>";
}

/// <summary>Sends the mails that are owed, each until the mail server takes it or five attempts have failed.</summary>
internal sealed class InvitationSender(
    IServiceScopeFactory scopes, IOptions<MailOptions> mail, IConfiguration configuration, TimeProvider clock,
    ILogger<InvitationSender> log) : BackgroundService
{
    private const int Attempts = 5;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>After the first failure; each further one waits four times as long.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>For one mail; less than <see cref="RetryAfter"/>.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (mail.Value.Url is null)
        {
            log.LogWarning("Invitations are not sent: there is no Mail:Url");
            return;
        }

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
                log.LogError(e, "Invitations wait"); // for the database: a mail that fails is no exception here
            }

            await Task.Delay(Beat, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False if none is due.</returns>
    private async Task<bool> SendNextAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();

        var now = clock.GetUtcNow();
        if (await ClaimAsync(db, now, ct) is not [var invitation]) return false;

        // Somebody who has come in meanwhile, or is not to come in, needs no mail.
        var account = await accounts.FindByIdAsync(invitation.AccountId.ToString(CultureInfo.InvariantCulture));
        var isOwed = account is { PasswordHash: null, DeactivatedAt: null };
        var isSent = isOwed && await TrySendAsync(invitation, account!, accounts, ct);
        var done = db.Set<Invitation>().Where(i => i.Id == invitation.Id);
        if (isSent)
        {
            await done.ExecuteUpdateAsync(set => set.SetProperty(i => i.SentAt, now), ct);
        }
        else if (!isOwed || invitation.Attempts >= Attempts)
        {
            await done.ExecuteUpdateAsync(set => set.SetProperty(i => i.FailedAt, now), ct);
        }

        return true;
    }

    /// <summary>
    /// Takes the next mail that is due, for the time an attempt may take and more: nobody else sends it meanwhile, and
    /// if this process dies it is sent again.
    /// </summary>
    private static Task<List<Invitation>> ClaimAsync(IdentityDb db, DateTimeOffset now, CancellationToken ct) =>
        db.Set<Invitation>()
            .FromSql($"""
                update invitations
                set attempts = attempts + 1, next_attempt_at = {now} + {RetryAfter} * power(4, attempts)
                where id = (
                    select id from invitations where sent_at is null and failed_at is null and next_attempt_at <= {now}
                    order by id limit 1 for update skip locked)
                returning *
                """)
            .AsNoTracking().ToListAsync(ct);

    private async Task<bool> TrySendAsync(
        Invitation invitation, Account account, UserManager<Account> accounts, CancellationToken ct)
    {
        try
        {
            var issuer = configuration["Identity:Issuer"]!.TrimEnd('/');
            var link = await InvitationTokens.LinkAsync(accounts, account, issuer);
            await SendAsync(invitation, account, link, ct);
            return true;
        }
        catch (Exception e) when (
            e is SmtpException or FormatException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            log.LogWarning(
                "Invitation {Id} was not taken, attempt {Attempt}: {Reason}",
                invitation.Id, invitation.Attempts, e.GetType().Name);
            return false;
        }
    }

    private async Task SendAsync(Invitation invitation, Account account, string link, CancellationToken ct)
    {
        var texts = Texts.Of(account.Locale);
        using var message = new MailMessage(mail.Value.From, account.Email!)
        {
            Subject = texts.InvitationSubject(invitation.Organisation ?? "Platform"),
            SubjectEncoding = Encoding.UTF8,
            Body = texts.InvitationBody(account.Name, invitation.Organisation ?? "Platform", link),
            BodyEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        message.Headers.Add("Message-ID", $"<invitation.{invitation.Id}@{message.From!.Host}>");
        message.Headers.Add("Auto-Submitted", "auto-generated");

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        using var client = Smtp.Client(mail.Value.Url!);
        await client.SendMailAsync(message, limit.Token);
    }
}
