using Npgsql;
using Platform.Core.Storage;

namespace Platform.Core.Licensing;

/// <summary>
/// Keeps changes of an application's prices and its grants apart: grants share the lock, a change has it alone, each
/// until its transaction ends. It is an advisory lock because those are first come, first served: callers that share
/// the lock of a row passes a writer that waits, who could wait for as long as grants go on.
/// </summary>
public static class PriceLock
{
    /// <param name="applicationId">An expression of SQL.</param>
    internal static string Share(string applicationId) => $"pg_advisory_xact_lock_shared({AdvisoryLocks.Prices(applicationId)})";

    /// <summary>Waits for grants that are being written; later ones see the changed prices.</summary>
    public static NpgsqlBatchCommand Take(long applicationId) =>
        TenantSql.Statement($"select pg_advisory_xact_lock({AdvisoryLocks.Prices("$1")})", applicationId);
}
