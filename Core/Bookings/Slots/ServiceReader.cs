using System.Diagnostics;
using System.Text.Json;
using NodaTime;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Core.Availability;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Slots;

/// <summary>Reads a service with its resources, hours and blackouts in one statement, as one JSON document.</summary>
internal static class ServiceReader
{
    private const string Service = """
        select v.version, (
            select json_build_object(
                'name', s.name, 'public', s.public, 'durations', s.durations_minutes,
                'before', s.before_buffer_minutes, 'after', s.after_buffer_minutes,
                'interval', coalesce(s.slot_interval_minutes, o.slot_interval_minutes),
                'notice', coalesce(s.minimum_notice_minutes, o.minimum_notice_minutes),
                'window', coalesce(s.booking_window_days, o.booking_window_days),
                'grid', s.slot_grid, 'capacity', s.capacity, 'approval', s.requires_approval,
                'price', s.price, 'currency', s.currency, 'limits', s.limits, 'cancellation', s.cancellation,
                'checkIn', s.check_in, 'questions', s.questions,
                'fields', (
                    select coalesce(json_agg(json_build_object(
                        'appliesTo', f.applies_to, 'key', f.key, 'label', f.label, 'type', f.type,
                        'required', f.required, 'choices', f.choices) order by f.position, f.id), '[]')
                    from custom_fields f where f.applies_to in ('booking', 'client')),
                'weekStart', o.week_start, 'holdMinutes', o.hold_minutes, 'holdsPerClient', o.holds_per_client,
                'requirements', (
                    select coalesce(json_agg(json_build_object(
                        'number', n.requirement, 'quantity', n.quantity, 'all', n.assignment = 'all')), '[]')
                    from service_requirements n where n.service_id = s.id),
                'resources', (
                    select coalesce(json_agg(json_build_object(
                        'requirement', c.requirement, 'id', r.id, 'name', r.name, 'capacity', r.capacity,
                        'active', r.active, 'category', r.category_id,
                        'zone', coalesce(schedule.time_zone, r.time_zone),
                        'schedule', schedule.id,
                        'partRows', (
                            select coalesce(json_agg(json_build_object('id', p.id, 'capacity', p.capacity)), '[]')
                            from resources p
                            where p.id in (select with_parts(array[r.id])) and p.id <> r.id))
                        order by c.requirement, r.id), '[]')
                    from service_candidates(s.id) c
                    join resources r on r.id = c.resource_id
                    left join lateral (
                        select id, resource_id, time_zone from schedules
                        where resource_id = r.id or resource_id is null
                        order by resource_id nulls last limit 1) schedule on true),
                'rules', (
                    select coalesce(json_agg(json_build_object(
                        'schedule', rule.schedule_id, 'day', rule.day, 'start', rule.start_minute,
                        'end', rule.end_minute, 'from', rule.valid_from, 'to', rule.valid_to)), '[]')
                    from schedule_rules rule
                    where rule.schedule_id in (
                        select sch.id from schedules sch
                        where sch.resource_id is null
                            or sch.resource_id in (select c.resource_id from service_candidates(s.id) c))),
                'overrides', (
                    select coalesce(json_agg(json_build_object(
                        'resource', x.resource_id, 'date', x.date, 'starts', x.start_minutes, 'ends', x.end_minutes)), '[]')
                    from schedule_overrides x
                    where x.date >= ($2 at time zone 'UTC')::date - 60
                        and x.resource_id in (select c.resource_id from service_candidates(s.id) c)),
                'blackouts', (
                    select coalesce(json_agg(json_build_object(
                        'resource', b.resource_id, 'category', b.category_id, 'reason', b.reason,
                        'isHoliday', b.holiday is not null, 'start', lower(b.during), 'end', upper(b.during))), '[]')
                    from blackouts b
                    where upper(b.during) > $2 - interval '2 days'))
            from services s, organisation_settings o
            where s.id = $1 and s.active)
        from catalogue_version v
        """;

    /// <summary>All that is asked of a service that is remembered.</summary>
    public const string Version = "select version from catalogue_version";

    /// <param name="now">Rows that ended long before are left out.</param>
    public static NpgsqlBatchCommand Statement(long serviceId, DateTimeOffset now) =>
        TenantSql.Statement(Service, serviceId, now);

    /// <returns>Null if the service does not exist.</returns>
    public static async Task<BookableService?> ReadAsync(
        NpgsqlDataReader reader, long id, string timeZone, CancellationToken ct)
    {
        await reader.ReadAsync(ct);
        var version = reader.GetInt64(0);

        return reader.IsDBNull(1) ? null : Of(
            id, version, JsonSerializer.Deserialize<ServiceRow>(reader.GetString(1), Json)!, timeZone);
    }

    /// <summary>
    /// Several at once: one statement each, which for one that is remembered answers no more than a version. Those that
    /// are not there, or not offered, are left out.
    /// </summary>
    public static async Task<Dictionary<long, BookableService>> ReadAsync(
        Func<IEnumerable<NpgsqlBatchCommand>, Task<NpgsqlDataReader>> send, IReadOnlyList<long> ids, TenantContext tenant,
        CatalogueCache cache, DateTimeOffset now, CancellationToken ct)
    {
        if (ids.Count == 0) return [];

        return await TryAsync(id => cache.Find(tenant.Id, id)) ?? await TryAsync(_ => null) ?? throw new UnreachableException();

        async Task<Dictionary<long, BookableService>?> TryAsync(Func<long, BookableService?> cached)
        {
            Dictionary<long, BookableService> services = [];
            var known = ids.Select(id => (Id: id, Service: cached(id))).ToList();
            var isCurrent = true;
            await using var reader = await send(
                known.Select(k => k.Service is null ? Statement(k.Id, now) : TenantSql.Statement(Version)));
            foreach (var (id, before) in known)
            {
                if (before is null)
                {
                    if (await ReadAsync(reader, id, tenant.TimeZone, ct) is { } service)
                    {
                        cache.Remember(tenant.Id, service);
                        services[id] = service;
                    }
                }
                else if (await IsCurrentAsync(reader, before, ct))
                {
                    services[id] = before;
                }
                else
                {
                    cache.Forget(tenant.Id, before);
                    isCurrent = false;
                }

                await reader.NextResultAsync(ct);
            }

            return isCurrent ? services : null;
        }
    }

    /// <summary>The answer to <see cref="Version"/>.</summary>
    public static async Task<bool> IsCurrentAsync(NpgsqlDataReader reader, BookableService known, CancellationToken ct) =>
        await reader.ReadAsync(ct) && reader.GetInt64(0) == known.Version;

    private static BookableService Of(long id, long version, ServiceRow row, string timeZone)
    {
        var requirements = row.Resources.Select(r => r.Requirement).Distinct().Order()
            .Union(row.Requirements.Select(r => r.Number)).Order()
            .Select(number => row.Requirements.FirstOrDefault(r => r.Number == number) ?? new Requirement(number))
            .ToList();

        return new(
            id,
            version,
            row.Name,
            row.Public,
            row.Durations,
            TimesOf(row),
            row.Capacity,
            row.Approval,
            row.Price is { } price ? new Money(price, row.Currency!) : null,
            row.Limits,
            row.Cancellation,
            row.CheckIn,
            CustomFieldRules.AnswerRules(row.Questions, FieldsOf(row, CustomFieldOwners.Booking)),
            FieldsOf(row, CustomFieldOwners.Client),
            new((IsoDayOfWeek)row.WeekStart, Minutes(row.HoldMinutes), row.HoldsPerClient),
            requirements,
            CandidatesOf(row, timeZone),
            row.Resources.DistinctBy(r => r.Id).ToDictionary(r => r.Id, r => r.Name));
    }

    private static List<FieldRule> FieldsOf(ServiceRow row, string owner) =>
        [.. row.Fields.Where(f => f.AppliesTo == owner).Select(f => new FieldRule(f.Key, f.Label, f.Type, f.Required, f.Choices))];

    private static ServiceTimes TimesOf(ServiceRow row) => new(
        Minutes(row.Durations[0]),
        Minutes(row.Before),
        Minutes(row.After),
        Minutes(row.Interval ?? row.Durations[0]),
        Minutes(row.Notice ?? 0),
        row.Window ?? BookingWindows.FarthestDays,
        row.Grid == SlotGrids.Packed);

    private static List<Candidate> CandidatesOf(ServiceRow row, string timeZone)
    {
        var rules = row.Rules.ToLookup(rule => rule.Schedule, rule => new WeeklyRule(
            (IsoDayOfWeek)rule.Day, rule.Start, rule.End, DateOf(rule.From), DateOf(rule.To)));
        var overrides = row.Overrides.ToLookup(o => o.Resource, o => new DayOverride(
            LocalDate.FromDateOnly(o.Date), [.. o.Starts.Zip(o.Ends, (start, end) => new LocalHours(start, end))]));
        var hours = new Dictionary<(long? Schedule, long Resource), OpeningHours>();

        return [.. row.Resources.Select(r => new Candidate(
            r.Id,
            r.Requirement,
            r.Capacity,
            ZoneRules.Get(r.Zone ?? timeZone),
            r.Active ? HoursOf(r) : OpeningHours.Never,
            [.. row.Blackouts.Where(b => Concerns(b, r)).Select(b => new Closure(new(b.Start, b.End), b.Reason, b.IsHoliday))],
            [],
            r.SubResources))];

        // Resources without overrides that share the organisation's hours also share one object.
        OpeningHours HoursOf(ResourceRow r)
        {
            var key = (r.Schedule, overrides.Contains(r.Id) ? r.Id : 0);
            if (!hours.TryGetValue(key, out var known))
            {
                hours[key] = known = new(
                    r.Schedule is { } schedule ? [.. rules[schedule]] : [], [.. overrides[r.Id]]);
            }

            return known;
        }
    }

    /// <summary>What closes a part closes the whole.</summary>
    private static bool Concerns(BlackoutRow b, ResourceRow r) => b switch
    {
        { Resource: { } resource } => resource == r.Id || r.SubResources.Any(part => part.ResourceId == resource),
        { Category: { } category } => category == r.Category,
        _ => true,
    };

    private static TimeSpan Minutes(int minutes) => TimeSpan.FromMinutes(minutes);

    private static LocalDate? DateOf(DateOnly? date) => date is { } d ? LocalDate.FromDateOnly(d) : null;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private sealed record ServiceRow(
        string Name, bool Public, int[] Durations, int Before, int After, int? Interval, int? Notice, int? Window,
        string Grid, int Capacity, bool Approval, decimal? Price, string? Currency, ServiceLimits Limits,
        CancellationPolicy Cancellation, CheckInPolicy CheckIn, IReadOnlyList<ServiceQuestion> Questions,
        IReadOnlyList<FieldRow> Fields, int WeekStart, int HoldMinutes, int HoldsPerClient, IReadOnlyList<Requirement> Requirements,
        IReadOnlyList<ResourceRow> Resources, IReadOnlyList<RuleRow> Rules, IReadOnlyList<OverrideRow> Overrides,
        IReadOnlyList<BlackoutRow> Blackouts);

    private sealed record FieldRow(
        string AppliesTo, string Key, string Label, string Type, bool Required, IReadOnlyList<string> Choices);

    private sealed record ResourceRow(
        int Requirement, long Id, string Name, int Capacity, bool Active, long Category, string? Zone, long? Schedule,
        IReadOnlyList<PartRow> PartRows)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public IReadOnlyList<SubResource> SubResources { get; } = [.. PartRows.Select(p => new SubResource(p.Id, p.Capacity))];
    }

    private sealed record PartRow(long Id, int Capacity);

    private sealed record RuleRow(long Schedule, int Day, int Start, int End, DateOnly? From, DateOnly? To);

    private sealed record OverrideRow(long Resource, DateOnly Date, int[] Starts, int[] Ends);

    private sealed record BlackoutRow(
        long? Resource, long? Category, string? Reason, bool IsHoliday, DateTimeOffset Start, DateTimeOffset End);
}
