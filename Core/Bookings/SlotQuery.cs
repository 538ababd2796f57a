using NodaTime;
using Npgsql;
using Platform.Contracts.Catalogue;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A service with everything that decides when it can be booked.</summary>
/// <param name="Names">The names of its resources, by id.</param>
public sealed record BookableService(
    long Id,
    string Name,
    IReadOnlyList<int> DurationsMinutes,
    ServiceTimes Times,
    bool Public,
    IReadOnlyList<Candidate> Candidates,
    IReadOnlyDictionary<long, string> Names)
{
    /// <summary>With another of its lengths; null if it is none of them.</summary>
    public ServiceTimes? Lasting(int? minutes) =>
        minutes is null ? Times
        : DurationsMinutes.Contains(minutes.Value) ? Times with { Length = TimeSpan.FromMinutes(minutes.Value) }
        : null;
}

/// <summary>Reads what slots are computed from: two statements, however long the range and however many resources.</summary>
public sealed class SlotQuery(TenantSql sql, TenantContext tenant, TimeProvider clock)
{
    private const string Service = """
        select s.name, s.durations_minutes, s.before_buffer_minutes, s.after_buffer_minutes,
            coalesce(s.slot_interval_minutes, s.durations_minutes[1]), coalesce(s.minimum_notice_minutes, 0),
            coalesce(s.booking_window_days, 3660), s.public,
            r.id, r.name, sr.requirement, r.capacity, r.active, coalesce(schedule.time_zone, r.time_zone),
            rule.day, rule.start_minute, rule.end_minute, rule.valid_from, rule.valid_to
        from services s
        left join (service_resources sr join resources r on r.id = sr.resource_id) on sr.service_id = s.id
        left join schedules schedule on schedule.resource_id = r.id
        left join schedule_rules rule on rule.schedule_id = schedule.id
        where s.id = $1 and s.active
        order by sr.requirement, r.id
        """;

    private const string Busy = """
        select a.resource_id, a.unit, lower(a.occupied), upper(a.occupied)
        from services s
        join service_resources sr on sr.service_id = s.id
        join allocations a on a.resource_id = sr.resource_id and a.active
            and a.occupied && tstzrange(
                $2 - make_interval(mins => s.before_buffer_minutes),
                $3 + make_interval(mins => s.after_buffer_minutes + (select max(d) from unnest(s.durations_minutes) d)))
        where s.id = $1
        """;

    /// <summary>Null if there is no such service.</summary>
    public async Task<BookableService?> ReadAsync(long serviceId, TimeRange wanted, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(Statements(serviceId, wanted, clock.GetUtcNow()), ct);
        return await ReadAsync(reader, serviceId, tenant.TimeZone, ct);
    }

    /// <summary>For a batch that asks for more besides; <see cref="ReadAsync(NpgsqlDataReader, long, string, CancellationToken)"/> reads both answers.</summary>
    internal static IEnumerable<NpgsqlBatchCommand> Statements(long serviceId, TimeRange wanted, DateTimeOffset now)
    {
        var near = wanted.Within(new(now.AddDays(-1), now.AddYears(20))); // no slot lies outside, and no date overflows

        yield return TenantSql.Statement(Service, serviceId);
        yield return TenantSql.Statement(Busy, serviceId, near.Start, near.IsEmpty ? near.Start : near.End);
    }

    internal static async Task<BookableService?> ReadAsync(
        NpgsqlDataReader reader, long serviceId, string timeZone, CancellationToken ct)
    {
        BookableService? service = null;
        List<(Candidate Candidate, List<WeeklyRule> Rules)> resources = [];
        Dictionary<long, string> names = [];

        while (await reader.ReadAsync(ct))
        {
            service ??= ServiceOf(reader, serviceId);
            if (reader.IsDBNull(8)) continue; // a service without resources

            var resourceId = reader.GetInt64(8);
            if (names.TryAdd(resourceId, reader.GetString(9)))
            {
                resources.Add((CandidateOf(reader, resourceId, timeZone), []));
            }

            var active = reader.GetBoolean(12);
            if (active && !reader.IsDBNull(14)) resources[^1].Rules.Add(RuleOf(reader)); // inactive: never open
        }

        await reader.NextResultAsync(ct);
        List<(long ResourceId, BusyUnit Busy)> busy = [];
        while (await reader.ReadAsync(ct))
        {
            busy.Add((
                reader.GetInt64(0),
                new(reader.GetInt32(1), new(Utc(reader.GetDateTime(2)), Utc(reader.GetDateTime(3))))));
        }

        var busyOf = busy.ToLookup(b => b.ResourceId, b => b.Busy);
        return service is null ? null : service with
        {
            Names = names,
            Candidates = [.. resources.Select(r => r.Candidate with
            {
                Rules = r.Rules,
                Busy = [.. busyOf[r.Candidate.ResourceId]],
            })],
        };
    }

    private static BookableService ServiceOf(NpgsqlDataReader row, long id)
    {
        var durations = row.GetFieldValue<int[]>(1);
        var times = new ServiceTimes(
            Minutes(durations[0]), Minutes(row.GetInt32(2)), Minutes(row.GetInt32(3)), Minutes(row.GetInt32(4)),
            Minutes(row.GetInt32(5)), row.GetInt32(6));

        return new(id, row.GetString(0), durations, times, row.GetBoolean(7), [], new Dictionary<long, string>());

        static TimeSpan Minutes(int minutes) => TimeSpan.FromMinutes(minutes);
    }

    private static Candidate CandidateOf(NpgsqlDataReader row, long id, string timeZone) => new(
        id,
        row.GetInt16(10),
        row.GetInt32(11),
        ZoneRules.Get(row.IsDBNull(13) ? timeZone : row.GetString(13)),
        [],
        []);

    private static WeeklyRule RuleOf(NpgsqlDataReader row) => new(
        (IsoDayOfWeek)row.GetInt16(14),
        row.GetInt16(15),
        row.GetInt16(16),
        row.IsDBNull(17) ? null : LocalDate.FromDateOnly(row.GetFieldValue<DateOnly>(17)),
        row.IsDBNull(18) ? null : LocalDate.FromDateOnly(row.GetFieldValue<DateOnly>(18)));

    private static DateTimeOffset Utc(DateTime instant) => new(instant, TimeSpan.Zero);
}

public static class SlotResponses
{
    extension(Slot slot)
    {
        public SlotResponse ToResponse(TimeSpan length) => new(
            slot.Start, slot.Start + length, [.. slot.Free.Select(free => free.ResourceId)], slot.Remaining);
    }
}
