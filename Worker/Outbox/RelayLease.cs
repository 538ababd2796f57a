using Npgsql;

namespace Platform.Worker.Outbox;

/// <summary>Another relay may publish by now, or Redis does not know that this one may.</summary>
internal sealed class RelayLeaseLostException(string reason) : Exception(reason);

/// <summary>
/// The right of one relay to publish the events of a database: the row <c>platform.relay_lease</c>. It is free when its
/// holder's session has ended, and when the holder has been silent for the lease's length: a process that is frozen
/// keeps its session. A new holder raises the epoch, and the predecessor's publications are refused.
/// </summary>
/// <param name="connection">The holder's own; when it ends, so does the lease.</param>
internal sealed class RelayLease(NpgsqlConnection connection, TimeSpan length, TimeProvider clock)
{
    private long _kept;

    public long Epoch { get; private set; }

    public async Task<bool> TryTakeAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            update platform.relay_lease l set epoch = epoch + 1, heartbeat_at = clock_timestamp(), backend_pid = pg_backend_pid()
            where heartbeat_at < clock_timestamp() - $1
                or not exists (select from pg_stat_activity a where a.pid = l.backend_pid)
            returning epoch
            """,
            connection);
        command.Parameters.Add(new() { Value = length });

        _kept = clock.GetTimestamp();
        if (await command.ExecuteScalarAsync(ct) is not long epoch) return false;

        Epoch = epoch;
        return true;
    }

    /// <summary>Says, if it is time to, that this relay is alive.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        if (clock.GetElapsedTime(_kept) < length / 5) return;

        _kept = clock.GetTimestamp();
        await SetAsync("heartbeat_at = clock_timestamp()", Epoch, ct);
    }

    /// <summary>Takes a higher epoch: PostgreSQL was restored from a backup, so that Redis knows later ones.</summary>
    public Task RaiseAsync(long epoch, CancellationToken ct) => SetAsync("epoch = $2", epoch, ct);

    private async Task SetAsync(string change, long epoch, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"update platform.relay_lease set {change} where epoch = $1 and $2 >= $1", connection);
        command.Parameters.Add(new() { Value = Epoch });
        command.Parameters.Add(new() { Value = epoch });
        if (await command.ExecuteNonQueryAsync(ct) == 0) throw new RelayLeaseLostException("Another relay took over.");

        Epoch = epoch;
    }
}
