using NodaTime;
using Npgsql;
using NpgsqlTypes;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A service and what is taken of it.</summary>
/// <param name="HasExpiredHolds">Whether there are rows of expired holds, which occupy nothing.</param>
public sealed record SlotFacts(BookableService Service, Taken Taken, bool HasExpiredHolds);

/// <summary>The statements of one reading.</summary>
/// <param name="Known">The service as it was remembered when they were made; null: they read it.</param>
public sealed record SlotReading(
    long ServiceId, BookableService? Known, IReadOnlyList<NpgsqlBatchCommand> Statements);

/// <summary>
/// Reads what slots are computed from: two statements, however long the range and however many resources. Of a service
/// that is remembered only the catalogue's version is read; if that is another, which is rare, all is read again.
/// </summary>
public sealed class SlotQuery(TenantSql sql, TenantContext tenant, CatalogueCache cache, TimeProvider clock)
{
    /// <summary>A packed grid begins at midnight, so that what is taken since then matters.</summary>
    private const int PackedLookBackHours = 27;

    private static readonly string TakenOfKnown = Taken("allocations a", "$1", "$2, $3");

    private static readonly string TakenOfLimited = $"{TakenOfKnown} union all {Use}";

    private static readonly string TakenOfUnknown = Taken(
        "services s cross join allocations a",
        "array(select with_parts(array(select c.resource_id from service_candidates($1) c)))",
        $"""
        $2 - make_interval(hours => case s.slot_grid when 'packed' then {PackedLookBackHours} else 0 end,
            mins => s.before_buffer_minutes),
        $3 + make_interval(mins => s.after_buffer_minutes + (select max(d) from unnest(s.durations_minutes) d))
        """)
        + $" and s.id = $1 union all {Use}";

    private static string Taken(string from, string ids, string range) => $"""
        select 0, a.resource_id, lower(a.occupied), upper(a.occupied), a.units, coalesce(a.session_key, 0), a.seats,
            a.expires_at is not null, null::date, coalesce(a.expires_at <= $4, false)
        from {from}
        where a.resource_id = any({ids}) and a.active and a.occupied && tstzrange({range})
            and a.booking_id is distinct from {Except}
        """;

    /// <summary>The booking that is thought away: one that is being moved, or one's own hold.</summary>
    private const string Except = "coalesce($5, (select h.id from bookings h where h.hold_token = $6))";

    private const string UsedDays = $"""
        services s
        join bookings b on b.service_id = s.id and b.local_date between $8 and $9
            and (b.status in {LimitRules.Counted}
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
    /// <param name="holdToken">Of a hold to ignore, because the caller is going to use it.</param>
    public async Task<SlotFacts?> ReadAsync(
        long serviceId, TimeRange wanted, CancellationToken ct, string? holdToken = null)
    {
        while (true)
        {
            var reading = Reading(serviceId, wanted, clock.Now, holdToken: holdToken);
            await using var reader = await sql.ReadAsync(reading.Statements, ct);
            if (await FinishAsync(reading, reader, ct) is (var facts, false)) return facts;
        }
    }

    /// <summary>
    /// Every offered service, with its bookings: one round trip reads the services, and one of two statements
    /// each reads them all.
    /// </summary>
    public async Task<IReadOnlyList<SlotFacts>> ReadAllAsync(bool publicOnly, TimeRange wanted, CancellationToken ct)
    {
        var ids = await ReadIdsAsync(publicOnly, ct);
        while (ids.Count > 0)
        {
            var now = clock.Now;
            var readings = ids.Select(id => Reading(id, wanted, now)).ToList();
            await using var reader = await sql.ReadAsync(readings.SelectMany(reading => reading.Statements), ct);
            List<SlotFacts> all = [];
            var isCurrent = true;
            foreach (var reading in readings)
            {
                var (facts, hasChanged) = await FinishAsync(reading, reader, ct);
                if (hasChanged) await reader.NextResultAsync(ct); // past what is taken, which was not read
                if (facts is not null && (facts.Service.Public || !publicOnly)) all.Add(facts);
                isCurrent &= !hasChanged;
                await reader.NextResultAsync(ct);
            }

            if (isCurrent) return all;
        }

        return [];
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

    /// <summary>Also works in a writer's transaction.</summary>
    /// <param name="exceptBooking">A booking that is to be thought away, because it is being moved.</param>
    /// <param name="since">The earliest end of past bookings that matter; null when none do.</param>
    public async Task<SlotFacts?> ReadAsync(
        NpgsqlConnection connection, long serviceId, TimeRange wanted, long? exceptBooking, CancellationToken ct,
        DateTimeOffset? since = null)
    {
        while (true)
        {
            var reading = Reading(serviceId, wanted, clock.Now, exceptBooking, since: since);
            await using var batch = new NpgsqlBatch(connection);
            foreach (var statement in reading.Statements) batch.BatchCommands.Add(statement);
            await using var reader = await batch.ExecuteReaderAsync(ct);
            if (await FinishAsync(reading, reader, ct) is (var facts, false)) return facts;
        }
    }

    /// <summary>For a batch that asks for more besides.</summary>
    public SlotReading Reading(long serviceId, TimeRange wanted, DateTimeOffset now, long? exceptBooking = null,
        string? holdToken = null, DateTimeOffset? since = null)
    {
        // No slot lies outside, and no date overflows.
        var (first, last) = ((since ?? now).AddDays(-1), now.AddYears(20));
        var from = wanted.Start < first ? first : wanted.Start > last ? last : wanted.Start;
        var to = (wanted.End < from ? from : wanted.End > last ? last : wanted.End) + TimeSpan.FromMicroseconds(1);
        var (except, token) = (Typed(NpgsqlDbType.Bigint, exceptBooking), Typed(NpgsqlDbType.Text, holdToken));
        var firstDay = DateOnly.FromDateTime(from.UtcDateTime.AddDays(-8)); // a whole week, in any zone
        var lastDay = DateOnly.FromDateTime(to.UtcDateTime.AddDays(8));

        if (cache.Find(tenant.Id, serviceId) is not { } known)
        {
            return new(serviceId, null,
            [
                ServiceReader.Statement(serviceId, now),
                TenantSql.Statement(
                    TakenOfUnknown, serviceId, from, to, now, except, token, serviceId, firstDay, lastDay),
            ]);
        }

        from -= known.Times.Before + TimeSpan.FromHours(known.Times.Packed ? PackedLookBackHours : 0);
        to += known.Times.After + TimeSpan.FromMinutes(known.DurationsMinutes.Max());
        return new(serviceId, known,
        [
            TenantSql.Statement(ServiceReader.Version),
            known.HasLimits
                ? TenantSql.Statement(
                    TakenOfLimited, Ids(known), from, to, now, except, token, serviceId, firstDay, lastDay)
                : TenantSql.Statement(TakenOfKnown, Ids(known), from, to, now, except, token),
        ]);
    }

    /// <returns>
    /// Whether the catalogue has changed since it was remembered: then the reading has to be made again.
    /// </returns>
    internal async Task<(SlotFacts? Facts, bool HasChanged)> FinishAsync(
        SlotReading reading, NpgsqlDataReader reader, CancellationToken ct)
    {
        var service = reading.Known;
        if (service is null)
        {
            service = await ServiceReader.ReadAsync(reader, reading.ServiceId, tenant.TimeZone, ct);
            if (service is not null) cache.Remember(tenant.Id, service);
        }
        else if (!await ServiceReader.IsCurrentAsync(reader, service, ct))
        {
            cache.Forget(tenant.Id, service);
            return (null, true);
        }

        await reader.NextResultAsync(ct);
        List<(long ResourceId, Busy Busy)> busy = [];
        List<DayUse> days = [];
        var hasExpiredHolds = false;
        while (await reader.ReadAsync(ct))
        {
            if (reader.GetBoolean(9))
            {
                hasExpiredHolds = true;
            }
            else if (reader.GetInt32(0) == 0)
            {
                var occupied = new TimeRange(Utc(reader.GetDateTime(2)), Utc(reader.GetDateTime(3)));
                busy.Add((reader.GetInt64(1), new(
                    occupied, reader.GetInt32(4), reader.GetInt64(5), reader.GetInt32(6), reader.GetBoolean(7))));
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

        var taken = new Taken(busy.ToLookup(b => b.ResourceId, b => b.Busy), days);
        return (service is null ? null : new(service, taken, hasExpiredHolds), false);
    }

    private static long[] Ids(BookableService service) =>
    [
        .. service.Candidates.SelectMany(c => (c.Parts ?? []).Select(part => part.ResourceId).Prepend(c.ResourceId)).Distinct(),
    ];

    private static NpgsqlParameter Typed(NpgsqlDbType type, object? value) =>
        new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };

    private static DateTimeOffset Utc(DateTime instant) => new(instant, TimeSpan.Zero);
}
