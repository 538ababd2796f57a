using Npgsql;

namespace Platform.Worker.Streams;

/// <summary>Which tenants have anything that a handler works for: one indexed read instead of a transaction.</summary>
internal static class ConcernedTenants
{
    /// <param name="sql">Has the ids as its parameter and returns those that are concerned.</param>
    public static async ValueTask<IReadOnlySet<long>?> FindAsync(
        NpgsqlDataSource database, string sql, long[] tenantIds, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = tenantIds });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var concerned = new HashSet<long>();
        while (await reader.ReadAsync(ct)) concerned.Add(reader.GetInt64(0));

        return concerned;
    }
}
