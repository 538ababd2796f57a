using System.ComponentModel.DataAnnotations;
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
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);
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
                log.LogError(e, "Invitations wait"); // for the database, that is: a mail that fails is no exception here
            }

            await Task.Delay(Beat, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False if none is due.</returns>
    private async Task<bool> SendNextAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        var now = clock.GetUtcNow();
        var due = await db.Set<Invitation>()
            .FromSql($"""
                select * from invitations where sent_at is null and failed_at is null and next_attempt_at <= {now}
                order by id limit 1 for update skip locked
                """)
            .ToListAsync(ct);
        if (due is not [var invitation]) return false;

        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        if (await accounts.FindByIdAsync($"{invitation.AccountId}") is { PasswordHash: null, DeactivatedAt: null } account)
        {
            await TryAsync(invitation, account, accounts, now, ct);
        }
        else
        {
            invitation.FailedAt = now; // somebody who has come in meanwhile, or is not to come in
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private async Task TryAsync(
        Invitation invitation, Account account, UserManager<Account> accounts, DateTimeOffset now, CancellationToken ct)
    {
        invitation.Attempts++;
        try
        {
            var link = await InvitationTokens.LinkAsync(accounts, account, configuration["Identity:Issuer"]!.TrimEnd('/'));
            await SendAsync(invitation, account, link, ct);
            invitation.SentAt = now;
        }
        catch (Exception e) when (e is SmtpException or FormatException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            log.LogWarning("Invitation {Id} was not taken, attempt {Attempt}: {Reason}", invitation.Id, invitation.Attempts, e.GetType().Name);
            invitation.NextAttemptAt = now + (RetryAfter * Math.Pow(4, invitation.Attempts - 1));
            if (invitation.Attempts >= Attempts) invitation.FailedAt = now;
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
