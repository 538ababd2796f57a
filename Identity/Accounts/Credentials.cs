using Microsoft.AspNetCore.Identity;

namespace Platform.Identity.Accounts;

internal enum SignInFault
{
    UnknownAccount,
    WrongPassword,
    Locked,
    Deactivated,
}

/// <summary>
/// Checks an e-mail address and a password. Every refusal takes as long as a wrong password, so that neither the answer
/// nor its time tells whether an account exists. That it is deactivated learns only who knows its password.
/// </summary>
internal sealed class Credentials(
    UserManager<Account> accounts, SignInManager<Account> signIn, IPasswordHasher<Account> passwords)
{
    private static readonly Account Nobody = new();
    private static string? _hashOfNobody;

    /// <returns>The account and null; or a fault, and the account if there is one.</returns>
    public async Task<(Account? Account, SignInFault? Fault)> CheckAsync(string email, string password)
    {
        // PostgreSQL refuses a NUL in a parameter, and no address has one.
        var account = email.Any(char.IsControl) ? null : await accounts.FindByEmailAsync(email.Trim());

        if (account is null) return (null, Refuse(SignInFault.UnknownAccount, password));
        if (account.PasswordHash is null) return (account, Refuse(SignInFault.WrongPassword, password));

        var result = await signIn.CheckPasswordSignInAsync(account, password, lockoutOnFailure: true);

        if (result.Succeeded) return (account, account.DeactivatedAt is null ? null : SignInFault.Deactivated);
        if (!result.IsLockedOut) return (account, SignInFault.WrongPassword);

        // The attempt that locked the account did verify the password; the ones after it did not.
        return (account, account.AccessFailedCount == 0 ? Refuse(SignInFault.Locked, password) : SignInFault.Locked);
    }

    private SignInFault Refuse(SignInFault fault, string password)
    {
        _hashOfNobody ??= passwords.HashPassword(Nobody, "nobody's password");
        passwords.VerifyHashedPassword(Nobody, _hashOfNobody, password);
        return fault;
    }
}
