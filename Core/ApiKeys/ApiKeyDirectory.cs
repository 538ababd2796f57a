using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Core.ApiKeys;

/// <summary>A key that is neither expired nor revoked, and what its account may do.</summary>
/// <param name="Permissions">Sorted.</param>
public sealed record UsableKey(
    long Id, long TenantId, IReadOnlyList<string> Scopes, IReadOnlyList<string> Permissions, DateTimeOffset? ExpiresAt);

/// <summary>Usable keys by their hash. Changes of a tenant are heard of as with decisions about access.</summary>
public sealed class ApiKeyCache(TimeProvider clock) : TenantCache<string, UsableKey>(clock)
{
    protected override bool MayStore(UsableKey value) => true;

    protected override DateTimeOffset? EndOf(UsableKey value) => value.ExpiresAt;
}

/// <summary>
/// Whose a key is: one round trip, none while it is remembered. That a key is unknown is never remembered. Uses are
/// written in the background.
/// </summary>
public sealed class ApiKeyDirectory(
    PlatformSql sql, ApiKeyCache cache, TimeProvider clock, ILogger<ApiKeyDirectory> log)
{
    /// <summary>How often the use of a key is written, on each node and in all.</summary>
    private static readonly TimeSpan UseInterval = TimeSpan.FromMinutes(1);

    private const int ManyKeys = 100_000;

    private const string Find = """
        select k.id, k.scopes, k.expires_at,
            array(
                select unnest(r.permissions) from service_account_roles a join roles r on r.id = a.role_id_fk
                where a.service_account_id_fk = k.service_account_id_fk)
        from api_keys k
        where k.tenant_id_fk = $1 and k.hash = $2 and k.revoked_at is null
            and (k.expires_at is null or k.expires_at > $3)
        """;

    private const string WriteUse = """
        update api_keys set last_used_at = $2, last_used_from = $3
        where id = $1 and (last_used_at is null or last_used_at <= $4)
        """;

    /// <summary>When this node last wrote the use of a key.</summary>
    private readonly ConcurrentDictionary<long, long> _written = new();

    /// <returns>Null if the key opens nothing now.</returns>
    public async ValueTask<UsableKey?> FindAsync(ApiKeyText text, CancellationToken ct)
    {
        var hash = text.Hash;
        var (question, now) = (Convert.ToHexStringLower(hash), clock.Now);
        var answers = cache.Of(text.TenantId);
        if (answers.Find(question, now) is { } known) return known;

        var readAt = clock.GetTimestamp();
        if (await ReadAsync(text.TenantId, hash, now, ct) is not { } key)
        {
            cache.ForgetIfEmpty(text.TenantId); // a made-up tenant leaves nothing behind
            return null;
        }

        answers.Store(question, key, readAt);
        return key;
    }

    /// <param name="address">Of the caller.</param>
    public void NoteUse(UsableKey key, string? address)
    {
        var now = clock.GetTimestamp();
        if (_written.TryGetValue(key.Id, out var before))
        {
            if (clock.GetElapsedTime(before, now) < UseInterval || !_written.TryUpdate(key.Id, now, before)) return;
        }
        else
        {
            if (_written.Count > ManyKeys) _written.Clear();
            if (!_written.TryAdd(key.Id, now)) return;
        }

        _ = WriteUseAsync(key, address);
    }

    private async Task<UsableKey?> ReadAsync(long tenantId, byte[] hash, DateTimeOffset now, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(Scope.Tenant(tenantId), [TenantSql.Statement(Find, tenantId, hash, now)], ct);
        return await reader.ReadAsync(ct)
            ? new(
                reader.GetInt64(0), tenantId, reader.GetFieldValue<string[]>(1),
                PermissionRules.OfRoles(reader.GetFieldValue<string[]>(3)),
                reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2))
            : null;
    }

    private async Task WriteUseAsync(UsableKey key, string? address)
    {
        try
        {
            var now = clock.Now;
            await sql.ExecuteAsync(
                Scope.Tenant(key.TenantId), [TenantSql.Statement(WriteUse, key.Id, now, address, now - UseInterval)],
                CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException)
        {
            log.LogWarning(e, "The use of key {KeyId} was not written", key.Id);
        }
    }
}
