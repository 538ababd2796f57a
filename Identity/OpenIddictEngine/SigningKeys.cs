using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using Platform.Identity.Accounts;
using Platform.Identity.Storage;

namespace Platform.Identity.OpenIddictEngine;

/// <summary>A signing key, private part included, under the key ring.</summary>
internal sealed class SigningKeyRow
{
    public required string Id { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on it signs, until the next one does.</summary>
    public required DateTimeOffset ActiveFrom { get; init; }
    public required string Data { get; init; }
}

internal sealed class SigningKeyConfiguration : IEntityTypeConfiguration<SigningKeyRow>
{
    public void Configure(EntityTypeBuilder<SigningKeyRow> key) => key.ToTable("signing_keys");
}

/// <summary>
/// Keys that rotate by themselves. A key is announced for 14 days, signs for 90 and is kept for another 14, so that
/// a client that reads our keys once a day knows each before it is used. All replicas read the same rows.
/// </summary>
internal sealed class SigningKeys(
    IServiceScopeFactory scopes, IDataProtectionProvider protection, IOptionsMonitorCache<OpenIddictServerOptions> cache,
    TimeProvider clock) : IHostedLifecycleService, IConfigureOptions<OpenIddictServerOptions>, IDisposable
{
    private static readonly TimeSpan Announced = TimeSpan.FromDays(14);
    private static readonly TimeSpan Signs = TimeSpan.FromDays(90);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);
    private static readonly TimeSpan Reread = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1);
    private volatile Snapshot? _snapshot;

    /// <summary>What signs now.</summary>
    public SigningCredentials Current => _snapshot!.Keys[0];

    private IDataProtector Protector => protection.CreateProtector("Platform.Identity.SigningKeys");

    /// <summary>OpenIddict signs with the first and publishes all.</summary>
    public void Configure(OpenIddictServerOptions options) => options.SigningCredentials.AddRange(_snapshot!.Keys);

    /// <exception cref="InvalidOperationException">
    /// A key cannot be read: the key ring has been lost or replaced.
    /// </exception>
    public async Task RefreshAsync(CancellationToken ct)
    {
        if (_snapshot is { } known && clock.GetUtcNow() < known.Until) return;

        await _one.WaitAsync(ct);
        try
        {
            if (_snapshot is { } refreshed && clock.GetUtcNow() < refreshed.Until) return;

            var now = clock.GetUtcNow();
            var rows = await ReadAsync(now, ct);
            var current = rows.Where(row => row.ActiveFrom <= now).MaxBy(row => row.ActiveFrom)!;
            var keys = rows.OrderBy(row => row == current ? 0 : 1).ThenBy(row => row.ActiveFrom).Select(Open).ToList();
            var next = rows.Where(row => row.ActiveFrom > now).Select(row => row.ActiveFrom).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();

            var isOther = _snapshot is null || !_snapshot.Keys.Select(key => key.Kid).SequenceEqual(keys.Select(key => key.Kid));
            _snapshot = new(isOther ? keys : _snapshot!.Keys, next < now + Reread ? next : now + Reread);
            if (isOther) cache.TryRemove(Options.DefaultName); // OpenIddict builds its options again at the next request
        }
        finally
        {
            _one.Release();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => RefreshAsync(cancellationToken);

    /// <summary>One replica makes and removes keys, the others wait for it.</summary>
    private async Task<List<SigningKeyRow>> ReadAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        return await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            var rows = await db.Set<SigningKeyRow>().AsNoTracking().ToListAsync(ct);
            if (IsComplete(rows, now)) return rows;

            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({IdentityLocks.SigningKeys})", ct);
            rows = await db.Set<SigningKeyRow>().AsNoTracking().ToListAsync(ct);
            if (!IsComplete(rows, now))
            {
                var old = Retired(rows, now).ToHashSet();
                rows.RemoveAll(old.Contains);
                if (NextOf(rows, now) is { } from) rows.Add(New(now, from));

                db.RemoveRange(old);
                db.AddRange(rows.Where(row => row.CreatedAt == now));
                await db.SaveChangesAsync(ct);
            }

            await transaction.CommitAsync(ct);
            db.ChangeTracker.Clear();
            return rows;
        });
    }

    private static bool IsComplete(List<SigningKeyRow> rows, DateTimeOffset now) =>
        NextOf(rows, now) is null && !Retired(rows, now).Any();

    /// <summary>When a key that is still to be made will sign; null while none is needed.</summary>
    private static DateTimeOffset? NextOf(List<SigningKeyRow> rows, DateTimeOffset now)
    {
        if (rows is []) return now;

        var last = rows.Max(row => row.ActiveFrom);
        if (now < last + Signs - Announced) return null;

        // Nobody was here for a long time: the new key is still announced first, and the old one signs until then.
        return last + Signs > now + Announced ? last + Signs : now + Announced;
    }

    private static IEnumerable<SigningKeyRow> Retired(List<SigningKeyRow> rows, DateTimeOffset now) => rows.Where(
        row => rows.Any(successor => successor.ActiveFrom > row.ActiveFrom && successor.ActiveFrom + Kept < now));

    private SigningKeyRow New(DateTimeOffset now, DateTimeOffset from)
    {
        using var rsa = RSA.Create(2048);
        var id = Base64UrlEncoder.Encode(new RsaSecurityKey(rsa.ExportParameters(false)).ComputeJwkThumbprint());
        return new() { Id = id, CreatedAt = now, ActiveFrom = from, Data = Protector.Protect(rsa.ExportPkcs8PrivateKeyPem()) };
    }

    private SigningCredentials Open(SigningKeyRow row)
    {
        try
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(Protector.Unprotect(row.Data));
            return new(new RsaSecurityKey(rsa) { KeyId = row.Id }, SecurityAlgorithms.RsaSha256);
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException(
                $"The signing key {row.Id} cannot be read. Is KeyRing:Certificate the one that encrypted the key ring?", e);
        }
    }

    public void Dispose() => _one.Dispose();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed record Snapshot(IReadOnlyList<SigningCredentials> Keys, DateTimeOffset Until);
}
