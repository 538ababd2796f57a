using Npgsql;
using Platform.Core.Storage;

namespace Platform.Core.Clients;

/// <summary>
/// Locks of clients, by schema and id, until the transaction ends. Writers of a client's id share them; merging
/// and erasing take them alone. They are advisory locks because those are served in order: a row lock that many share
/// in turn may never become free for an exclusive lock.
/// <para>
/// They come first, by ascending id; then rows of clients, services, resources, series and bookings. What was read
/// before the lock may have changed since, so it is looked at again after it.
/// </para>
/// </summary>
public static class ClientLocks
{
    private static readonly string Key = AdvisoryLocks.Client("id");

    public static NpgsqlBatchCommand Share(params IEnumerable<long> ids) =>
        Of($"select pg_advisory_xact_lock_shared({Key}) from unnest($1) as id", ids);

    public static NpgsqlBatchCommand Take(params IEnumerable<long> ids) =>
        Of($"select pg_advisory_xact_lock({Key}) from unnest($1) as id", ids);

    /// <summary>True if nobody takes it, or waits to.</summary>
    public static NpgsqlBatchCommand TryShare(long id) =>
        Of($"select pg_try_advisory_xact_lock_shared({Key}) from unnest($1) as id", [id]);

    private static NpgsqlBatchCommand Of(string sql, IEnumerable<long> ids) =>
        TenantSql.Statement(sql, ids.Distinct().Order().ToArray());
}
