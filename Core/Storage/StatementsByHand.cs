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
            await using var batch = db.Batch(statements);
            await batch.ExecuteNonQueryAsync(ct);
        }

        public Task ExecuteAsync(NpgsqlBatchCommand statement, CancellationToken ct) => db.ExecuteAsync([statement], ct);

        /// <summary>The rows of a statement by hand, in the transaction that runs.</summary>
        public async Task<NpgsqlDataReader> ReadAsync(NpgsqlBatchCommand statement, CancellationToken ct) =>
            await db.Batch([statement]).ExecuteReaderAsync(ct); // the batch holds nothing that needs disposing

        /// <summary>The one value of a statement by hand, in the transaction that runs.</summary>
        public async Task<T> ScalarAsync<T>(NpgsqlBatchCommand statement, CancellationToken ct)
        {
            await using var batch = db.Batch([statement]);
            return (T)(await batch.ExecuteScalarAsync(ct))!;
        }

        private NpgsqlBatch Batch(IEnumerable<NpgsqlBatchCommand> statements)
        {
            var transaction = db.Database.CurrentTransaction?.GetDbTransaction()
                ?? throw new InvalidOperationException("No transaction runs.");
            var batch = new NpgsqlBatch((NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction);
            foreach (var statement in statements) batch.BatchCommands.Add(statement);
            return batch;
        }
    }
}
