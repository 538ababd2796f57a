using Npgsql;

namespace Platform.Tests.Support;

/// <summary>
/// SQL as the superuser of the server, on pooled connections: a data source of its own would first load the types of
/// all tenants, which takes longer than the statement.
/// </summary>
internal static class OwnerSql
{
    public static async Task ExecuteAsync(string connectionString, string sql) => await ScalarAsync(connectionString, sql);

    /// <summary>The first value of the first row.</summary>
    public static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
