using Npgsql;
using Platform.Core.Storage;

namespace Platform.Worker;

/// <summary>
/// A database as this process uses it: the outbox and the event log; in <c>tenantdb </c> also the inbox and the
/// notifications.
/// </summary>
internal sealed class EventsDatabase : IAsyncDisposable
{
    /// <summary>The server itself notices within some 15 seconds that the machine at the other end is gone.</summary>
    private const string NoticeLoss =
        "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3";

    private readonly NpgsqlConnectionStringBuilder _settings;

    public EventsDatabase(string connectionString)
    {
        _settings = new(Databases.ForProcess(connectionString)) { ApplicationName = "platform-worker" };
        Pool = NpgsqlDataSource.Create(_settings);
    }

    public string Name => _settings.Database ?? "";

    public NpgsqlDataSource Pool { get; }

    /// <summary>A connection of its own, whose end gives up whatever its session holds.</summary>
    public async Task<NpgsqlConnection> OpenOwnAsync(CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(_settings.ConnectionString) { Pooling = false, KeepAlive = 10 };
        settings.Options = $"{settings.Options} {NoticeLoss}";

        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Pool.DisposeAsync();
}
