using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Identity.Accounts;
using Platform.Identity.Engine;
using Platform.Identity.Mails;

namespace Platform.Identity.Passwords;

/// <summary>Sets passwords. A change ends: other sessions, links in mails, the lock after wrong passwords.</summary>
internal sealed class PasswordChanges(
    IdentityDb db, PasswordRules rules, IPasswordHasher<Account> passwords, ISessions sessions, LoginAudit audit, TimeProvider clock)
{
    /// <summary>The account has changed since it was read: somebody else was faster.</summary>
    public const string Stale = "STALE";

    /// <param name="account">Has the new security stamp afterwards.</param>
    /// <param name="kind">One of <see cref="AuditKinds"/>.</param>
    /// <param name="keep">The session to keep, or null.</param>
    /// <returns>Null, <see cref="Stale"/>, or a code of <see cref="PasswordRules"/>.</returns>
    public async Task<string?> SetAsync(Account account, string password, string kind, string? keep, CancellationToken ct)
    {
        if (await rules.FindErrorAsync(password, account) is { } error) return error;

        var (now, old, stamp) = (clock.GetUtcNow(), account.SecurityStamp, $"{Guid.CreateVersion7():n}");
        var (hash, hadPassword) = (passwords.HashPassword(account, password), account.PasswordHash is not null);
        var count = await db.Database.ExecuteSqlAsync(
            $"""
            update accounts
            set password_hash = {hash}, security_stamp = {stamp}, concurrency_stamp = {stamp}, updated_at = {now},
                email_confirmed = email_confirmed or {keep is null}, access_failed_count = 0, lockout_end = null
            where id = {account.Id} and security_stamp = {old} and deactivated_at is null
            """,
            ct);
        if (count == 0) return Stale;

        await db.Entry(account).ReloadAsync(ct);
        await sessions.EndAllAsync(account.Id, keep, ct);
        await audit.WriteAsync(kind, account.Id.ToString(CultureInfo.InvariantCulture), null, null);
        if (hadPassword) await AccountMails.QueueAsync(db, MailKind.PasswordChanged, account, null, now, ct);
        return null;
    }
}
