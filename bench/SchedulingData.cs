using System.Globalization;
using Npgsql;

namespace Platform.Bench;

/// <summary>Services of different sizes in <see cref="BenchStack.Tenant"/>, and what is booked of them.</summary>
/// <param name="Monday">The first one at least a week away, 00:00 UTC; all requests are about later times.</param>
/// <param name="OpenService">Five minutes in a place that never closes: half a million bookings fit.</param>
/// <param name="WeekService">One resource, weekdays from 8 to 18, every 15 minutes, 60 bookings a week.</param>
/// <param name="FiftyService">The same with fifty resources and 11,000 bookings in a month.</param>
/// <param name="ManyService">The same with 500 resources and 8 bookings a day each.</param>
/// <param name="RawResource">Whose allocations only pgbench writes.</param>
internal sealed record SchedulingData(
    DateTimeOffset Monday, long OpenService, long WeekService, long FiftyService, long ManyService, long RawResource)
{
    private static readonly string Schema = $"tenant_{BenchStack.Tenant.Id}";

    public static async Task<SchedulingData> PrepareAsync(string connectionString)
    {
        var today = TimeProvider.System.GetUtcNow().Date;
        var monday = new DateTimeOffset(today.AddDays(7 + (8 - (int)today.DayOfWeek) % 7), TimeSpan.Zero);

        await using var database = NpgsqlDataSource.Create(connectionString);
        await ExecuteAsync(database, "create sequence bench_slots minvalue 0");
        var raw = await ServiceAsync(database, "Bench raw", resources: 1, from: 0, to: 1440, minutes: 5);
        var open = await ServiceAsync(database, "Bench open", resources: 1, from: 0, to: 1440, minutes: 5);
        var week = await ServiceAsync(database, "Bench week", resources: 1, from: 480, to: 1080, minutes: 30);
        var fifty = await ServiceAsync(database, "Bench fifty", resources: 50, from: 480, to: 1080, minutes: 30);
        var many = await ServiceAsync(database, "Bench many", resources: 500, from: 480, to: 1080, minutes: 30);

        await BookAsync(database, week, monday, days: 7, perDay: 12);
        await BookAsync(database, fifty, monday, days: 31, perDay: 10);
        await BookAsync(database, many, monday, days: 1, perDay: 8);
        await ExecuteAsync(database, "analyze bookings, allocations, resources, services, schedules, schedule_rules");

        return new(monday, open, week, fifty, many, await NumberAsync(
            database, $"select resource_id from service_resources where service_id = {raw}"));
    }

    /// <summary>
    /// The script of pgbench: the writing statements of <c>POST /bookings</c>, with values as long as those of a
    /// booking.
    /// </summary>
    public string BookingScript => $$"""
        begin;
        select set_config('search_path', '{{Schema}}', true);
        select nextval('bookings_id_seq') as id, nextval('bench_slots') as slot \gset
        insert into bookings (id, uid, service_id, client_id, start_at, end_at, time_zone, status,
            before_buffer_minutes, after_buffer_minutes, note, version, created_at, updated_at, created_by, updated_by,
            party_size, local_date, hold_token, hold_owner, hold_expires_at, answers, price, currency, cancel_deadline,
            cancel_fee, cancel_currency, source, series_id, occurrence, waitlist_id, consented_at)
        values (:id, gen_random_uuid(), {{OpenService}}, null, {{At}}, {{At}} + interval '5 min', 'Etc/UTC',
            'confirmed', 0, 0, null, 1, now(), now(), 'client:demo', 'client:demo', 1, ({{At}})::date, null, null, null, '{}',
            null, null, null, null, null, 'staff', null, null, null, null);
        insert into allocations (booking_id, resource_id, unit, units, seats, occupied, session_key, requirement, part_of, expires_at)
        values (:id, {{RawResource}}, 1, 1, 1, tstzrange({{At}}, {{At}} + interval '5 min'), null, 1, null, null)
        on conflict do nothing;
        insert into booking_events (booking_id, version, event_type, occurred_at, actor, before, after)
        values (:id, 1, 'booking.created', now(), 'client:demo', null, '{{Snapshot}}');
        insert into platform.outbox_messages (event_id, event_type, event_version, tenant_id, aggregate_type,
            aggregate_id, aggregate_version, occurred_at, actor, traceparent, data)
        values (gen_random_uuid(), 'bench.measured', 1, {{BenchStack.Tenant.Id}}, 'bench', :id, 1,
            now(), 'client:demo', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '{"booking":{{Snapshot}}}');
        commit;
        """;

    private string At => $"timestamptz '{Text(Monday)}' + interval '5 min' * :slot";

    private const string Snapshot =
        """{"id":123456,"uid":"0f1e2d3c4b5a69788796a5b4c3d2e1f0","serviceId":1234,"serviceName":"Bench open","start":"2026-03-02T00:00:00Z","end":"2026-03-02T00:05:00Z","timeZone":"Etc/UTC","status":"confirmed","resourceIds":[1234],"resourceNames":["Bench open 1"],"clientId":null,"clientName":null,"clientEmail":null,"locale":"en","partySize":1,"sequence":0}""";

    /// <summary>
    /// A service with resources that are open on weekdays, or always, from one minute of the day to another.
    /// </summary>
    private static Task<long> ServiceAsync(NpgsqlDataSource database, string name, int resources, int from, int to, int minutes) =>
        NumberAsync(database, $$"""
            with category as (
                insert into categories (name) values ('{{name}}') returning id),
            resource as (
                insert into resources (category_id, name)
                select id, '{{name}} ' || n from category, generate_series(1, {{resources}}) n returning id),
            schedule as (
                insert into schedules (resource_id) select id from resource returning id),
            rules as (
                insert into schedule_rules (schedule_id, day, start_minute, end_minute)
                select id, day, {{from}}, {{to}} from schedule, generate_series(1, {{(to == 1440 ? 7 : 5)}}) day),
            service as (
                insert into services (name, durations_minutes, slot_interval_minutes, booking_window_days)
                values ('{{name}}', array[{{minutes}}], {{Math.Min(minutes, 15)}}, 1800) returning id),
            link as (
                insert into service_resources (service_id, resource_id) select service.id, resource.id from service, resource)
            select id from service
            """);

    /// <summary>Half an hour each on weekdays, spread over the day, one after the other on each resource.</summary>
    private static Task BookAsync(NpgsqlDataSource database, long service, DateTimeOffset monday, int days, int perDay) =>
        ExecuteAsync(database, $"""
            create temporary table taken as
            select nextval('bookings_id_seq') as id, r.resource_id,
                timestamptz '{Text(monday)}' + make_interval(days => d, mins => 480 + 30 * ((r.resource_id + 7 * n) % 20)::int) as at
            from service_resources r, generate_series(0, {days - 1}) d, generate_series(1, {perDay}) n
            where r.service_id = {service} and extract(isodow from timestamptz '{Text(monday)}' + make_interval(days => d)) < 6;
            insert into bookings (id, uid, service_id, start_at, end_at, time_zone, status, before_buffer_minutes,
                after_buffer_minutes, version, created_at, updated_at, local_date)
            select id, gen_random_uuid(), {service}, at, at + interval '30 min', 'Etc/UTC', 'confirmed', 0, 0, 1, now(), now(), at::date
            from taken;
            insert into allocations (booking_id, resource_id, unit, occupied)
            select id, resource_id, 1, tstzrange(at, at + interval '30 min') from taken;
            drop table taken;
            """);

    private static async Task<long> NumberAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(In(sql));
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(In(sql));
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private static string In(string sql) => $"set local search_path to {Schema}; {sql}"; // one transaction

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss+00", CultureInfo.InvariantCulture);
}
