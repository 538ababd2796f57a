using System.Buffers.Binary;
using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Platform.Api.Public;

internal sealed class ManageLinkOptions
{
    public const string Section = "ManageLinks";

    /// <summary>Signs the links by which clients manage their bookings. Changing it ends all links that were sent.</summary>
    [Required, MinLength(32)]
    public string Key { get; init; } = "";
}

[OptionsValidator]
internal sealed partial class ManageLinkOptionsValidator : IValidateOptions<ManageLinkOptions>;

/// <summary>
/// Tokens that allow to manage one booking of one tenant: its id, signed. There is nothing to store, and
/// nothing to guess.
/// </summary>
internal sealed class ManageLinks(IOptions<ManageLinkOptions> options)
{
    private const int NumberBytes = sizeof(long);
    private const int SignatureBytes = 16;

    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.Key);

    public string Of(long tenantId, long bookingId)
    {
        var token = new byte[NumberBytes + SignatureBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, bookingId);
        Sign(tenantId, bookingId).CopyTo(token.AsSpan(NumberBytes));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The booking's number; null if the token was not made here, or for another tenant.</summary>
    public long? Read(long tenantId, string text)
    {
        if (text.Length > 64 || !Base64Url.IsValid(text)) return null;

        var token = Base64Url.DecodeFromChars(text);
        if (token.Length != NumberBytes + SignatureBytes) return null;

        var bookingId = BinaryPrimitives.ReadInt64BigEndian(token);
        return CryptographicOperations.FixedTimeEquals(token.AsSpan(NumberBytes), Sign(tenantId, bookingId))
            ? bookingId
            : null;
    }

    private ReadOnlySpan<byte> Sign(long tenantId, long bookingId) =>
        HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes($"manage/{tenantId}/{bookingId}")).AsSpan(0, SignatureBytes);
}
