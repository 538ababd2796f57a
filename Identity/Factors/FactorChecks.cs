using Microsoft.EntityFrameworkCore;
using Platform.Identity.Accounts;
using Platform.Identity.Passwords;

namespace Platform.Identity.Factors;

/// <summary>
/// Checks what people show beside a password, or instead of one. Wrong codes count as wrong passwords do and lock the account
/// in the end; callers do not learn whether a code was right while the account is locked.
/// </summary>
internal sealed class FactorChecks(
    IdentityDb db, FactorSecrets secrets, Passkeys passkeys, Credentials credentials, TimeProvider clock)
{
    private const int MaxLength = 100;

    /// <param name="account">Has shown its password.</param>
    /// <param name="code">Of the app, or a recovery code.</param>
    /// <param name="ct">Stops the check.</param>
    public async Task<SignInFault?> CheckCodeAsync(Account account, string code, CancellationToken ct)
    {
        if (account.LockoutEnd > clock.GetUtcNow()) return SignInFault.Locked;

        if (code.Length <= MaxLength && (await UseTotpAsync(account, code, ct) || await UseRecoveryCodeAsync(account, code, ct)))
        {
            return await credentials.ResetFailuresAsync(account.Id, keepCount: false, ct) ? null : SignInFault.Locked;
        }

        return await credentials.CountFailureAsync(account.Id, ct) ? SignInFault.Locked : SignInFault.WrongCode;
    }

    /// <summary>Nobody can guess a passkey, so failures do not count.</summary>
    /// <returns>The account and null; or a fault, and the account if there is one.</returns>
    public async Task<(Account? Account, SignInFault? Fault)> CheckPasskeyAsync(string? answer, CancellationToken ct)
    {
        if (await passkeys.CheckAsync(answer, ct) is not { } account) return (null, SignInFault.WrongPasskey);
        if (!await credentials.ResetFailuresAsync(account.Id, keepCount: false, ct)) return (account, SignInFault.Locked);

        return (account, account.DeactivatedAt is null ? null : SignInFault.Deactivated);
    }

    private async Task<bool> UseTotpAsync(Account account, string code, CancellationToken ct)
    {
        var authenticator = await db.Set<Authenticator>().AsNoTracking().SingleOrDefaultAsync(a => a.AccountId == account.Id, ct);
        if (authenticator is null) return false;
        if (TotpCodes.FindStep(secrets.Open(authenticator), code, clock.GetUtcNow()) is not { } step) return false;

        // Of two requests with the same code, one wins.
        return await db.Set<Authenticator>().Where(a => a.AccountId == account.Id && a.LastStep < step)
            .ExecuteUpdateAsync(row => row.SetProperty(a => a.LastStep, step), ct) == 1;
    }

    private async Task<bool> UseRecoveryCodeAsync(Account account, string code, CancellationToken ct) =>
        RecoveryCodes.Hash(account.Id, code) is { } hash
        && await db.Set<RecoveryCode>().Where(c => c.AccountId == account.Id && c.CodeHash == hash).ExecuteDeleteAsync(ct) == 1;
}
