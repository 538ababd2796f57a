using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Identity.Accounts;

/// <summary>
/// Values that leave this process and come back, in cookies and links: encrypted and authenticated by the key ring,
/// for one purpose and a limited time.
/// </summary>
internal sealed class ProtectedValues(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>Longer text was not made here.</summary>
    private const int MaxLength = 4_000;

    /// <returns>Text that needs no escaping in a URL.</returns>
    public string Protect<T>(string purpose, T value, TimeSpan lifetime)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(new Entry<T>(value, clock.GetUtcNow() + lifetime));
        return WebEncoders.Base64UrlEncode(protection.CreateProtector($"Platform.Identity.{purpose}").Protect(content));
    }

    /// <returns>Null if the text was not made for this purpose, or has expired.</returns>
    public T? Unprotect<T>(string purpose, string? text) where T : class
    {
        if (text is not { Length: > 0 and < MaxLength }) return null;

        try
        {
            var content = protection.CreateProtector($"Platform.Identity.{purpose}").Unprotect(WebEncoders.Base64UrlDecode(text));
            var entry = JsonSerializer.Deserialize<Entry<T>>(content)!;
            return entry.ExpiresAt > clock.GetUtcNow() ? entry.Value : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    private sealed record Entry<T>(T Value, DateTimeOffset ExpiresAt);
}
