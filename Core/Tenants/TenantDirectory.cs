using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Core.Storage;

namespace Platform.Core.Tenants;

/// <summary>What every request needs to know of its tenant.</summary>
[ImmutableObject(true)]
public sealed record TenantEntry(
    long Id,
    string Slug,
    string Name,
    string TimeZone,
    string Locale,
    string Currency,
    string Status,
    JsonElement Branding,
    JsonElement Labels,
    string? CustomDomain = null,
    JsonElement BookingPage = default)
{
    public bool IsActive => Status == TenantStatuses.Active;
    public bool IsBuilt => TenantStatuses.IsBuilt(Status);
}

/// <summary>Finds tenants by id, slug or host name, and remembers for a few seconds those it found.</summary>
public sealed class TenantDirectory([FromKeyedServices(Databases.Platform)] NpgsqlDataSource source, LocalCache cache)
{
    /// <summary>How late a change of a tenant may be seen.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private const string Columns =
        "select id, slug, name, time_zone, locale, currency, status, branding, labels, custom_domain, booking_page from tenants";

    public ValueTask<TenantEntry?> FindAsync(long id, CancellationToken ct) => cache.FindAsync(
        cache.KeyOf("tenant", id),
        (Directory: this, Id: id),
        static tenant => tenant.Directory.ReadAsync($"{Columns} where id = $1", tenant.Id, CancellationToken.None),
        Freshness, ct);

    /// <param name="slug">In upper or lower case.</param>
    public ValueTask<TenantEntry?> FindAsync(string slug, CancellationToken ct) =>
        FindAsync("slug", slug.ToLowerInvariant(), static tenant => tenant.Slug, ct);

    /// <summary>By the host name of the tenant's own pages.</summary>
    /// <param name="host">As <see cref="HostNames.Canonical"/> writes it.</param>
    public ValueTask<TenantEntry?> FindByHostAsync(string host, CancellationToken ct) =>
        FindAsync("custom_domain", host, static tenant => tenant.CustomDomain, ct);

    /// <param name="column">One that no two tenants share.</param>
    private async ValueTask<TenantEntry?> FindAsync(
        string column, string name, Func<TenantEntry, string?> nameOf, CancellationToken ct)
    {
        var id = await cache.FindAsync(
            $"{column} {name}",
            (Directory: this, Column: column, Name: name),
            static tenant => tenant.Directory.ReadIdAsync(tenant.Column, tenant.Name),
            Freshness, ct);
        if (id == 0) return null;

        // Between two changes of names, the one that was remembered may be another tenant's by now.
        return await FindAsync(id, ct) is { } tenant && nameOf(tenant) == name
            ? tenant
            : await ReadAsync($"{Columns} where {column} = $1", name, ct);
    }

    /// <summary>After the commit of a change: the next caller on this node gets the tenant as it is now.</summary>
    public void Forget(long id) => cache.Forget(id);

    private async Task<long> ReadIdAsync(string column, string name)
    {
        await using var command = source.CreateCommand($"select id from tenants where {column} = $1");
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteScalarAsync(CancellationToken.None) is long id ? id : 0;
    }

    private async Task<TenantEntry?> ReadAsync(string sql, object key, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;

        return new(
            reader.GetInt64(0),
            reader.GetString(1),
            reader.GetString(2),
            reader.GetString(3),
            reader.GetString(4),
            reader.GetString(5),
            reader.GetString(6),
            await reader.GetFieldValueAsync<JsonElement>(7, ct),
            await reader.GetFieldValueAsync<JsonElement>(8, ct),
            await reader.IsDBNullAsync(9, ct) ? null : reader.GetString(9),
            await reader.GetFieldValueAsync<JsonElement>(10, ct));
    }
}
