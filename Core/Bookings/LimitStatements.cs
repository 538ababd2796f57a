using Npgsql;
using NpgsqlTypes;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>Counts what is used of a service's limits, for the answer to a refused request.</summary>
internal static class LimitStatements
{
    /// <summary>The answer lists at most this many bookings of a client.</summary>
    private const int MaxBookings = 20;

    private const string Live = $"""
        with live as (
            select b.id, b.client_id, b.local_date, b.start_at, b.end_at,
                extract(epoch from b.end_at - b.start_at) / 60 as minutes, b.status <> 'held' as is_booked
            from bookings b
            where b.service_id = $1 and (b.local_date between $3 and $4 or (b.client_id = $5 and b.end_at > $6))
                and b.id is distinct from $7
                and (b.status in {BookingStatusSql.Counted}
                    or (b.status = 'held' and b.hold_expires_at > $6)))
        """;

    public static IEnumerable<NpgsqlBatchCommand> Use(RefusedStart refused, DateOnly date, DateTimeOffset now)
    {
        var week = LimitUse.WeekOf(NodaTime.LocalDate.FromDateOnly(date), refused.Service.Organisation.WeekStart).ToDateOnly();

        yield return Statement("""
            select count(*) filter (where local_date = $2), coalesce(sum(minutes) filter (where local_date = $2), 0),
                count(*) filter (where local_date between $3 and $4),
                coalesce(sum(minutes) filter (where local_date between $3 and $4), 0),
                count(*) filter (where client_id = $5 and end_at > $6),
                count(*) filter (where client_id = $5 and local_date = $2),
                (select count(*) from bookings where status = 'held' and hold_owner = $8 and hold_expires_at > $6)
            from live
            """);
        yield return Statement("""
            select a.resource_id, count(distinct live.id)
            from live join allocations a on a.booking_id = live.id and a.part_of is null
            where live.local_date = $2 group by a.resource_id
            """);
        yield return Statement($"""
            select id, start_at, end_at, local_date from live
            where client_id = $5 and is_booked and (local_date = $2 or end_at > $6)
            order by start_at, id limit {MaxBookings}
            """);

        NpgsqlBatchCommand Statement(string rest) => TenantSql.Statement(
            $"{Live} {rest}", refused.Service.Id, date, week, week.AddDays(6), Typed(NpgsqlDbType.Bigint, refused.ClientId), now,
            Typed(NpgsqlDbType.Bigint, refused.BookingId), Typed(NpgsqlDbType.Text, refused.HoldOwner));
    }

    public static async Task<LimitCounts> ReadAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        await reader.ReadAsync(ct);
        var counts = new LimitCounts(
            Count(0), (int)reader.GetDecimal(1), Count(2), (int)reader.GetDecimal(3), Count(4), Count(5), Count(6),
            new Dictionary<long, int>(), []);

        await reader.NextResultAsync(ct);
        Dictionary<long, int> resources = [];
        while (await reader.ReadAsync(ct)) resources[reader.GetInt64(0)] = Count(1);

        await reader.NextResultAsync(ct);
        List<BookedTime> ofClient = [];
        while (await reader.ReadAsync(ct))
        {
            ofClient.Add(new(
                reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2),
                reader.GetFieldValue<DateOnly>(3)));
        }

        return counts with { Resources = resources, OfClient = ofClient };

        int Count(int column) => (int)reader.GetInt64(column);
    }

    private static NpgsqlParameter Typed(NpgsqlDbType type, object? value) =>
        new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
