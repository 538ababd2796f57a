using Npgsql;
using Platform.Core.Analytics;

namespace Platform.Worker.Analytics;

/// <summary>
/// <c>Worker analytics rebuild</c>: builds the read models again of the event log, while others work, and ends.
/// </summary>
internal static class RebuildCommand
{
    public static async Task<int> RunAsync(string tenantDb, TextWriter output, CancellationToken ct)
    {
        await using var database = new EventsDatabase(tenantDb);
        await using var connection = await database.Pool.OpenConnectionAsync(ct);
        var tenants = await TenantsAsync(connection, ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction) { Timeout = 0 }; // it takes as long as it takes
        foreach (var statement in BookingFacts.Rebuild(tenants)) batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);

        var built = batch.BatchCommands.Cast<NpgsqlBatchCommand>()
            .Where(command => command.StatementType == StatementType.Insert).Sum(command => command.RecordsAffected);
        await output.WriteLineAsync($"analytics: {built} bookings");
        return 0;
    }

    /// <summary>Those whose schema is complete; another one gets its rows while it is filled.</summary>
    private static async Task<List<long>> TenantsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select substr(nspname, 8)::bigint from pg_namespace
            where nspname ~ '^tenant_[0-9]+$' and to_regclass(nspname || '.allocations') is not null
            order by 1
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<long> tenants = [];
        while (await reader.ReadAsync(ct)) tenants.Add(reader.GetInt64(0));
        return tenants;
    }
}
