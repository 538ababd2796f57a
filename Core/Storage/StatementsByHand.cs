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

        /// <summary>The rows of the last statement, in one round trip, in the transaction that runs.</summary>
        public async Task<List<T>> ReadAsync<T>(
            IReadOnlyList<NpgsqlBatchCommand> statements, Func<NpgsqlDataReader, T> read, CancellationToken ct)
        {
            await using var batch = db.Batch(statements);
            await using var reader = await batch.ExecuteReaderAsync(ct);
            for (var i = 1; i < statements.Count; i++) await reader.NextResultAsync(ct);

            List<T> rows = [];
            while (await reader.ReadAsync(ct)) rows.Add(read(reader));
            return rows;
        }

        /// <summary>The results of all statements, in one round trip, in the transaction that runs.</summary>
        /// <param name="read">A reader positioned before the first row of the first result.</param>
        public async Task<T> ReadResultsAsync<T>(
            IEnumerable<NpgsqlBatchCommand> statements, Func<NpgsqlDataReader, Task<T>> read, CancellationToken ct)
        {
            await using var batch = db.Batch(statements);
            await using var reader = await batch.ExecuteReaderAsync(ct);
            return await read(reader);
        }

        /// <summary>In the transaction that runs. The caller disposes the reader.</summary>
        public Task<NpgsqlDataReader> SendAsync(IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct) =>
            db.Batch(statements).ExecuteReaderAsync(ct); // the batch holds nothing that needs disposing

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
