using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Hosting;

namespace Platform.ServiceDefaults.KeyRing;

/// <summary>
/// The keys of the ring, all of which have to be readable. Without this, the framework makes a new key in place of one
/// that it cannot decrypt, and signs everybody out in silence.
/// </summary>
internal sealed class ReadableKeys(IKeyManager keys) : IKeyManager
{
    public IReadOnlyCollection<IKey> GetAllKeys()
    {
        var all = keys.GetAllKeys();
        foreach (var key in all.Where(key => !key.IsRevoked))
        {
            try
            {
                key.CreateEncryptor();
            }
            catch (Exception e)
            {
                throw new UnreadableKeyException(key.KeyId, e);
            }
        }

        return all;
    }

    public IKey CreateNewKey(DateTimeOffset activationDate, DateTimeOffset expirationDate) =>
        keys.CreateNewKey(activationDate, expirationDate);

    public CancellationToken GetCacheExpirationToken() => keys.GetCacheExpirationToken();

    public void RevokeAllKeys(DateTimeOffset revocationDate, string? reason = null) =>
        keys.RevokeAllKeys(revocationDate, reason);

    public void RevokeKey(Guid keyId, string? reason = null) => keys.RevokeKey(keyId, reason);
}

internal sealed class UnreadableKeyException(Guid id, Exception cause) : Exception(
    $"Key {id} of the key ring cannot be read. Is KeyRing:Certificate the one that encrypted it? Put a former one into"
    + " KeyRing:FormerCertificates. To give up all that the key protects, delete it where it is stored.", cause);

/// <summary>Reads the ring at the start, so that a process which cannot read it does not start.</summary>
internal sealed class ReadableKeysCheck(IKeyManager keys) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            keys.GetAllKeys();
        }
        catch (Exception e) when (e is not UnreadableKeyException)
        {
            // The store is unavailable. Its health check says so, and keys are read again when they are needed.
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
