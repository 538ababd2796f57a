using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Core.Webhooks;

/// <summary>The key of <see cref="WebhookSecrets"/>: the same in Api and Worker.</summary>
public sealed class WebhookSecretOptions
{
    public const string Section = "Webhooks";

    public const int KeyMinLength = 32;

    /// <summary>
    /// Encrypts the secrets of webhooks where they are stored. To change it, move the one before to
    /// <see cref="FormerSecretKeys"/>.
    /// </summary>
    [Required, MinLength(KeyMinLength)]
    public string SecretKey { get; init; } = "";

    /// <summary>They encrypt nothing any more, but what they encrypted is read.</summary>
    public IReadOnlyList<string> FormerSecretKeys { get; init; } = [];

    public WebhookSecrets NewSecrets() => new(SecretKey, FormerSecretKeys);
}

/// <summary>
/// Secrets of webhooks as they are stored: AES-256-GCM, each for its tenant, so that in another tenant's row it cannot
/// be read.
/// </summary>
/// <param name="key">Encrypts.</param>
/// <param name="former">Only decrypt.</param>
public sealed class WebhookSecrets(string key, IReadOnlyList<string> former)
{
    private const string Mark = "sealed:";
    private const int NonceBytes = 12, TagBytes = 16;

    private readonly byte[][] _keys = [.. former.Prepend(key).Select(Derive)];

    /// <summary>From before secrets were encrypted.</summary>
    public static bool IsPlain(string stored) => !stored.StartsWith(Mark, StringComparison.Ordinal);

    public string Protect(long tenantId, string secret)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        var bytes = new byte[NonceBytes + TagBytes + text.Length];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_keys[0], TagBytes);
        aes.Encrypt(
            bytes.AsSpan(0, NonceBytes), text, bytes.AsSpan(NonceBytes + TagBytes), bytes.AsSpan(NonceBytes, TagBytes),
            OwnerOf(tenantId));
        return Mark + Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="CryptographicException">None of the keys has encrypted it, for this tenant.</exception>
    public string Reveal(long tenantId, string stored)
    {
        if (IsPlain(stored)) return stored;

        var bytes = Base64Url.DecodeFromChars(stored.AsSpan(Mark.Length));
        var text = new byte[bytes.Length - NonceBytes - TagBytes];
        foreach (var each in _keys)
        {
            using var aes = new AesGcm(each, TagBytes);
            try
            {
                aes.Decrypt(
                    bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes + TagBytes), bytes.AsSpan(NonceBytes, TagBytes), text,
                    OwnerOf(tenantId));
                return Encoding.UTF8.GetString(text);
            }
            catch (AuthenticationTagMismatchException)
            {
                // of another key
            }
        }

        throw new CryptographicException("The secret of the webhook was encrypted with a key that is not configured.");
    }

    private static byte[] OwnerOf(long tenantId) => Encoding.ASCII.GetBytes(tenantId.ToString(CultureInfo.InvariantCulture));

    private static byte[] Derive(string key) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key), 32, info: "platform webhook secrets"u8.ToArray());
}
