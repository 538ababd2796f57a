using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using Platform.Core.Storage;

namespace Platform.Core.Audit;

/// <summary>A decision that is to be recorded.</summary>
public sealed record AccessRecord(
    long TenantId,
    DateTimeOffset OccurredAt,
    AuditSource Source,
    long? UserId,
    string Application,
    string? MinimumRole,
    bool Allowed,
    int? Layer,
    string? Reason,
    string Path);

/// <summary>A decision could not be recorded, so it must not be returned.</summary>
public sealed class AuditLostException(Exception cause) : Exception("The decision could not be recorded.", cause);

/// <summary>
/// Writes decisions in groups: a decision made while one group is being written goes into the next. One statement and
/// one commit serve them all, and nobody is answered before theirs is durable.
/// </summary>
public sealed class AccessRecorder : IAsyncDisposable
{
    /// <summary>Rows of one statement; more would keep the first ones waiting for the last.</summary>
    private const int Most = 500;

    /// <summary>How long a caller waits for a database that does not answer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Channel<(AccessRecord Record, TaskCompletionSource Done)> _waiting =
        Channel.CreateUnbounded<(AccessRecord, TaskCompletionSource)>();

    private readonly PlatformSql _sql;
    private readonly Task _writing;

    public AccessRecorder(PlatformSql sql)
    {
        _sql = sql;
        using (ExecutionContext.SuppressFlow()) // else the trace of the first caller would never end
        {
            _writing = Task.Run(WriteAsync);
        }
    }

    /// <summary>Returns when it is durable.</summary>
    /// <exception cref="AuditLostException">It is not.</exception>
    public Task RecordAsync(AccessRecord record)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiting.Writer.TryWrite((record, done))
            ? done.Task
            : throw new AuditLostException(new ObjectDisposedException(nameof(AccessRecorder)));
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        List<(AccessRecord Record, TaskCompletionSource Done)> group = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            await GatherAsync();
            while (group.Count < Most && _waiting.Reader.TryRead(out var next)) group.Add(next);

            try
            {
                using var limit = new CancellationTokenSource(Longest);
                await _sql.ExecuteAsync(tenantId: null, [Append([.. group.Select(entry => entry.Record)])], limit.Token);
                foreach (var (_, done) in group) done.SetResult();
            }
            catch (Exception e) // for each kind of failure the waiting callers get an answer, and the next group may succeed
            {
                foreach (var (_, done) in group) done.SetException(new AuditLostException(e));
            }

            group.Clear();
        }
    }

    /// <summary>
    /// Lets the others have their turn for as long as more of them come: one commit for many is worth more than it
    /// takes. Who asks alone does not wait.
    /// </summary>
    private async Task GatherAsync()
    {
        for (var count = 0; _waiting.Reader.Count > count && count < Most;)
        {
            count = _waiting.Reader.Count;
            await Task.Yield();
        }
    }

    private static NpgsqlBatchCommand Append(AccessRecord[] records)
    {
        return TenantSql.Statement(
            "select append_access_logs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            Column(NpgsqlDbType.Bigint, r => r.TenantId),
            Column(NpgsqlDbType.TimestampTz, r => r.OccurredAt),
            Column(NpgsqlDbType.Text, r => r.Source.Actor),
            Column(NpgsqlDbType.Bigint, r => r.UserId),
            Column(NpgsqlDbType.Text, r => r.Application),
            Column(NpgsqlDbType.Text, r => r.MinimumRole),
            Column(NpgsqlDbType.Boolean, r => r.Allowed),
            Column(NpgsqlDbType.Integer, r => r.Layer),
            Column(NpgsqlDbType.Text, r => r.Reason),
            Column(NpgsqlDbType.Text, r => r.Path),
            Column(NpgsqlDbType.Text, r => r.Source.RequestId),
            Column(NpgsqlDbType.Text, r => r.Source.IpAddress),
            Column(NpgsqlDbType.Text, r => r.Source.UserAgent));

        NpgsqlParameter Column<T>(NpgsqlDbType type, Func<AccessRecord, T> value) =>
            new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = records.Select(value).ToArray() };
    }
}
