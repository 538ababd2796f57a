using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Mail;

namespace Platform.Identity.Mails;

/// <summary>
/// Writes a pending mail from the current account; an invited person gets their account now.
/// </summary>
internal sealed class AccountMailWriter(
    IdentityDb db, ILookupNormalizer names, UserManager<Account> accounts, AccountMailTexts texts, TimeProvider clock)
    : IMailWriter
{
    private static readonly MailDraft NotNeeded = MailDraft.Drop("It is not needed any more.");

    public async Task<MailDraft> WriteAsync(OwedMail owed, CancellationToken ct)
    {
        var account = await FindAccountAsync(owed, ct) ?? await CreateAccountAsync(owed, ct);
        return account is not null && texts.Write(owed, account) is { } content ? MailDraft.Of(content) : NotNeeded;
    }

    private Task<Account?> FindAccountAsync(OwedMail owed, CancellationToken ct)
    {
        var email = names.NormalizeEmail(owed.Recipient);
        return db.Users.AsNoTracking().SingleOrDefaultAsync(
            account => account.DeactivatedAt == null
                && (owed.OwnerId == null ? account.NormalizedEmail == email : account.Id == owed.OwnerId),
            ct);
    }

    /// <summary>Of somebody who signs up or is invited. A deactivated account stays so.</summary>
    private async Task<Account?> CreateAccountAsync(OwedMail owed, CancellationToken ct)
    {
        IPersonDetails? person = owed.Kind switch
        {
            MailKind.SignUp => JsonSerializer.Deserialize<SignUpMailRequest>(owed.Data!),
            MailKind.Joining => JsonSerializer.Deserialize<InvitationMailRequest>(owed.Data!),
            _ => null,
        };
        if (person is null) return null;

        var account = Account.New(person.Email, person.Name, person.Locale!, clock.GetUtcNow());
        try
        {
            var result = await accounts.CreateAsync(account);
            return result.Succeeded ? account : null;
        }
        catch (DbUpdateException)
        {
            return await FindAccountAsync(owed, ct); // another mail to the same address has made it just now
        }
    }
}
