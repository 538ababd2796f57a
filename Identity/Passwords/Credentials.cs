using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts.People;
using Platform.Identity.Accounts;

namespace Platform.Identity.Passwords;

internal enum SignInRejection
{
    UnknownAccount,
    WrongPassword,
    Locked,
    Deactivated,

    /// <summary>Of an authenticator app, or for recovery.</summary>
    WrongCode,

    /// <summary>Unknown, removed or used without verifying the person.</summary>
    WrongPasskey,
}

/// <summary>
/// Checks an e-mail address and a password. Every refusal costs one password hash and one statement, so that neither
/// the answer nor its time reveals whether an account exists. Only callers with the right password learn that an
/// account is deactivated.
/// </summary>
internal sealed class Credentials(
    UserManager<Account> accounts, IPasswordHasher<Account> passwords, IdentityDb db, IOptions<IdentityOptions> options,
    TimeProvider clock)
{
    private const long NoAccount = 0;
    private static readonly Account Nobody = new();
    private static string? _hashOfNobody;

    /// <returns>The account and null; or a rejection, and the account if there is one.</returns>
    public async Task<(Account? Account, SignInRejection? Rejection)> CheckAsync(
        string email, string password, CancellationToken ct)
    {
        // PostgreSQL refuses a NUL in a parameter, and no e-mail address has a control character.
        var account = email.Any(char.IsControl) ? null : await accounts.FindByEmailAsync(EmailAddresses.Canonical(email));
        var hash = account?.LockoutEnd > clock.GetUtcNow() ? null : account?.PasswordHash;
        _hashOfNobody ??= passwords.HashPassword(Nobody, "the password of nobody");

        // Always one hash and one statement, whatever the answer will be.
        var verified = passwords.VerifyHashedPassword(account ?? Nobody, hash ?? _hashOfNobody, password);
        if (account is null || hash is null || verified == PasswordVerificationResult.Failed)
        {
            var isLocked = await CountFailureAsync(hash is null ? NoAccount : account!.Id, ct);
            if (account is null) return (null, SignInRejection.UnknownAccount);

            return (account, isLocked || account.LockoutEnd > clock.GetUtcNow() ? SignInRejection.Locked : SignInRejection.WrongPassword);
        }

        // Concurrent attempts may have locked the account while this one was hashing.
        // A second factor is still to come: the password must not buy another five guesses at it.
        if (!await ResetFailuresAsync(account.Id, account.TwoFactorEnabled, ct))
        {
            return (account, SignInRejection.Locked);
        }

        if (verified == PasswordVerificationResult.SuccessRehashNeeded) await RehashAsync(account, password, ct);

        return (account, account.DeactivatedAt is null ? null : SignInRejection.Deactivated);
    }

    /// <summary>
    /// Counts a failed attempt in one statement, so that concurrent attempts all count. The limit of a wrong second
    /// factor is the same one.
    /// </summary>
    /// <returns>Whether this attempt locked the account.</returns>
    public async Task<bool> CountFailureAsync(long accountId, CancellationToken ct)
    {
        var (limit, now) = (options.Value.Lockout.MaxFailedAccessAttempts, clock.GetUtcNow());
        var end = now + options.Value.Lockout.DefaultLockoutTimeSpan;
        var locked = await db.Database.SqlQuery<bool>($"""
            update accounts
            set access_failed_count = case when access_failed_count + 1 >= {limit} then 0 else access_failed_count + 1 end,
                lockout_end = case when access_failed_count + 1 >= {limit} then greatest(lockout_end, {end}) else lockout_end end
            where id = {accountId}
            returning access_failed_count = 0 as "Value"
            """).ToListAsync(ct);
        return locked is [true];
    }

    /// <param name="accountId">Whose failures are forgotten.</param>
    /// <param name="keepCount">Whether to say only if the account is locked.</param>
    /// <param name="ct">Stops the change.</param>
    /// <returns>False if the account is locked.</returns>
    public async Task<bool> ResetFailuresAsync(long accountId, bool keepCount, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var free = await db.Database.SqlQuery<bool>($"""
            with reset as (
                update accounts set access_failed_count = 0
                where id = {accountId} and not {keepCount} and access_failed_count > 0
                      and coalesce(lockout_end, '-infinity') <= {now})
            select coalesce(lockout_end, '-infinity') <= {now} as "Value" from accounts where id = {accountId}
            """).ToListAsync(ct);
        return free is [true];
    }

    /// <summary>Stores the password with today's cost, unless it has changed since it was read.</summary>
    private Task<int> RehashAsync(Account account, string password, CancellationToken ct)
    {
        var (old, hash) = (account.PasswordHash, passwords.HashPassword(account, password));
        return db.Users.Where(a => a.Id == account.Id && a.PasswordHash == old)
            .ExecuteUpdateAsync(row => row.SetProperty(a => a.PasswordHash, hash), ct);
    }
}
