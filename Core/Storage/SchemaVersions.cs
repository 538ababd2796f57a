using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Platform.Core.Storage;

/// <summary>How far the schemas of <c>tenantdb</c> are, as the login of this process may read it.</summary>
public sealed class SchemaVersions([FromKeyedServices(Databases.Tenant)] NpgsqlDataSource source)
{
    /// <summary>Schemas that one statement reads; each takes a lock until it ends.</summary>
    private const int SchemasAtOnce = 100;

    /// <summary>All migrations there are for what the tenants of the cell share, in order.</summary>
    public static IReadOnlyList<string> SharedMigrations
    {
        get
        {
            var options = new DbContextOptionsBuilder<EventsDb>();
            options.UseMigrations("Host=localhost", EventsDb.Schema);
            using var db = new EventsDb(options.Options); // never connects
            return [.. db.Database.GetMigrations()];
        }
    }

    public async Task<IReadOnlyList<string>> SharedAppliedAsync(CancellationToken ct)
    {
        await using var read = source.CreateCommand($"select \"MigrationId\" from {EventsDb.Schema}.migrations order by 1");
        await using var reader = await read.ExecuteReaderAsync(ct);
        List<string> applied = [];
        while (await reader.ReadAsync(ct)) applied.Add(reader.GetString(0));
        return applied;
    }

    /// <summary>How far the schemas of these tenants are; tenants without a schema are left out.</summary>
    public async Task<Dictionary<long, SchemaVersion>> OfTenantsAsync(IReadOnlyList<long> tenantIds, CancellationToken ct)
    {
        Dictionary<long, SchemaVersion> versions = [];
        foreach (var ids in tenantIds.Chunk(SchemasAtOnce))
        {
            var built = await BuiltAsync(ids, ct);
            if (built.Count == 0) continue;

            await using var read = source.CreateCommand(string.Join(" union all ", built.Select(id =>
                $"select {id}::bigint, max(\"MigrationId\"), count(*)::int from {HistoryOf(id)}")));
            await using var reader = await read.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                if (!reader.IsDBNull(1)) versions[reader.GetInt64(0)] = new(reader.GetString(1), reader.GetInt32(2));
            }
        }

        return versions;
    }

    private async Task<List<long>> BuiltAsync(long[] ids, CancellationToken ct)
    {
        await using var find = source.CreateCommand(
            """
            select id from unnest($1, $2) as t (id, name)
            where case when to_regclass(name) is not null then has_table_privilege(name, 'select') else false end
            """);
        find.Parameters.Add(new() { Value = ids });
        find.Parameters.Add(new() { Value = ids.Select(HistoryOf).ToArray() });
        await using var found = await find.ExecuteReaderAsync(ct);
        List<long> built = [];
        while (await found.ReadAsync(ct)) built.Add(found.GetInt64(0));
        return built;
    }

    private static string HistoryOf(long tenantId) => $"{TenantContext.SchemaOf(tenantId)}.migrations";
}

/// <summary>How far a schema is.</summary>
/// <param name="Latest">Its newest migration.</param>
/// <param name="Count">How many it has had.</param>
public sealed record SchemaVersion(string Latest, int Count);
