using System.ComponentModel.DataAnnotations;
using System.Net.Mail;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts.People;
using Platform.Identity.Accounts;

namespace Platform.Identity.Mails;

internal sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary><c>smtp://[user:password@]host:port</c>; without it, mails wait.</summary>
    public Uri? Url { get; init; }

    [Required]
    public string From { get; init; } = "Platform <no-reply@platform.example>";
}

/// <summary>Sends the mails that are owed, each until the mail server accepts it or five attempts have failed.</summary>
internal sealed class AccountMailSender(
    IServiceScopeFactory scopes, IOptions<MailOptions> mail, TimeProvider clock, ILogger<AccountMailSender> log)
    : BackgroundService
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>After the first failure; each further one waits four times as long.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);

    /// <summary>For one mail; less than <see cref="RetryInterval"/>.</summary>
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (mail.Value.Url is null)
        {
            log.LogWarning("Mails are not sent: there is no Mail:Url");
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
                log.LogError(e, "Mails wait for the database"); // a mail that fails is no exception here
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
        if (await ClaimAsync(db, now, ct) is not [var owed]) return false;

        var account = await FindAccountAsync(db, scope.ServiceProvider.GetRequiredService<ILookupNormalizer>(), owed, ct)
            ?? await CreateAccountAsync(scope.ServiceProvider, owed, now);
        var text = account is null ? null : scope.ServiceProvider.GetRequiredService<AccountMailTexts>().Write(owed, account);
        var isSent = text is not null && await TrySendAsync(owed, text, ct);
        var row = db.Set<AccountMail>().Where(m => m.Id == owed.Id);
        if (isSent)
        {
            await row.ExecuteUpdateAsync(set => set.SetProperty(m => m.SentAt, clock.GetUtcNow()), ct);
        }
        else if (text is null || owed.Attempts >= MaxAttempts)
        {
            await row.ExecuteUpdateAsync(set => set.SetProperty(m => m.FailedAt, clock.GetUtcNow()), ct);
        }

        return true;
    }

    /// <summary>
    /// Takes the next mail that is due, for longer than an attempt may last: no other process sends it then, and if this
    /// process dies, it is sent again.
    /// </summary>
    private static Task<List<AccountMail>> ClaimAsync(IdentityDb db, DateTimeOffset now, CancellationToken ct) =>
        db.Set<AccountMail>()
            .FromSql($"""
                update account_mails
                set attempts = attempts + 1, next_attempt_at = {now} + {RetryInterval} * power(4, attempts)
                where id = (
                    select id from account_mails where sent_at is null and failed_at is null and next_attempt_at <= {now}
                    order by id limit 1 for update skip locked)
                returning *
                """)
            .AsNoTracking().ToListAsync(ct);

    private static Task<Account?> FindAccountAsync(
        IdentityDb db, ILookupNormalizer names, AccountMail owed, CancellationToken ct)
    {
        var email = names.NormalizeEmail(owed.Email);
        return db.Users.AsNoTracking().SingleOrDefaultAsync(
            account => account.DeactivatedAt == null
                && (owed.AccountId == null ? account.NormalizedEmail == email : account.Id == owed.AccountId),
            ct);
    }

    /// <summary>Of somebody who signs up or is invited. A deactivated account stays so.</summary>
    private static async Task<Account?> CreateAccountAsync(IServiceProvider services, AccountMail owed, DateTimeOffset now)
    {
        IPersonDetails? person = owed.Kind switch
        {
            MailKind.SignUp => JsonSerializer.Deserialize<SignUpMailRequest>(owed.Detail!),
            MailKind.Joining => JsonSerializer.Deserialize<InvitationMailRequest>(owed.Detail!),
            _ => null,
        };
        if (person is null) return null;

        var account = Account.New(person.Email, person.Name, person.Locale!, now);
        var result = await services.GetRequiredService<UserManager<Account>>().CreateAsync(account);
        return result.Succeeded ? account : null;
    }

    private async Task<bool> TrySendAsync(AccountMail owed, MailText text, CancellationToken ct)
    {
        try
        {
            using var message = new MailMessage(mail.Value.From, text.To)
            {
                Subject = text.Subject,
                SubjectEncoding = Encoding.UTF8,
                Body = text.Body,
                BodyEncoding = Encoding.UTF8,
                HeadersEncoding = Encoding.UTF8,
            };
            message.Headers.Add("Message-ID", $"<{owed.Kind}.{owed.Id}@{message.From!.Host}>");
            message.Headers.Add("Auto-Submitted", "auto-generated");

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(SendTimeout);
            using var client = Smtp.Client(mail.Value.Url!);
            await client.SendMailAsync(message, limit.Token);
            return true;
        }
        catch (Exception e) when (
            e is SmtpException or FormatException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            log.LogWarning("Mail {Id} ({Kind}) failed, attempt {Attempt}: {Reason}", owed.Id, owed.Kind, owed.Attempts, e.GetType().Name);
            return false;
        }
    }
}
