using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Core.Bookings;

/// <summary>
/// Tokens that allow to manage one booking, or one entry of the waitlist, of one tenant: its id, signed. There is
/// nothing to store, and nothing to guess.
/// </summary>
/// <param name="key">Signs the tokens. Changing it ends all links that were sent.</param>
public sealed class ManageLinks(string key)
{
    private const int NumberBytes = sizeof(long);
    private const int SignatureBytes = 16;

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

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
