using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Contracts.Audit;
using Platform.Core.Storage;

namespace Platform.Core.Audit;

/// <summary>
/// Seals the trails once that is due and lets old segments go, in one process at a time: of many that start at once,
/// one does it and the others find it done.
/// </summary>
public sealed class KeepAudit(
    AuditChains chains, [FromKeyedServices(Databases.Platform)] NpgsqlDataSource source, TimeProvider clock)
{
    /// <param name="sealEvery">Due is what was sealed no later than this long ago.</param>
    /// <param name="keep">How long sealed rows are kept.</param>
    public async Task<AuditKept> RunAsync(TimeSpan sealEvery, TimeSpan keep, CancellationToken ct)
    {
        // The lock ends with the transaction, also when this process dies. The work has connections of its own.
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var turn = await connection.BeginTransactionAsync(ct);

        var now = clock.Now;
        var (isOurs, sealedAt) = await AskAsync(connection, now, ct);
        if (!isOurs) return AuditKept.Nothing(sealEvery);
        if (sealedAt + sealEvery - now is { Ticks: > 0 } early) return AuditKept.Nothing(early);

        var (count, broken) = await chains.SealAsync(ct);
        var (pruned, refused) = await chains.PruneAsync(keep, ct);
        return new(sealEvery, count, broken, pruned, refused);
    }

    /// <summary>In two statements, so that the second one sees what the former holder of the lock has written.</summary>
    private static async Task<(bool IsOurs, DateTimeOffset? SealedAt)> AskAsync(
        NpgsqlConnection connection, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Scope.AllTenants.ToStatement(),
                TenantSql.Statement($"select pg_try_advisory_xact_lock({AdvisoryLocks.AuditKeeping})"),

                // A time to come is a forgery or another's clock; believed, it would put off sealing until then.
                TenantSql.Statement("select max(sealed_at) from audit_checkpoints where sealed_at <= $1", now),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        var isOurs = reader.GetBoolean(0);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return (isOurs, reader.GetFieldValue<DateTimeOffset?>(0));
    }
}

/// <param name="Next">How long until it is due again.</param>
/// <param name="Broken">What was not sealed.</param>
/// <param name="Pruned">Rows.</param>
/// <param name="Refused">Segments that the database refused to delete.</param>
public sealed record AuditKept(
    TimeSpan Next,
    int Sealed,
    IReadOnlyList<AuditChainReport> Broken,
    long Pruned,
    IReadOnlyList<PruneRejection> Refused)
{
    /// <summary>It is not due, or another process is at it.</summary>
    public static AuditKept Nothing(TimeSpan next) => new(next, 0, [], 0, []);
}
