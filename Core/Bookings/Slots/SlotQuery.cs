using System.Diagnostics;
using NodaTime;
using Npgsql;
using NpgsqlTypes;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Slots;

/// <summary>What slots are computed from: a service, and what is booked of it.</summary>
/// <param name="HasExpiredHolds">Whether there are rows of expired holds, which occupy nothing.</param>
public sealed record SlotInputs(BookableService Service, OccupiedTimes Occupied, bool HasExpiredHolds);

/// <summary>Of which service, and of which time, the inputs of slots are read.</summary>
/// <param name="Times">May depend on the service as it is cached; null where it is not.</param>
public sealed record SlotRead(long ServiceId, Func<BookableService?, TimeRange> Times)
{
    public SlotRead(long serviceId, TimeRange times) : this(serviceId, _ => times)
    {
    }

    /// <summary>A booking to ignore, because it is being moved.</summary>
    public long? ExceptBooking { get; init; }

    /// <summary>The token of a hold to ignore, because the caller is going to use it.</summary>
    public string? HoldToken { get; init; }

    /// <summary>The earliest end of past bookings that matter; null when none do.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The time that the caller decides by; the clock's when absent.</summary>
    public DateTimeOffset? Now { get; init; }
}

/// <summary>Further statements of a batch.</summary>
/// <param name="Statements">Makes them: a statement is good for one batch.</param>
/// <param name="ReadAsync">Reads their results, from the first to the last.</param>
internal sealed record BatchPart(Func<IReadOnlyList<NpgsqlBatchCommand>> Statements, Func<NpgsqlDataReader, Task> ReadAsync)
{
    public static readonly BatchPart None = new(() => [], _ => Task.CompletedTask);
}

/// <summary>
/// Reads what slots are computed from: two statements, however long the range and however many resources. Of a cached
/// service only the catalogue's version is read; if it has changed, which is rare, everything is read again.
/// </summary>
public sealed class SlotQuery(TenantSql sql, TenantContext tenant, CatalogueCache cache, TimeProvider clock)
{
    /// <summary>A packed grid begins at midnight, so that what is taken since then matters.</summary>
    private const int PackedLookBackHours = 27;

    private static readonly string OccupiedOfCached = OccupiedSql("", "$1", "$2, $3");

    private static readonly string OccupiedOfLimited = $"{OccupiedOfCached} union all {Use}";

    private static readonly string OccupiedOfAny = OccupiedSql(
        "(select * from services where id = $1) s cross join ",
        "array(select with_parts(array(select c.resource_id from service_candidates($1) c)))",
        $"""
        $2 - make_interval(hours => case s.slot_grid when 'packed' then {PackedLookBackHours} else 0 end,
            mins => s.before_buffer_minutes),
        $3 + make_interval(mins => s.after_buffer_minutes + (select max(d) from unnest(s.durations_minutes) d))
        """)
        + $" union all {Use}";

    private static string OccupiedSql(string from, string ids, string range) => $"""
        select 0, a.resource_id, lower(a.occupied), upper(a.occupied), a.units, coalesce(a.session_key, 0), a.seats,
            a.expires_at is not null, null::date, coalesce(a.expires_at <= $4, false)
        from {from}allocations a
        where a.resource_id = any({ids}) and a.active and a.occupied && tstzrange({range})
            and a.booking_id is distinct from {Except}
        union all
        select {Outside}, t.resource_id, lower(t.during), upper(t.during), 0, 0, 0, false, null, false
        from {from}outside_busy_times t
        where t.resource_id = any({ids}) and t.during && tstzrange({range})
        """;

    /// <summary>What the first column is for times at which an outside calendar says busy.</summary>
    private const int Outside = 3;

    /// <summary>The booking that is ignored: one that is being moved, or the caller's own hold.</summary>
    private const string Except = "coalesce($5, (select h.id from bookings h where h.hold_token = $6))";

    private const string UsedDays = $"""
        services s
        join bookings b on b.service_id = s.id and b.local_date between $8 and $9
            and (b.status in {BookingStatusSql.Counted}
                or (b.status = 'held' and b.hold_expires_at > $4))
            and b.id is distinct from {Except}
        """;

    /// <summary>What is booked of a service with limits, by day: of each resource, and as a whole.</summary>
    private const string Use = $"""
        select 1, a.resource_id, null, null, count(distinct b.id)::int, 0, 0, false, b.local_date, false
        from {UsedDays}
        left join allocations a on a.booking_id = b.id and a.part_of is null
        where s.id = $7 and s.limits <> '{EmptyJson}'
        group by b.local_date, a.resource_id
        union all
        select 2, null, null, null, count(*)::int,
            sum(extract(epoch from b.end_at - b.start_at) / 60)::bigint, 0, false, b.local_date, false
        from {UsedDays}
        where s.id = $7 and s.limits <> '{EmptyJson}'
        group by b.local_date
        """;

    private const string EmptyJson = "{}";

    /// <summary>Null if the service does not exist.</summary>
    public Task<SlotInputs?> ReadAsync(SlotRead read, CancellationToken ct) =>
        ReadAsync(read, BatchPart.None, BatchPart.None, ct);

    /// <summary>In one batch with other statements. They run, and are read, again if the cached service is outdated.</summary>
    internal Task<SlotInputs?> ReadAsync(SlotRead read, BatchPart before, BatchPart after, CancellationToken ct) =>
        ReadAsync(read, before, after, statements => sql.ReadAsync(statements, ct), ct);

    /// <summary>In a writer's transaction.</summary>
    public Task<SlotInputs?> ReadAsync(DbContext db, SlotRead read, CancellationToken ct) =>
        ReadAsync(read, BatchPart.None, BatchPart.None, statements => db.SendAsync(statements, ct), ct);

    /// <summary>
    /// Every offered service, with its bookings: one round trip reads the services, and one of two statements
    /// each reads them all.
    /// </summary>
    public async Task<IReadOnlyList<SlotInputs>> ReadAllAsync(bool publicOnly, TimeRange wanted, CancellationToken ct)
    {
        var ids = await ReadIdsAsync(publicOnly, ct);
        if (ids.Count == 0) return [];

        var all = await ReadAllAsync(ids, id => cache.Find(tenant.Id, id), wanted, ct)
            ?? await ReadAllAsync(ids, _ => null, wanted, ct)
            ?? throw new UnreachableException();
        return [.. all.Where(inputs => inputs.Service.Public || !publicOnly)];
    }

    /// <returns>Null if a cached service is outdated.</returns>
    private async Task<List<SlotInputs>?> ReadAllAsync(
        List<long> ids, Func<long, BookableService?> cached, TimeRange wanted, CancellationToken ct)
    {
        var reads = ids.Select(id => (Read: new SlotRead(id, wanted), Cached: cached(id))).ToList();
        await using var reader = await sql.ReadAsync(reads.SelectMany(one => Statements(one.Read, one.Cached)), ct);
        List<SlotInputs> all = [];
        var isCurrent = true;
        foreach (var (read, known) in reads)
        {
            var result = await ReadResultsAsync(read, known, reader, ct);
            if (result.Inputs is { } inputs) all.Add(inputs);
            isCurrent &= result.IsCurrent;
        }

        return isCurrent ? all : null;
    }

    /// <summary>Every service that is offered: two round trips, with one statement each.</summary>
    public async Task<IReadOnlyList<BookableService>> ReadServicesAsync(bool publicOnly, CancellationToken ct)
    {
        var ids = await ReadIdsAsync(publicOnly, ct);
        var services = await ServiceReader.ReadAsync(
            statements => sql.ReadAsync(statements, ct), ids, tenant, cache, clock.Now, ct);
        return [.. ids.Select(services.GetValueOrDefault).OfType<BookableService>().Where(s => s.Public || !publicOnly)];
    }

    private async Task<List<long>> ReadIdsAsync(bool publicOnly, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(
            [TenantSql.Statement("select id from services where active and (public or not $1) order by id", publicOnly)], ct);
        List<long> ids = [];
        while (await reader.ReadAsync(ct)) ids.Add(reader.GetInt64(0));
        return ids;
    }

    private async Task<SlotInputs?> ReadAsync(
        SlotRead read, BatchPart before, BatchPart after,
        Func<IEnumerable<NpgsqlBatchCommand>, Task<NpgsqlDataReader>> send, CancellationToken ct)
    {
        var result = await TryAsync(cache.Find(tenant.Id, read.ServiceId));
        return result.IsCurrent ? result.Inputs : (await TryAsync(null)).Inputs;

        async Task<(SlotInputs? Inputs, bool IsCurrent)> TryAsync(BookableService? cached)
        {
            await using var reader = await send([.. before.Statements(), .. Statements(read, cached), .. after.Statements()]);
            await before.ReadAsync(reader);
            var found = await ReadResultsAsync(read, cached, reader, ct);
            if (found.IsCurrent) await after.ReadAsync(reader);
            return found;
        }
    }

    /// <summary>The statements of a read alone, for benchmarks.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> StatementsOf(SlotRead read) =>
        Statements(read, cache.Find(tenant.Id, read.ServiceId));

    /// <param name="cached">Null: the statements read the service as well.</param>
    private NpgsqlBatchCommand[] Statements(SlotRead read, BookableService? cached)
    {
        var (serviceId, wanted, now) = (read.ServiceId, read.Times(cached), read.Now ?? clock.Now);

        // No slot lies outside, and no date overflows.
        var (first, last) = ((read.Since ?? now).AddDays(-1), now.AddYears(20));
        var from = wanted.Start < first ? first : wanted.Start > last ? last : wanted.Start;
        var to = (wanted.End < from ? from : wanted.End > last ? last : wanted.End) + TimeSpan.FromMicroseconds(1);
        var (except, token) = (Typed(NpgsqlDbType.Bigint, read.ExceptBooking), Typed(NpgsqlDbType.Text, read.HoldToken));
        var firstDay = DateOnly.FromDateTime(from.UtcDateTime.AddDays(-8)); // a whole week, in any zone
        var lastDay = DateOnly.FromDateTime(to.UtcDateTime.AddDays(8));

        if (cached is null)
        {
            return
            [
                ServiceReader.Statement(serviceId, now),
                TenantSql.Statement(
                    OccupiedOfAny, serviceId, from, to, now, except, token, serviceId, firstDay, lastDay),
            ];
        }

        from -= cached.Times.Before + TimeSpan.FromHours(cached.Times.Packed ? PackedLookBackHours : 0);
        to += cached.Times.After + TimeSpan.FromMinutes(cached.DurationsMinutes.Max());
        return
        [
            TenantSql.Statement(ServiceReader.Version),
            cached.HasLimits
                ? TenantSql.Statement(
                    OccupiedOfLimited, Ids(cached), from, to, now, except, token, serviceId, firstDay, lastDay)
                : TenantSql.Statement(OccupiedOfCached, Ids(cached), from, to, now, except, token),
        ];
    }

    /// <summary>Reads the results of <see cref="Statements"/>, and goes on behind them.</summary>
    /// <returns>Not current if the catalogue has changed since the service was cached.</returns>
    private async Task<(SlotInputs? Inputs, bool IsCurrent)> ReadResultsAsync(
        SlotRead read, BookableService? cached, NpgsqlDataReader reader, CancellationToken ct)
    {
        var service = cached;
        if (service is null)
        {
            service = await ServiceReader.ReadAsync(reader, read.ServiceId, tenant.TimeZone, ct);
            if (service is not null) cache.Remember(tenant.Id, service);
        }
        else if (!await ServiceReader.IsCurrentAsync(reader, service, ct))
        {
            cache.Forget(tenant.Id, service);
            await reader.NextResultAsync(ct);
            await reader.NextResultAsync(ct);
            return (null, false);
        }

        await reader.NextResultAsync(ct);
        List<(long ResourceId, OccupiedTime Time)> times = [];
        List<DayUse> days = [];
        var hasExpiredHolds = false;
        while (await reader.ReadAsync(ct))
        {
            if (reader.GetBoolean(9))
            {
                hasExpiredHolds = true;
            }
            else if (reader.GetInt32(0) is 0 or Outside)
            {
                var range = new TimeRange(Utc(reader.GetDateTime(2)), Utc(reader.GetDateTime(3)));
                times.Add((reader.GetInt64(1), new(
                    range, reader.GetInt32(4), reader.GetInt64(5), reader.GetInt32(6), reader.GetBoolean(7),
                    IsOutside: reader.GetInt32(0) == Outside)));
            }
            else
            {
                days.Add(new(
                    LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(8)),
                    reader.IsDBNull(1) ? null : reader.GetInt64(1),
                    reader.GetInt32(4),
                    (int)reader.GetInt64(5)));
            }
        }

        await reader.NextResultAsync(ct);
        var occupied = new OccupiedTimes(times.ToLookup(b => b.ResourceId, b => b.Time), days);
        return (service is null ? null : new(service, occupied, hasExpiredHolds), true);
    }

    private static long[] Ids(BookableService service) =>
    [
        .. service.Candidates.SelectMany(c => c.ResourceIds).Distinct(),
    ];

    private static NpgsqlParameter Typed(NpgsqlDbType type, object? value) =>
        new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };

    private static DateTimeOffset Utc(DateTime instant) => new(instant, TimeSpan.Zero);
}
