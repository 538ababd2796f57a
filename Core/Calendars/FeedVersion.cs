using Npgsql;
using Platform.Core.Storage;

namespace Platform.Core.Calendars;

/// <summary>Finds out by one statement whether anything that a feed shows has changed.</summary>
public static class FeedVersion
{
    /// <summary>
    /// The transactions that last wrote the rows of the feed. Without rows if there is no such feed; in the schema of
    /// the tenant.
    /// </summary>
    /// <param name="from">What ends after it is shown.</param>
    /// <param name="to">What begins before it is shown.</param>
    public static NpgsqlBatchCommand Statement(FeedToken token, DateTimeOffset from, DateTimeOffset to) => TenantSql.Statement(
        """
        select f.xmin::text || ' ' || r.xmin::text || ' ' || md5(coalesce(string_agg(
            concat_ws(' ', b.id, b.xmin, s.xmin, c.xmin, a.xmin, shared.xmin), ',' order by b.id, a.id), ''))
        from calendar_feeds f
        join resources r on r.id = f.resource_id
        left join (
            allocations own
            join bookings b on b.id = own.booking_id and b.version > 0 and b.end_at > $2 and b.start_at < $3
            join services s on s.id = b.service_id
            join allocations a on a.booking_id = b.id
            join resources shared on shared.id = a.resource_id
            left join clients c on c.id = b.client_id) on own.resource_id = f.resource_id
        where f.token_hash = $1
        group by f.xmin::text, r.xmin::text
        """,
        token.Hash, from.ToUniversalTime(), to.ToUniversalTime());
}
