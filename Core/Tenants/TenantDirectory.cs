using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Core.Storage;

namespace Platform.Core.Tenants;

/// <summary>What every request needs to know of its tenant.</summary>
public sealed record TenantEntry(
    long Id,
    string Slug,
    string Name,
    string TimeZone,
    string Locale,
    string Currency,
    string Status,
    JsonElement Branding,
    JsonElement Labels)
{
    public bool IsActive => Status == TenantStatuses.Active;
    public bool IsBuilt => TenantStatuses.IsBuilt(Status);
}

/// <summary>Finds tenants by number or slug. It remembers those it found, for a few seconds; misses it asks again.</summary>
public sealed class TenantDirectory(
    [FromKeyedServices(Databases.Platform)] NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>How late a change of a tenant may be seen.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private const string Columns =
        "select id, slug, name, time_zone, locale, currency, status, branding, labels from tenants";

    private readonly ConcurrentDictionary<long, (TenantEntry Tenant, DateTimeOffset Until)> _byId = new();
    private readonly ConcurrentDictionary<string, long> _idBySlug = new();

    /// <summary>Counts what was forgotten: what was being read meanwhile may be from before the change.</summary>
    private long _forgotten;

    public async ValueTask<TenantEntry?> FindAsync(long id, CancellationToken ct) =>
        Remembered(id) ?? await ReadAsync($"{Columns} where id = $1", id, ct);

    public async ValueTask<TenantEntry?> FindAsync(string slug, CancellationToken ct) =>
        _idBySlug.TryGetValue(slug, out var id) && Remembered(id) is { } tenant && tenant.Slug == slug
            ? tenant
            : await ReadAsync($"{Columns} where slug = $1", slug, ct);

    /// <summary>By the host name of the tenant's own pages.</summary>
    public async ValueTask<TenantEntry?> FindByHostAsync(string host, CancellationToken ct) =>
        await ReadAsync($"{Columns} where custom_domain = $1", host.ToLowerInvariant(), ct);

    /// <summary>After a change: the next question on this node reads the tenant anew.</summary>
    public void Forget(long id)
    {
        Interlocked.Increment(ref _forgotten);
        _byId.TryRemove(id, out _);
    }

    private TenantEntry? Remembered(long id) =>
        _byId.TryGetValue(id, out var entry) && entry.Until > clock.GetUtcNow() ? entry.Tenant : null;

    private async Task<TenantEntry?> ReadAsync(string sql, object key, CancellationToken ct)
    {
        var forgotten = Interlocked.Read(ref _forgotten);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;

        var tenant = new TenantEntry(
            reader.GetInt64(0),
            reader.GetString(1),
            reader.GetString(2),
            reader.GetString(3),
            reader.GetString(4),
            reader.GetString(5),
            reader.GetString(6),
            await reader.GetFieldValueAsync<JsonElement>(7, ct),
            await reader.GetFieldValueAsync<JsonElement>(8, ct));

        _byId[tenant.Id] = (tenant, clock.GetUtcNow() + Freshness);
        _idBySlug[tenant.Slug] = tenant.Id;
        if (Interlocked.Read(ref _forgotten) != forgotten) _byId.TryRemove(tenant.Id, out _);
        return tenant;
    }
}
