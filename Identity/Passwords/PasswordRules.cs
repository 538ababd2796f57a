using System.Text;
using Platform.Identity.Accounts;

namespace Platform.Identity.Passwords;

/// <summary>
/// Rules for new passwords by NIST SP 800-63B: a length in characters, no composition rules, and none that is known
/// from breaches or repeats the account's own e-mail address or name.
/// </summary>
internal sealed class PasswordRules(BreachedPasswords breached)
{
    /// <summary>In Unicode code points of the normalised password.</summary>
    public const int MinLength = 10;

    /// <inheritdoc cref="MinLength" />
    public const int MaxLength = 128;

    /// <summary>In UTF-16 code units, for form fields: twice <see cref="MaxLength"/>.</summary>
    public const int MaxInput = 2 * MaxLength;

    public const string TooShort = "PASSWORD_TOO_SHORT";
    public const string TooLong = "PASSWORD_TOO_LONG";
    public const string Malformed = "PASSWORD_MALFORMED";
    public const string Personal = "PASSWORD_PERSONAL";
    public const string Breached = "PASSWORD_BREACHED";

    /// <returns>The code of the first rule that the password breaks, or null.</returns>
    public async Task<string?> FindErrorAsync(string password, Account account)
    {
        if (!IsWellFormed(password)) return Malformed;

        var normalized = UnicodePasswordHasher.Normalize(password);
        var length = normalized.EnumerateRunes().Count();
        if (length < MinLength) return TooShort;
        if (length > MaxLength) return TooLong;
        if (IsPersonal(normalized, account)) return Personal;

        return await breached.ContainsAsync(normalized) ? Breached : null;
    }

    /// <summary>Whether every surrogate has its other half. No text of a browser lacks one.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != System.Buffers.OperationStatus.Done) return false;
            rest = rest[used..];
        }

        return true;
    }

    private static bool IsPersonal(string password, Account account) =>
        new[] { account.Email, account.Email?.Split('@')[0], account.Name }
            .Any(text => text is not null && string.Equals(text, password, StringComparison.OrdinalIgnoreCase));
}
