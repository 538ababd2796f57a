using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Platform.Core.Storage;

/// <summary>
/// SQL by hand in <c>platformdb </c>. A batch is one round trip and one transaction, and the first of its statements
/// says whose rows it may see.
/// </summary>
public sealed class PlatformSql([FromKeyedServices(Databases.Platform)] NpgsqlDataSource source)
{
    public async Task<NpgsqlDataReader> ReadAsync(
        Scope scope, IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            // The reader closes the connection; the batch holds nothing that needs disposing before that.
            var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(scope.ToStatement());
            foreach (var statement in statements) batch.BatchCommands.Add(statement);

            var reader = await batch.ExecuteReaderAsync(System.Data.CommandBehavior.CloseConnection, ct);
            await reader.NextResultAsync(ct); // past the scope
            return reader;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task ExecuteAsync(Scope scope, IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(scope.ToStatement());
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync(ct);
    }
}
