using Npgsql;
using Platform.Core.Audit;
using Platform.Core.Storage;
using Platform.Tests.Support;

namespace Platform.Tests.Audit;

/// <summary>
/// Trails in separate databases, for tests that seal with keys or at times that other tests do not expect.
/// </summary>
public sealed class Trails : IAsyncLifetime
{
    private NpgsqlDataSource _owner = null!;

    public PlatformDatabases Databases { get; private set; } = null!;

    /// <summary>As the processes connect.</summary>
    public NpgsqlDataSource Processes { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Databases = await PlatformDatabases.NewAsync();
        _owner = NpgsqlDataSource.Create($"{Databases.PlatformDb};Pooling=false");
        Processes = NpgsqlDataSource.Create(Databases.PlatformDb.As(Logins.Api));
    }

    /// <summary>Decisions of a time, as the process would have appended them.</summary>
    public static string Append(long tenantId, int count, string time) => $"""
        select append_access_logs(array_fill({tenantId}::bigint, array[{count}]), array_fill(timestamptz '{time}', array[{count}]),
            array_fill('user:1'::text, array[{count}]), array_fill(1::bigint, array[{count}]), array_fill('tq'::text, array[{count}]),
            array_fill(null::text, array[{count}]), array_fill(true, array[{count}]), array_fill(null::int, array[{count}]),
            array_fill(null::text, array[{count}]), array_fill('GET /'::text, array[{count}]), array_fill(null::text, array[{count}]),
            array_fill('127.0.0.1'::text, array[{count}]), array_fill('test'::text, array[{count}]))
        """;

    public AuditChains Chains(AuditSeal seal, TimeProvider clock) => new(new PlatformSql(Processes), seal, clock);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _owner.CreateCommand($"set app.staff = 'on'; {sql}");
        await command.ExecuteNonQueryAsync(Ct);
    }

    public async Task<T> ValueAsync<T>(string sql)
    {
        await using var command = _owner.CreateCommand($"set app.staff = 'on'; {sql}");
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }

    public async ValueTask DisposeAsync()
    {
        await Processes.DisposeAsync();
        await _owner.DisposeAsync();
        await Databases.ReleaseAsync();
    }
}
