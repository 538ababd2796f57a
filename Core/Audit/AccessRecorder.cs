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
/// one commit serve them all, and no caller is answered before its decisions are durable.
/// </summary>
public sealed class AccessRecorder : IAsyncDisposable
{
    /// <summary>Rows of one statement; more would keep the first callers waiting for the last.</summary>
    private const int MaxRows = 500;

    /// <summary>Requests that may wait. More could not be written within the timeout.</summary>
    private const int MaxWaiting = 20_000;

    /// <summary>How long a caller waits for its decisions to be durable, and a statement for the database.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Channel<Waiter> _waiting;
    private readonly TimeSpan _timeout;
    private readonly PlatformSql _sql;
    private readonly Task _writing;

    public AccessRecorder(PlatformSql sql) : this(sql, Timeout, MaxWaiting)
    {
    }

    public AccessRecorder(PlatformSql sql, TimeSpan timeout, int maxWaiting)
    {
        (_sql, _timeout) = (sql, timeout);
        _waiting = Channel.CreateBounded<Waiter>(new BoundedChannelOptions(maxWaiting) { SingleReader = true });
        using (ExecutionContext.SuppressFlow()) // else the trace of the first caller would never end
        {
            _writing = Task.Run(WriteAsync);
        }
    }

    /// <summary>Returns when all of them are durable.</summary>
    /// <exception cref="AuditLostException">
    /// They are not: the database refuses or does not answer in time, or too many requests wait for it.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller has gone; the decisions may be recorded all the same.</exception>
    public async Task RecordAsync(IReadOnlyList<AccessRecord> records, CancellationToken ct)
    {
        var waiter = new Waiter(records);
        if (!_waiting.Writer.TryWrite(waiter)) throw new AuditLostException(new InvalidOperationException("The queue is full or closed."));

        try
        {
            await waiter.Task.WaitAsync(_timeout, ct);
        }
        catch (TimeoutException e)
        {
            throw new AuditLostException(e);
        }
        finally
        {
            waiter.TrySetCanceled(CancellationToken.None); // a request that no longer waits is not written
        }
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
    }

    private sealed class Waiter(IReadOnlyList<AccessRecord> records)
        : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public IReadOnlyList<AccessRecord> Records => records;
    }

    private async Task WriteAsync()
    {
        List<Waiter> group = [];
        List<AccessRecord> rows = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            await WaitForMoreAsync();
            while (rows.Count < MaxRows && _waiting.Reader.TryRead(out var next))
            {
                if (next.Task.IsCompleted) continue;

                group.Add(next);
                rows.AddRange(next.Records);
            }

            if (group.Count > 0) await WriteAsync(group, [.. rows]);
            group.Clear();
            rows.Clear();
        }
    }

    private async Task WriteAsync(List<Waiter> group, AccessRecord[] rows)
    {
        try
        {
            using var limit = new CancellationTokenSource(_timeout);
            await _sql.ExecuteAsync(Scope.AllTenants, [Append(rows)], limit.Token);
            foreach (var waiter in group) waiter.TrySetResult();
        }
        catch (Exception e) // each kind of failure answers the waiting callers, and the next group may succeed
        {
            foreach (var waiter in group) waiter.TrySetException(new AuditLostException(e));
        }
    }

    /// <summary>
    /// Lets other requests run as long as more of them come: one commit for many is worth more than it takes. A single
    /// caller does not wait.
    /// </summary>
    private async Task WaitForMoreAsync()
    {
        for (var count = 0; _waiting.Reader.Count > count && count < MaxRows;)
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
