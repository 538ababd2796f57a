using System.Security.Cryptography;
using System.Text;
using Platform.Contracts;

namespace Platform.Core.Audit;

/// <summary>Where a chain stood at a time.</summary>
/// <param name="TenantId">0 is the platform itself.</param>
public sealed record AuditCheckpoint(
    string Chain, long TenantId, long Sequence, byte[] Hash, DateTimeOffset SealedAt, byte[] Signature, bool IsPruned = false);

/// <summary>Signs checkpoints (HMAC-SHA256). The key is in the configuration of the process and never in a database.</summary>
public sealed class AuditSeal(string key)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    public AuditCheckpoint Seal(string chain, long tenantId, long sequence, byte[] hash, DateTimeOffset now) =>
        new(chain, tenantId, sequence, hash, now, Sign(chain, tenantId, sequence, hash, now));

    public bool IsOurs(AuditCheckpoint c) => CryptographicOperations.FixedTimeEquals(
        c.Signature, Sign(c.Chain, c.TenantId, c.Sequence, c.Hash, c.SealedAt));

    private byte[] Sign(string chain, long tenantId, long sequence, byte[] hash, DateTimeOffset at) =>
        HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(
            $"audit/1/{chain}/{tenantId}/{sequence}/{Convert.ToHexStringLower(hash)}/{PlatformJson.WriteInstant(at)}"));
}
