using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Core.ApiKeys;

/// <summary>
/// A key as its owner has it: <c>plk_{tenantId}_{64 hex digits}{8 hex digits}</c>. The first digits are 256 random
/// bits, the last ones a checksum, so that secret scanners and the Api recognise a key without a database.
/// </summary>
public readonly record struct ApiKeyText(long TenantId, string Text)
{
    public const string Mark = "plk_";

    private const int RandomBytes = 32, ChecksumBytes = 4, ShownDigits = 8;
    private const int Digits = 2 * (RandomBytes + ChecksumBytes);

    public byte[] Hash => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>What lists show of it.</summary>
    public string Prefix => Text[..(Text.Length - Digits + ShownDigits)];

    public static ApiKeyText New(long tenantId)
    {
        var text = $"{Mark}{tenantId}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes))}";
        return new(tenantId, text + Checksum(text));
    }

    /// <returns>Null if it is not a key of this platform.</returns>
    public static ApiKeyText? Read(string text)
    {
        if (text.Length > 100 || !text.StartsWith(Mark, StringComparison.Ordinal)) return null;
        if (text[Mark.Length..].Split('_') is not [var tenant, { Length: Digits } digits]) return null;
        if (!long.TryParse(tenant, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return null;
        if (!digits.All(char.IsAsciiHexDigitLower)) return null;

        var end = text.Length - (2 * ChecksumBytes);
        return text[end..] == Checksum(text[..end]) ? new(id, text) : null;
    }

    private static string Checksum(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)).AsSpan(0, ChecksumBytes));
}
