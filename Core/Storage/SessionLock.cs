using Npgsql;

namespace Platform.Core.Storage;

/// <summary>
/// An advisory lock of a session of its own. PostgreSQL ends a session some time after its client has closed the
/// connection, so the lock is released explicitly: after this is disposed, the next caller finds it free.
/// </summary>
internal sealed class SessionLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private SessionLock(NpgsqlConnection connection) => _connection = connection;

    /// <param name="sql">Takes the lock, and returns false if somebody else has it.</param>
    /// <returns>Null if somebody else has it.</returns>
    public static async Task<SessionLock?> TakeAsync(string connectionString, string sql, CancellationToken ct)
    {
        // Unpooled: the lock goes with its session, not back into a pool.
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        var taken = new SessionLock(new NpgsqlConnection(unpooled.ConnectionString));
        try
        {
            await taken._connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand(sql, taken._connection);
            command.CommandTimeout = 0; // another migrator may take as long as it takes
            if (await command.ExecuteScalarAsync(ct) is not false) return taken;
        }
        catch
        {
            await taken._connection.DisposeAsync();
            throw;
        }

        await taken._connection.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await using (_connection)
        {
            try
            {
                await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", _connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // The connection is broken: its session, and the lock with it, are gone or about to go.
            }
        }
    }
}
