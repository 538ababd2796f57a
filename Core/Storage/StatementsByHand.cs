using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Platform.Core.Storage;

public static class StatementsByHand
{
    extension(DbContext db)
    {
        /// <summary>Statements by hand, in one round trip, in the transaction that runs.</summary>
        public async Task ExecuteAsync(IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
        {
            var transaction = db.Database.CurrentTransaction?.GetDbTransaction()
                ?? throw new InvalidOperationException("No transaction runs.");
            await using var batch = new NpgsqlBatch(
                (NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction);
            foreach (var statement in statements) batch.BatchCommands.Add(statement);
            await batch.ExecuteNonQueryAsync(ct);
        }

        public Task ExecuteAsync(NpgsqlBatchCommand statement, CancellationToken ct) => db.ExecuteAsync([statement], ct);
    }
}
