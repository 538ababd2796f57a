using NodaTime;
using Npgsql;
using NpgsqlTypes;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A service and what is taken of it.</summary>
/// <param name="HasExpiredHolds">Whether rows of holds that are over stand where time is free.</param>
public sealed record SlotFacts(BookableService Service, Taken Taken, bool HasExpiredHolds);

/// <summary>The statements of one reading.</summary>
/// <param name="Known">What was remembered when they were made.</param>
internal sealed record SlotReading(
    long ServiceId, BookableService? Known, IReadOnlyList<NpgsqlBatchCommand> Statements);

/// <summary>
/// Reads what slots are computed from: two statements, however long the range and however many resources. The first
/// returns the service only if it has changed since it was last read.
/// </summary>
public sealed class SlotQuery(TenantSql sql, TenantContext tenant, CatalogueCache cache, TimeProvider clock)
{
    private const string Busy = """
        with s as (
            select id, limits <> '{}' as limited, before_buffer_minutes, after_buffer_minutes,
                make_interval(hours => case slot_grid when 'packed' then 27 else 0 end) as look_back, -- to midnight
                (select max(d) from unnest(durations_minutes) d) as longest
            from services where id = $1),
        ids as (
            select with_parts(array(select c.resource_id from service_candidates($1) c)) as id
            where $4 is null or $4 <> (select version from catalogue_version)
            union all
            select unnest($5) where $4 = (select version from catalogue_version))
        select 0, a.resource_id, lower(a.occupied), upper(a.occupied), a.units, coalesce(a.session_key, 0), a.seats,
            a.expires_at is not null, null::date, coalesce(a.expires_at <= $6, false)
        from s, allocations a
        where a.resource_id = any(array(select id from ids)) and a.active
            and a.occupied && tstzrange(
                $2 - s.look_back - make_interval(mins => s.before_buffer_minutes),
                $3 + make_interval(mins => s.after_buffer_minutes + s.longest))
            and a.booking_id is distinct from coalesce($7, (select h.id from bookings h where h.hold_token = $10))
        union all
        select 1, a.resource_id, null, null, count(distinct b.id)::int,
            sum(extract(epoch from b.end_at - b.start_at) / 60)::bigint, 0, false, b.local_date, false
        from s
        join bookings b on b.service_id = s.id and b.local_date between $8 and $9
            and (b.status in ('pending', 'confirmed', 'checked_in', 'completed', 'no_show')
                or (b.status = 'held' and b.hold_expires_at > $6))
            and b.id is distinct from coalesce($7, (select h.id from bookings h where h.hold_token = $10))
        left join allocations a on a.booking_id = b.id and a.part_of is null
        where s.limited
        group by b.local_date, a.resource_id
        union all
        select 2, null, null, null, count(*)::int,
            sum(extract(epoch from b.end_at - b.start_at) / 60)::bigint, 0, false, b.local_date, false
        from s
        join bookings b on b.service_id = s.id and b.local_date between $8 and $9
            and (b.status in ('pending', 'confirmed', 'checked_in', 'completed', 'no_show')
                or (b.status = 'held' and b.hold_expires_at > $6))
            and b.id is distinct from coalesce($7, (select h.id from bookings h where h.hold_token = $10))
        where s.limited
        group by b.local_date
        """;

    /// <summary>Null if there is no such service.</summary>
    /// <param name="holdToken">Of a hold that is to be thought away, because whoever asks is going to use it.</param>
    public async Task<SlotFacts?> ReadAsync(
        long serviceId, TimeRange wanted, CancellationToken ct, string? holdToken = null)
    {
        var reading = Reading(serviceId, wanted, clock.Now, holdToken: holdToken);
        await using var reader = await sql.ReadAsync(reading.Statements, ct);
        return await FinishAsync(reading, reader, ct);
    }

    /// <summary>
    /// Every service that is offered, with what is taken: one round trip tells which there are, and one of two statements
    /// each reads them all.
    /// </summary>
    public async Task<IReadOnlyList<SlotFacts>> ReadAllAsync(bool publicOnly, TimeRange wanted, CancellationToken ct)
    {
        var ids = await ReadIdsAsync(publicOnly, ct);
        if (ids.Count == 0) return [];

        var now = clock.Now;
        var readings = ids.Select(id => Reading(id, wanted, now)).ToList();
        await using var reader = await sql.ReadAsync(readings.SelectMany(reading => reading.Statements), ct);
        List<SlotFacts> all = [];
        foreach (var reading in readings)
        {
            if (await FinishAsync(reading, reader, ct) is { } facts && (facts.Service.Public || !publicOnly)) all.Add(facts);
            await reader.NextResultAsync(ct);
        }

        return all;
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

    /// <summary>In the transaction of somebody who writes, too.</summary>
    /// <param name="exceptBooking">A booking that is to be thought away, because it is being moved.</param>
    public async Task<SlotFacts?> ReadAsync(
        NpgsqlConnection connection, long serviceId, TimeRange wanted, long? exceptBooking, CancellationToken ct)
    {
        var reading = Reading(serviceId, wanted, clock.Now, exceptBooking);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in reading.Statements) batch.BatchCommands.Add(statement);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        return await FinishAsync(reading, reader, ct);
    }

    /// <summary>For a batch that asks for more besides.</summary>
    internal SlotReading Reading(long serviceId, TimeRange wanted, DateTimeOffset now, long? exceptBooking = null,
        string? holdToken = null)
    {
        // No slot lies outside, and no date overflows.
        var (first, last) = (now.AddDays(-1), now.AddYears(20));
        var from = wanted.Start < first ? first : wanted.Start > last ? last : wanted.Start;
        var to = (wanted.End < from ? from : wanted.End > last ? last : wanted.End) + TimeSpan.FromMicroseconds(1);
        var known = cache.Find(tenant.Id, serviceId);

        return new(serviceId, known,
        [
            ServiceReader.Statement(serviceId, known?.Version, now),
            TenantSql.Statement(
                Busy,
                serviceId,
                from,
                to,
                Typed(NpgsqlDbType.Bigint, known?.Version),
                Typed(NpgsqlDbType.Array | NpgsqlDbType.Bigint, known is null ? Array.Empty<long>() : Ids(known)),
                now,
                Typed(NpgsqlDbType.Bigint, exceptBooking),
                DateOnly.FromDateTime(from.UtcDateTime.AddDays(-8)), // a whole week, in any zone
                DateOnly.FromDateTime(to.UtcDateTime.AddDays(8)),
                Typed(NpgsqlDbType.Text, holdToken)),
        ]);
    }

    internal async Task<SlotFacts?> FinishAsync(SlotReading reading, NpgsqlDataReader reader, CancellationToken ct)
    {
        var service = await ServiceReader.ReadAsync(reader, reading.ServiceId, tenant.TimeZone, reading.Known, ct);
        if (service is not null && !ReferenceEquals(service, reading.Known)) cache.Remember(tenant.Id, service);

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

        return service is null
            ? null
            : new(service, new(busy.ToLookup(b => b.ResourceId, b => b.Busy), days), hasExpiredHolds);
    }

    private static long[] Ids(BookableService service) =>
    [
        .. service.Candidates.SelectMany(c => (c.Parts ?? []).Select(part => part.ResourceId).Prepend(c.ResourceId)).Distinct(),
    ];

    private static NpgsqlParameter Typed(NpgsqlDbType type, object? value) =>
        new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };

    private static DateTimeOffset Utc(DateTime instant) => new(instant, TimeSpan.Zero);
}
