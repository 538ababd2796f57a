using System.Security.Cryptography;
using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Stores;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Duende.IdentityServer.Tokens;

/// <param name="Active">Signs new tokens.</param>
/// <param name="All">Announced, active and retired keys: these are published, and accepted on our own tokens.</param>
internal sealed record KeySet(SigningCredentials Active, IReadOnlyList<RsaSecurityKey> All);

/// <summary>
/// The signing keys. Nodes share them through the database; one node at a time creates, all read again after five
/// minutes at most. The process does not start when a key cannot be unprotected: that is a lost key ring, and making a new key
/// would only hide it.
/// </summary>
internal sealed class SigningKeys(
    IOperationalStore store, Sealer sealer, IOptions<IdentityServerOptions> options, TimeProvider clock,
    ILogger<SigningKeys> logger)
    : IHostedService, IDisposable
{
    private const string Purpose = "SigningKey";
    private static readonly TimeSpan LongestCache = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _oneReader = new(1);
    private KeySet? _keys;
    private DateTimeOffset _readAgainAt;

    private KeyManagementOptions Settings => options.Value.KeyManagement;

    public async Task StartAsync(CancellationToken cancellationToken) => await GetAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<KeySet> GetAsync(CancellationToken ct)
    {
        if (_keys is { } fresh && clock.GetUtcNow() < _readAgainAt) return fresh;

        await _oneReader.WaitAsync(ct);
        try
        {
            if (_keys is null || clock.GetUtcNow() >= _readAgainAt)
            {
                _keys = await ReadAsync(ct);
                _readAgainAt = clock.GetUtcNow() + TimeSpan.FromTicks(
                    Math.Min(Settings.KeyCacheDuration.Ticks, LongestCache.Ticks));
            }

            return _keys;
        }
        finally
        {
            _oneReader.Release();
        }
    }

    public void Dispose() => _oneReader.Dispose();

    private async Task<KeySet> ReadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var rows = await store.LoadKeysAsync(ct);

        if (KeyTimeline.NeedsNewKey(rows, now, Settings) || KeyTimeline.Outdated(rows, now, Settings).Count > 0)
        {
            await store.ChangeKeysAsync(current => Decide(current, now), ct);
            rows = await store.LoadKeysAsync(ct);
        }

        var keys = rows.ToDictionary(row => row.Id, Open);
        var active = KeyTimeline.Active(rows, now, Settings)!;
        return new(new(keys[active.Id], SecurityAlgorithms.RsaSha256), [.. keys.Values]);
    }

    private (SerializedKey? Add, IReadOnlyList<string> Delete) Decide(
        IReadOnlyList<SerializedKey> current, DateTime now) => (
        KeyTimeline.NeedsNewKey(current, now, Settings) ? Create(now) : null,
        KeyTimeline.Outdated(current, now, Settings));

    private SerializedKey Create(DateTime now)
    {
        using var rsa = RSA.Create(Math.Max(Settings.RsaKeySize, 2048));
        var id = Base64UrlEncoder.Encode(new RsaSecurityKey(rsa.ExportParameters(false)).ComputeJwkThumbprint());
        logger.LogInformation("Signing key {KeyId} is created", id);

        return new()
        {
            Version = 1,
            Id = id,
            Created = now,
            Algorithm = SecurityAlgorithms.RsaSha256,
            DataProtected = true,
            Data = sealer.Seal(Purpose, Convert.ToBase64String(rsa.ExportPkcs8PrivateKey())),
        };
    }

    private RsaSecurityKey Open(SerializedKey row)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(sealer.Open<string>(Purpose, row.Data)), out _);
            return new(rsa.ExportParameters(true)) { KeyId = row.Id };
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException(
                $"Signing key {row.Id} cannot be unprotected: the data protection key ring is not the one it was protected " +
                "with. Restore the key ring, or delete the row from \"Keys\" to rotate at once.", e);
        }
    }
}
