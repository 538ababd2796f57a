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
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction) { Timeout = 0 }; // it takes as long as it takes
        foreach (var statement in BookingFacts.Rebuild()) batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);

        await output.WriteLineAsync($"analytics: {batch.BatchCommands[^1].RecordsAffected} bookings");
        return 0;
    }
}
