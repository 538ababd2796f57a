using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Platform.Core.Storage;

/// <summary>
/// SQL by hand for paths where round trips count. A batch is one round trip and one transaction: its statements all
/// happen or none does, and the first of them sets the tenant's search path for just that long.
/// </summary>
public sealed class TenantSql([FromKeyedServices(Databases.Tenant)] NpgsqlDataSource source, TenantContext tenant)
{
    private const string SetSearchPath = "select set_config('search_path', $1, true)";

    public async Task<NpgsqlDataReader> ReadAsync(IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            // The reader closes the connection; the batch holds nothing that needs disposing before that.
            var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(Statement(SetSearchPath, tenant.Schema));
            foreach (var statement in statements) batch.BatchCommands.Add(statement);

            var reader = await batch.ExecuteReaderAsync(System.Data.CommandBehavior.CloseConnection, ct);
            await reader.NextResultAsync(ct); // past the search path
            return reader;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task ExecuteAsync(IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Statement(SetSearchPath, tenant.Schema));
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>A statement with its values for <c>$1</c>, <c>$2</c> and so on.</summary>
    public static NpgsqlBatchCommand Statement(string sql, params ReadOnlySpan<object?> values)
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            statement.Parameters.Add(
                value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return statement;
    }
}
