using System.Globalization;
using System.Text;

namespace Platform.Contracts.People;

/// <summary>
/// E-mail addresses: one addr-spec of RFC 5322 (and RFC 6531, beyond ASCII), without a name, a comment, a list or an IP
/// address. Only a mail can show whether it works.
/// </summary>
public static class EmailAddresses
{
    public const int MaxLength = 254; // RFC 5321, 4.5.3.1.3, without the brackets

    private const int MaxLocalOctets = 64;

    private const string Specials = "!#$%&'*+-/=?^_`{|}~";

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>Whether a mail can be sent there. The address is in its canonical form.</summary>
    public static bool IsValid(string email)
    {
        if (email.Length > MaxLength || Encoding.UTF8.GetByteCount(email) > MaxLength) return false;

        var at = email.LastIndexOf('@');
        return at > 0
            && Encoding.UTF8.GetByteCount(email.AsSpan(0, at)) <= MaxLocalOctets
            && IsLocalPart(email.AsSpan(0, at))
            && AsciiOf(email[(at + 1)..]) is not null;
    }

    /// <summary>
    /// The one form of an address that is stored and compared: without white space around it, in lower case and NFC,
    /// its domain in Unicode.
    /// </summary>
    public static string Canonical(string email)
    {
        var text = email.Trim();
        if (!PlatformJson.IsStorable(text)) return text; // not storable: validation refuses it

        text = text.Normalize().ToLowerInvariant().Normalize();
        var at = text.LastIndexOf('@');
        return at > 0 && AsciiOf(text[(at + 1)..]) is { } domain ? $"{text[..at]}@{Idn.GetUnicode(domain)}" : text;
    }

    /// <summary>A domain as the DNS has it (RFC 5890); null if it is invalid.</summary>
    private static string? AsciiOf(string domain)
    {
        // Other characters that IDNA maps to a dot are not allowed in an address.
        if (domain.Length == 0 || domain.EndsWith('.')) return null;
        if (domain.AsSpan().IndexOfAny('\u3002', '\uFF0E', '\uFF61') >= 0) return null;

        try
        {
            var ascii = Idn.GetAscii(domain).ToLowerInvariant();
            _ = Idn.GetUnicode(ascii);
            return ascii.Length <= 253 && !ascii.Split('.')[^1].All(char.IsAsciiDigit) ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsLocalPart(ReadOnlySpan<char> local) =>
        local is ['"', .. var quoted, '"'] ? IsQuoted(quoted) : IsDotAtom(local);

    private static bool IsDotAtom(ReadOnlySpan<char> local)
    {
        var afterDot = true;
        foreach (var rune in local.EnumerateRunes())
        {
            var isDot = rune.Value == '.';
            if (isDot ? afterDot : !IsAtom(rune)) return false;
            afterDot = isDot;
        }

        return !afterDot;
    }

    private static bool IsAtom(Rune rune) => rune.IsAscii
        ? Rune.IsLetterOrDigit(rune) || Specials.Contains((char)rune.Value)
        : rune != Rune.ReplacementChar && (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.OtherSymbol);

    /// <summary>RFC 5322, 3.2.4, without white space.</summary>
    private static bool IsQuoted(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '"' or (<= ' ' or >= '\u007f')) return false;
            if (text[i] == '\\' && (++i == text.Length || text[i] is <= ' ' or >= '\u007f')) return false;
        }

        return text.Length > 0;
    }
}
