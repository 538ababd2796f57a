using Microsoft.EntityFrameworkCore;
using Platform.Identity.Accounts;
using Platform.Identity.Passwords;

namespace Platform.Identity.Factors;

/// <summary>
/// Checks what people show beside a password, or instead of one. Wrong codes count as wrong passwords do and lock the
/// account in the end; callers do not learn whether a code was right while the account is locked.
/// </summary>
internal sealed class FactorChecks(
    IdentityDb db, FactorSecrets secrets, Passkeys passkeys, Credentials credentials, TimeProvider clock)
{
    private const int MaxLength = 100;

    /// <param name="account">Has shown its password.</param>
    /// <param name="code">Of the app, or a recovery code.</param>
    /// <param name="ct">Stops the check.</param>
    public async Task<SignInRejection?> CheckCodeAsync(Account account, string code, CancellationToken ct)
    {
        if (account.LockoutEnd > clock.GetUtcNow()) return SignInRejection.Locked;

        var isRight = code.Length <= MaxLength
            && (await UseTotpAsync(account.Id, code, ct) || await UseRecoveryCodeAsync(account.Id, code, ct));
        if (isRight) return await IsFreeAsync(account, ct) ? null : SignInRejection.Locked;

        return await credentials.CountFailureAsync(account.Id, ct) ? SignInRejection.Locked : SignInRejection.WrongCode;
    }

    /// <summary>Nobody can guess a passkey, so failures do not count.</summary>
    /// <returns>The account and null; or a rejection, and the account if there is one.</returns>
    public async Task<(Account? Account, SignInRejection? Rejection)> CheckPasskeyAsync(
        string? answer, CancellationToken ct)
    {
        if (await passkeys.CheckAsync(answer, ct) is not { } account) return (null, SignInRejection.WrongPasskey);
        if (!await IsFreeAsync(account, ct)) return (account, SignInRejection.Locked);

        return (account, account.DeactivatedAt is null ? null : SignInRejection.Deactivated);
    }

    /// <summary>Concurrent attempts may have locked the account.</summary>
    private Task<bool> IsFreeAsync(Account account, CancellationToken ct) =>
        credentials.ResetFailuresAsync(account.Id, keepCount: false, ct);

    private async Task<bool> UseTotpAsync(long accountId, string code, CancellationToken ct)
    {
        var rows = db.Set<Authenticator>().Where(a => a.AccountId == accountId);
        var authenticator = await rows.AsNoTracking().SingleOrDefaultAsync(ct);
        if (authenticator is null) return false;
        if (TotpCodes.FindStep(secrets.Open(authenticator), code, clock.GetUtcNow()) is not { } step) return false;

        // Of two requests with the same code, one wins.
        return await rows.Where(a => a.LastStep < step)
            .ExecuteUpdateAsync(row => row.SetProperty(a => a.LastStep, step), ct) == 1;
    }

    private async Task<bool> UseRecoveryCodeAsync(long accountId, string code, CancellationToken ct) =>
        RecoveryCodes.Hash(accountId, code) is { } hash
        && await db.Set<RecoveryCode>().Where(c => c.AccountId == accountId && c.CodeHash == hash)
            .ExecuteDeleteAsync(ct) == 1;
}
