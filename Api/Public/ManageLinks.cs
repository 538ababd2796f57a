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

    /// <summary>Signs the links by which clients manage their bookings. Who changes it ends all that were sent.</summary>
    [Required, MinLength(32)]
    public string Key { get; init; } = "";
}

[OptionsValidator]
internal sealed partial class ManageLinkOptionsValidator : IValidateOptions<ManageLinkOptions>;

/// <summary>
/// Tokens that let whoever has one manage one booking, or one entry of the waitlist, of one tenant: its number, signed.
/// There is nothing to store, and nothing to guess.
/// </summary>
internal sealed class ManageLinks(IOptions<ManageLinkOptions> options)
{
    private const int NumberBytes = sizeof(long);
    private const int SignatureBytes = 16;

    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.Key);

    public string Of(long tenantId, long bookingId) => Write("manage", tenantId, bookingId);

    /// <summary>The booking's number; null if the token was not made here, or for another tenant.</summary>
    public long? Read(long tenantId, string text) => Read("manage", tenantId, text);

    public string OfWaitlist(long tenantId, long entryId) => Write("waitlist", tenantId, entryId);

    /// <summary>The entry's number; null if the token was not made here, or for another tenant.</summary>
    public long? ReadWaitlist(long tenantId, string text) => Read("waitlist", tenantId, text);

    private string Write(string purpose, long tenantId, long number)
    {
        var token = new byte[NumberBytes + SignatureBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, number);
        Sign(purpose, tenantId, number).CopyTo(token.AsSpan(NumberBytes));
        return Base64Url.EncodeToString(token);
    }

    private long? Read(string purpose, long tenantId, string text)
    {
        if (text.Length > 64 || !Base64Url.IsValid(text)) return null;

        var token = Base64Url.DecodeFromChars(text);
        if (token.Length != NumberBytes + SignatureBytes) return null;

        var number = BinaryPrimitives.ReadInt64BigEndian(token);
        return CryptographicOperations.FixedTimeEquals(token.AsSpan(NumberBytes), Sign(purpose, tenantId, number))
            ? number
            : null;
    }

    private ReadOnlySpan<byte> Sign(string purpose, long tenantId, long number) =>
        HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes($"{purpose}/{tenantId}/{number}")).AsSpan(0, SignatureBytes);
}
