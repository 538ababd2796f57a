using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Platform.Identity.Accounts;

namespace Platform.Identity.Passwords;

/// <summary>
/// Hashes passwords in Unicode normalisation form C (NIST SP 800-63B, 3.1.1.2), because keyboards send the same
/// character in several forms.
/// </summary>
internal sealed class UnicodePasswordHasher(IOptions<PasswordHasherOptions> options) : PasswordHasher<Account>(options)
{
    public override string HashPassword(Account user, string password) => base.HashPassword(user, Normalize(password));

    public override PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword) =>
        base.VerifyHashedPassword(user, hashedPassword, Normalize(providedPassword));

    /// <summary>
    /// Text that is not well-formed has no normal form. <see cref="PasswordRules"/> refuses it as a new password.
    /// </summary>
    internal static string Normalize(string password) =>
        PasswordRules.IsWellFormed(password) ? password.Normalize(NormalizationForm.FormC) : password;
}
