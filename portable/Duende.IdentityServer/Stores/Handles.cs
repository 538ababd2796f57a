using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.Tokens;

namespace Duende.IdentityServer.Stores;

/// <summary>Handles are 256 random bits; the database sees their SHA-256 only.</summary>
internal static class Handles
{
    public static string New() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string kind, string handle) =>
        Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{handle}")));
}

/// <summary>Turns values into protected text and back.</summary>
internal sealed class Sealer(IDataProtectionProvider protection)
{
    public string Seal<T>(string purpose, T value) =>
        Protector(purpose).Protect(JsonSerializer.Serialize(value, JsonSerializerOptions.Web));

    /// <exception cref="CryptographicException">
    /// It was sealed by somebody else, for another purpose, or changed.
    /// </exception>
    public T Open<T>(string purpose, string text) =>
        JsonSerializer.Deserialize<T>(Protector(purpose).Unprotect(text), JsonSerializerOptions.Web)!;

    public T? TryOpen<T>(string purpose, string? text) where T : class
    {
        if (string.IsNullOrEmpty(text) || text.Length > 16_384) return null;

        try
        {
            return Open<T>(purpose, text);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Protector(string purpose) =>
        protection.CreateProtector($"Duende.IdentityServer.Portable.{purpose}");
}
