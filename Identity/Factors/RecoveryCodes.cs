using System.Security.Cryptography;
using System.Text;
using OtpNet;

namespace Platform.Identity.Factors;

/// <summary>
/// Codes for people who have lost the other factors. A code has 80 random bits, so its hash cannot be reversed by
/// trying.
/// </summary>
internal static class RecoveryCodes
{
    public const int Count = 10;
    private const int Bytes = 10;
    private const int Length = Bytes * 8 / 5; // in Base32

    public static IReadOnlyList<string> Create() =>
        [.. Enumerable.Range(0, Count).Select(_ => Grouped(RandomNumberGenerator.GetBytes(Bytes)))];

    /// <param name="accountId">Whose code it is: the same code has another hash elsewhere.</param>
    /// <param name="text">As typed: with or without hyphens, in any case.</param>
    /// <returns>Null if it cannot be a recovery code.</returns>
    public static byte[]? Hash(long accountId, string text)
    {
        var code = string.Concat(text.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return code.Length == Length ? SHA256.HashData(Encoding.UTF8.GetBytes($"{accountId} {code}")) : null;
    }

    private static string Grouped(byte[] code) =>
        string.Join('-', Base32Encoding.ToString(code).Chunk(4).Select(group => new string(group)));
}
