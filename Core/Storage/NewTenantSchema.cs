using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Platform.Core.Storage;

/// <summary>
/// Builds the schema of a new tenant in one round trip and one transaction. It runs the same migrations as an existing
/// schema does, which EF Core sends one by one in some forty round trips.
/// </summary>
internal static class NewTenantSchema
{
    /// <returns>How many migrations it took; null if the schema exists.</returns>
    public static async Task<int?> TryBuildAsync(TenantDb db, string schema, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct); // until the context is disposed
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();

        await using var find = new NpgsqlCommand("select from pg_namespace where nspname = $1", connection);
        find.Parameters.Add(new() { Value = schema });
        await using (var found = await find.ExecuteReaderAsync(ct))
        {
            if (found.HasRows) return null;
        }

        var migrations = db.GetService<IMigrator>()
            .GenerateScript(options: MigrationsSqlGenerationOptions.NoTransactions);
        await using var build = new NpgsqlCommand(
            $"select set_config('search_path', '{schema}', true);\n{migrations}", connection);
        await build.ExecuteNonQueryAsync(ct);
        return db.Database.GetMigrations().Count();
    }
}
