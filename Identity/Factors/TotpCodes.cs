using System.Security.Cryptography;
using OtpNet;
using QRCoder;

namespace Platform.Identity.Factors;

/// <summary>Codes of authenticator apps (RFC 6238: SHA-1, six digits, 30 seconds, as every app knows it).</summary>
internal static class TotpCodes
{
    public const int Digits = 6;
    private const int SecretBytes = 20;
    private const int PixelsPerModule = 4;
    private const string Issuer = "Platform";

    /// <summary>A clock may be one step early or late.</summary>
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>For typing, in groups of four.</summary>
    public static string ReadableSecret(byte[] secret) =>
        string.Join(' ', Base32Encoding.ToString(secret).Chunk(4).Select(group => new string(group)));

    /// <summary>What apps read, as a picture in a <c>data:</c> URL.</summary>
    public static string QrCode(byte[] secret, string email)
    {
        var uri = new OtpUri(OtpType.Totp, secret, email, Issuer).ToString();
        using var data = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var code = new PngByteQRCode(data);
        return $"data:image/png;base64,{Convert.ToBase64String(code.GetGraphic(PixelsPerModule))}";
    }

    /// <returns>The time step that the code belongs to, or null if the code is not valid at this time.</returns>
    public static long? FindStep(byte[] secret, string text, DateTimeOffset now)
    {
        var code = string.Concat(text.Where(letter => letter != ' '));
        if (code.Length != Digits || !code.All(char.IsAsciiDigit)) return null;

        return new Totp(secret).VerifyTotp(now.UtcDateTime, code, out var step, Window) ? step : null;
    }
}
