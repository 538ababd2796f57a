using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Platform.Core.Webhooks;

/// <summary>What is sent to a webhook, and how it is signed (Standard Webhooks 1.0.0).</summary>
public static class WebhookMessage
{
    /// <summary>Receivers may refuse more; the data of an event that is larger is left out.</summary>
    public const int MaxBytes = 20_000;

    private const string SecretMark = "whsec_";
    private const int SecretBytes = 32;

    public static string NewSecret() => SecretMark + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The same text for the same event, whenever it is sent.</summary>
    /// <param name="data">JSON.</param>
    public static string Body(string type, DateTimeOffset occurredAt, string data)
    {
        var timestamp = occurredAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var fits = Encoding.UTF8.GetByteCount(data) < MaxBytes;
        return $$"""
            {"type":{{JsonSerializer.Serialize(type)}},"timestamp":"{{timestamp}}","data":{{(fits ? data : "{\"truncated\":true}")}}}
            """;
    }

    /// <summary>The header <c>webhook-signature</c>: one signature for each secret, the newest first.</summary>
    public static string Sign(IEnumerable<string> secrets, string id, long timestamp, string body)
    {
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.{body}"));
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(
            HMACSHA256.HashData(Convert.FromBase64String(secret[SecretMark.Length..]), signed))));
    }
}
