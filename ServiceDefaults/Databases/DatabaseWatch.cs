using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Platform.ServiceDefaults.Databases;

/// <summary>
/// Knows whether PostgreSQL answers, so that no request waits to find out. A server that is frozen, or behind a broken
/// network, keeps its connections open: each statement would wait for its own time limit, and its cancellation for
/// another one.
/// </summary>
/// <param name="connectionStrings">Those of one server count as one.</param>
public sealed class DatabaseWatch(IEnumerable<string> connectionStrings, ILogger<DatabaseWatch> log)
    : IHostedService, IHealthCheck, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>One that is only slow answers the second time.</summary>
    private const int FailuresBeforeAway = 2;

    private readonly List<Server> _servers = [.. connectionStrings
        .Select(connectionString => new NpgsqlConnectionStringBuilder(connectionString))
        .DistinctBy(server => (server.Host, server.Port))
        .Select(server => new Server(server))];

    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private TaskCompletionSource _away = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsAway => WhenAway.IsCompleted;

    /// <summary>Ends when a server stops answering. Once all answer again, this is another task.</summary>
    public Task WhenAway => Volatile.Read(ref _away).Task;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A dedicated thread: when all threads of the pool wait for the database, none is left to check it.
        _thread = new Thread(Run) { IsBackground = true, Name = nameof(DatabaseWatch) };
        _thread.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        return Task.CompletedTask;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsAway ? HealthCheckResult.Unhealthy("PostgreSQL does not answer.") : HealthCheckResult.Healthy());

    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        foreach (var server in _servers) server.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        for (var failures = 0; !_stop.Wait(Interval);)
        {
            failures = _servers.TrueForAll(server => server.Answers()) ? 0 : failures + 1;
            var isAway = failures >= FailuresBeforeAway;
            if (isAway == IsAway) continue;

            if (isAway)
            {
                log.LogError("PostgreSQL does not answer; requests are refused until it does");
                _away.SetResult();
            }
            else
            {
                log.LogInformation("PostgreSQL answers again");
                Volatile.Write(ref _away, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }
    }

    private sealed class Server(NpgsqlConnectionStringBuilder address) : IDisposable
    {
        private const int SecondsToAnswer = 1;
        private const int SecondsToOpen = 1;

        /// <summary>The server starts or stops (class 57, operator intervention).</summary>
        private const string StartsOrStops = "57P";

        private readonly string _connectionString = new NpgsqlConnectionStringBuilder(address.ConnectionString)
        {
            Pooling = false,
            Timeout = SecondsToOpen,
            CommandTimeout = SecondsToAnswer,
            CancellationTimeout = -1, // a server that does not answer does not cancel either
            GssEncryptionMode = GssEncryptionMode.Disable,
            ApplicationName = nameof(DatabaseWatch),
        }.ConnectionString;

        private NpgsqlConnection? _connection;

        /// <summary>
        /// An old connection may be broken for other reasons, so only a new one proves that the server is unavailable.
        /// </summary>
        public bool Answers() => (_connection is not null && Asks(_connection)) || Opens();

        private static bool Asks(NpgsqlConnection connection)
        {
            try
            {
                using var command = new NpgsqlCommand("select 1", connection);
                command.ExecuteNonQuery();
                return true;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }

        private bool Opens()
        {
            _connection?.Dispose();
            _connection = null;
            var connection = new NpgsqlConnection(_connectionString);
            try
            {
                connection.Open();
                _connection = connection;
                return true;
            }
            catch (PostgresException e)
            {
                connection.Dispose();
                return !e.SqlState.StartsWith(StartsOrStops, StringComparison.Ordinal); // else it refuses one more connection, and answers
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                connection.Dispose();
                return false;
            }
        }

        public void Dispose() => _connection?.Dispose();
    }
}
