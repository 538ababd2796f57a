using NodaTime;
using Npgsql;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Reports;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Core.Reports;

/// <summary>How much resources were used: four statements in one batch, however many they are.</summary>
public sealed class UtilisationQuery(TenantSql sql, TenantContext tenant)
{
    /// <summary>No booking is longer. Lets the index on starts find those that reach into the range.</summary>
    private static readonly TimeSpan MaxLength = TimeSpan.FromDays(31);

    /// <summary>A resource without hours of its own keeps the organisation's.</summary>
    private const string Resources = """
        select r.id, r.name, r.capacity, r.active, coalesce(schedule.time_zone, r.time_zone, $2),
            rule.day, rule.start_minute, rule.end_minute, rule.valid_from, rule.valid_to
        from resources r
        left join lateral (
            select s.id, s.time_zone from schedules s
            where s.resource_id = r.id or s.resource_id is null
            order by s.resource_id nulls last limit 1) schedule on true
        left join schedule_rules rule on rule.schedule_id = schedule.id
        where $1 is null or r.id = $1
        order by r.id
        """;

    private const string Overrides = """
        select resource_id, date, start_minutes, end_minutes from schedule_overrides
        where ($1 is null or resource_id = $1) and date between $2 and $3
        """;

    private const string Blackouts = """
        select r.id, lower(b.during * tstzrange($2, $3)), upper(b.during * tstzrange($2, $3))
        from blackouts b
        join resources r on r.id = b.resource_id or r.category_id = b.category_id
            or (b.resource_id is null and b.category_id is null)
        where ($1 is null or r.id = $1) and b.during && tstzrange($2, $3)
        """;

    /// <summary>Bookings of one session share its time; no-shows kept the resource from others and count.</summary>
    private const string Used = $"""
        with taken as (
            select a.resource_id, coalesce(a.session_key, -b.id) as session, b.id, sum(a.units) as units,
                max(greatest(b.start_at, $2)) as start_at, min(least(b.end_at, $3)) as end_at,
                min(greatest(lower(a.occupied), $2)) as occupied_from, max(least(upper(a.occupied), $3)) as occupied_to
            from bookings b
            join allocations a on a.booking_id = b.id and a.part_of is null and a.occupied && tstzrange($2, $3)
            where b.start_at > $4 and b.start_at < $5 and ($1 is null or a.resource_id = $1)
                and b.status in {BookingStatusSql.NotCancelled}
            group by a.resource_id, session, b.id),
        sessions as (
            select resource_id, max(units) as units, min(start_at) as start_at, max(end_at) as end_at,
                min(occupied_from) as occupied_from, max(occupied_to) as occupied_to
            from taken group by resource_id, session)
        select resource_id,
            sum(units * greatest(extract(epoch from end_at - start_at), 0)) / 60,
            sum(units * extract(epoch from occupied_to - occupied_from)) / 60
        from sessions group by resource_id
        """;

    public async Task<List<UtilisationRow>> ReadAsync(TimeRange range, long? resourceId, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(
            [
                .. Hours(range, resourceId),
                TenantSql.Statement(
                    Used, Id(resourceId), range.Start, range.End, range.Start - MaxLength, range.End + MaxLength),
            ],
            ct);

        var resources = await WithHoursAsync(reader, ct);
        var used = (await RowsAsync(reader, UsedOf, ct)).ToDictionary(u => u.ResourceId);

        return
        [
            .. from resource in resources
               where resource.Active || used.ContainsKey(resource.Whole.Id)
               select Row(resource.Whole, OpenTime.Of(resource.Whole, range), used.GetValueOrDefault(resource.Whole.Id)),
        ];
    }

    /// <summary>When the active resources are open: hours, overrides and blackouts in one.</summary>
    /// <returns>By resource and time; null if there is no such resource.</returns>
    public async Task<List<OpeningResponse>?> OpeningsAsync(TimeRange range, long? resourceId, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync([.. Hours(range, resourceId)], ct);
        var resources = await WithHoursAsync(reader, ct);
        if (resourceId is not null && resources.Count == 0) return null;

        return
        [
            .. from resource in resources
               where resource.Active
               from open in OpenTime.Ranges(resource.Whole, range)
               select new OpeningResponse(resource.Whole.Id, open.Start, open.End),
        ];
    }

    private IEnumerable<NpgsqlBatchCommand> Hours(TimeRange range, long? resourceId)
    {
        var (first, last) = (DateOnly.FromDateTime(range.Start.UtcDateTime), DateOnly.FromDateTime(range.End.UtcDateTime));
        yield return TenantSql.Statement(Resources, Id(resourceId), tenant.TimeZone);
        yield return TenantSql.Statement(Overrides, Id(resourceId), first.AddDays(-2), last.AddDays(2));
        yield return TenantSql.Statement(Blackouts, Id(resourceId), range.Start, range.End);
    }

    private static NpgsqlParameter<long?> Id(long? id) => new() { TypedValue = id };

    /// <summary>Reads what <see cref="Hours"/> asks for.</summary>
    private static async Task<List<(ReportedResource Whole, bool Active)>> WithHoursAsync(
        NpgsqlDataReader reader, CancellationToken ct)
    {
        var resources = await ResourcesAsync(reader, ct);
        var overrides = (await RowsAsync(reader, OverrideOf, ct)).ToLookup(o => o.ResourceId);
        var blackouts = (await RowsAsync(reader, BlackoutOf, ct)).ToLookup(b => b.ResourceId, b => b.During);
        return
        [
            .. from resource in resources
               select (
                   resource.Reported with
                   {
                       Hours = resource.Active
                           ? new(resource.Rules, [.. overrides[resource.Reported.Id].Select(o => o.Override)])
                           : OpeningHours.Never,
                       Blackouts = [.. blackouts[resource.Reported.Id]],
                   },
                   resource.Active),
        ];
    }

    private static UtilisationRow Row(
        ReportedResource resource, TimeSpan openTime, (long ResourceId, decimal Booked, decimal Occupied) used)
    {
        var open = (decimal)openTime.TotalMinutes * resource.Capacity;
        return new(
            resource.Id, resource.Name, resource.Capacity, (long)open, (long)used.Booked, (long)used.Occupied,
            open == 0 ? null : ReportQuery.Ratio(used.Booked, open));
    }

    private static async Task<List<(ReportedResource Reported, List<WeeklyRule> Rules, bool Active)>> ResourcesAsync(
        NpgsqlDataReader reader, CancellationToken ct)
    {
        List<(ReportedResource Reported, List<WeeklyRule> Rules, bool Active)> resources = [];

        while (await reader.ReadAsync(ct))
        {
            if (resources is not [.., var last] || last.Reported.Id != reader.GetInt64(0))
            {
                resources.Add((
                    new(reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), ZoneRules.Get(reader.GetString(4)),
                        OpeningHours.Never, []),
                    [],
                    reader.GetBoolean(3)));
            }

            if (!reader.IsDBNull(5)) resources[^1].Rules.Add(RuleOf(reader));
        }

        return resources;
    }

    private static async Task<List<T>> RowsAsync<T>(
        NpgsqlDataReader reader, Func<NpgsqlDataReader, T> toRow, CancellationToken ct)
    {
        await reader.NextResultAsync(ct);
        List<T> rows = [];
        while (await reader.ReadAsync(ct)) rows.Add(toRow(reader));
        return rows;
    }

    private static WeeklyRule RuleOf(NpgsqlDataReader row) => new(
        (IsoDayOfWeek)row.GetInt16(5),
        row.GetInt16(6),
        row.GetInt16(7),
        row.IsDBNull(8) ? null : LocalDate.FromDateOnly(row.GetFieldValue<DateOnly>(8)),
        row.IsDBNull(9) ? null : LocalDate.FromDateOnly(row.GetFieldValue<DateOnly>(9)));

    private static (long ResourceId, DayOverride Override) OverrideOf(NpgsqlDataReader row)
    {
        var (starts, ends) = (row.GetFieldValue<short[]>(2), row.GetFieldValue<short[]>(3));
        return (
            row.GetInt64(0),
            new(LocalDate.FromDateOnly(row.GetFieldValue<DateOnly>(1)),
                [.. starts.Zip(ends, (start, end) => new LocalHours(start, end))]));
    }

    private static (long ResourceId, TimeRange During) BlackoutOf(NpgsqlDataReader row) =>
        (row.GetInt64(0), new(row.GetFieldValue<DateTimeOffset>(1), row.GetFieldValue<DateTimeOffset>(2)));

    private static (long ResourceId, decimal Booked, decimal Occupied) UsedOf(NpgsqlDataReader row) =>
        (row.GetInt64(0), row.GetDecimal(1), row.GetDecimal(2));
}
