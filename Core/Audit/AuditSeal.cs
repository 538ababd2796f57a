using System.Security.Cryptography;
using System.Text;
using Platform.Contracts;
using Platform.Contracts.Audit;

namespace Platform.Core.Audit;

/// <summary>Where a chain stood at a time.</summary>
/// <param name="TenantId">0 is the platform itself.</param>
/// <param name="KeyId">Of the key that signed it; null where that was before keys had names.</param>
public sealed record AuditCheckpoint(
    string Chain, long TenantId, long Sequence, byte[] Hash, DateTimeOffset SealedAt, byte[] Signature, byte[]? KeyId,
    bool IsPruned = false);

/// <summary>
/// Signs checkpoints (HMAC-SHA256) with the current key and knows those that former keys signed. Keys are in the
/// configuration of the process and never in a database.
/// </summary>
public sealed class AuditSeal(string key, params IEnumerable<string> formerKeys)
{
    private readonly IReadOnlyList<Key> _keys = [new(key), .. formerKeys.Select(former => new Key(former))];

    public AuditCheckpoint Seal(string chain, long tenantId, long sequence, byte[] hash, DateTimeOffset now)
    {
        var unsigned = new AuditCheckpoint(chain, tenantId, sequence, hash, now, [], _keys[0].Id);
        return unsigned with { Signature = _keys[0].Sign(unsigned) };
    }

    /// <returns>One of <see cref="AuditFaults"/>; null if the checkpoint is ours.</returns>
    public string? Check(AuditCheckpoint c)
    {
        Key[] named = [.. _keys.Where(k => c.KeyId is null || k.Id.AsSpan().SequenceEqual(c.KeyId))];
        if (named is []) return AuditFaults.CheckpointKeyUnknown;

        return named.Any(k => CryptographicOperations.FixedTimeEquals(c.Signature, k.Sign(c)))
            ? null
            : AuditFaults.CheckpointForged;
    }

    private sealed class Key(string text)
    {
        /// <summary>Distinguishes keys; it reveals nothing of a key.</summary>
        private const int IdLength = 8;

        private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);

        public byte[] Id { get; } = SHA256.HashData(Encoding.UTF8.GetBytes(text))[..IdLength];

        public byte[] Sign(AuditCheckpoint c) => HMACSHA256.HashData(_bytes, Encoding.ASCII.GetBytes(
            $"audit/1/{c.Chain}/{c.TenantId}/{c.Sequence}/{Convert.ToHexStringLower(c.Hash)}/{PlatformJson.WriteInstant(c.SealedAt)}"));
    }
}
