using System.Globalization;
using System.Net.Http.Json;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;

namespace Platform.Bench;

/// <summary>
/// Bookings and slot reads over HTTP, beside the same rows written and read by hand from this process: no HTTP, no
/// tokens, no rules, no JSON.
/// </summary>
internal sealed class SchedulingBench(HttpClient api, NpgsqlDataSource database, SchedulingBench.Ids ids)
{
    private static readonly string Schema = $"tenant_{BenchStack.Tenant.Id}";

    private readonly DateTimeOffset _midnight = new(TimeProvider.System.GetUtcNow().Date.AddDays(1), TimeSpan.Zero);
    private int _nextBooking = -1;
    private int _nextRow = -1;

    /// <param name="Open">A resource that is open day and night, for the product.</param>
    /// <param name="Raw">Another one, whose allocations only the limit writes.</param>
    internal sealed record Ids(long Service, long Open, long Raw);

    public static async IAsyncEnumerable<Figure> RunAsync(BenchStack stack)
    {
        using var api = await stack.ApiAsync();
        await using var database = NpgsqlDataSource.Create($"{await stack.ConnectionStringAsync("tenantdb")};Maximum Pool Size=40");
        var bench = new SchedulingBench(api, database, await PrepareAsync(database));

        foreach (var clients in (int[])[1, 8])
        {
            yield return await Load.CompareAsync(
                $"scheduling.booking_create.{clients}_clients", clients, goal: 0.5, _ => bench.BookAsync(), _ => bench.WriteRowsAsync());
            yield return await Load.CompareAsync(
                $"scheduling.slots_of_a_week.{clients}_clients", clients, goal: 0.5, _ => bench.ReadSlotsAsync(), _ => bench.ReadRowsAsync());
        }
    }

    /// <summary>A service of five minutes in a place that never closes: half a million bookings fit.</summary>
    private static async Task<Ids> PrepareAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand($"""
            with category as (
                insert into {Schema}.categories (name) values ('Bench') returning id),
            resource as (
                insert into {Schema}.resources (category_id, name)
                select id, name from category, unnest(array['Bench open', 'Bench raw']) name returning id, name),
            schedule as (
                insert into {Schema}.schedules (resource_id) select id from resource returning id),
            rules as (
                insert into {Schema}.schedule_rules (schedule_id, day, start_minute, end_minute)
                select id, day, 0, 1440 from schedule, generate_series(1, 7) day),
            service as (
                insert into {Schema}.services (name, durations_minutes, slot_interval_minutes, booking_window_days)
                values ('Bench', array[5], 5, 1800) returning id),
            link as (
                insert into {Schema}.service_resources (service_id, resource_id)
                select service.id, resource.id from service, resource where resource.name = 'Bench open')
            select service.id,
                   (select id from resource where name = 'Bench open'),
                   (select id from resource where name = 'Bench raw')
            from service
            """);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
    }

    private async Task BookAsync()
    {
        var start = _midnight.AddMinutes(5 * Interlocked.Increment(ref _nextBooking));
        using var answer = await api.PostAsJsonAsync("api/v1/bookings", new CreateBookingRequest(ids.Service, start), PlatformJson.Options);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    private async Task WriteRowsAsync()
    {
        var start = _midnight.AddMinutes(5 * Interlocked.Increment(ref _nextRow)).UtcDateTime;
        await using var batch = database.CreateBatch();
        Add("select set_config('search_path', $1, true)", Schema);
        Add("""
            insert into bookings (uid, service_id, start_at, end_at, time_zone, status, before_buffer_minutes,
                after_buffer_minutes, version, created_at, updated_at)
            values (gen_random_uuid(), $1, $2, $2 + interval '5 min', 'UTC', 'confirmed', 0, 0, 1, now(), now())
            """, ids.Service, start);
        Add("""
            insert into allocations (booking_id, resource_id, unit, occupied)
            values (currval('bookings_id_seq'), $1, 1, tstzrange($2, $2 + interval '5 min'))
            """, ids.Raw, start);
        Add("""
            insert into booking_events (booking_id, version, event_type, occurred_at, actor, after)
            values (currval('bookings_id_seq'), 1, 'booking.created', now(), 'system', jsonb_build_object('padding', repeat('x', 400)))
            """);
        Add("""
            insert into platform.outbox_messages (event_id, event_type, event_version, tenant_id, aggregate_type,
                aggregate_id, aggregate_version, occurred_at, actor, data)
            values (gen_random_uuid(), 'bench.measured', 1, $1, 'bench', currval('bookings_id_seq'), 1, now(), 'system',
                jsonb_build_object('padding', repeat('x', 400)))
            """, BenchStack.Tenant.Id);
        await batch.ExecuteNonQueryAsync();

        void Add(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values) command.Parameters.Add(new() { Value = value });
            batch.BatchCommands.Add(command);
        }
    }

    private async Task ReadSlotsAsync()
    {
        using var answer = await api.GetAsync(
            $"api/v1/slots?serviceId={ids.Service}&from={Instant(_midnight.AddDays(1000))}&to={Instant(_midnight.AddDays(1007))}");
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null);
    }

    /// <summary>As many rows as the week has slots, from one statement.</summary>
    private async Task ReadRowsAsync()
    {
        await using var command = database.CreateCommand($"""
            select n, now() + n * interval '5 min', now() + (n + 1) * interval '5 min', r.id
            from {Schema}.resources r, generate_series(1, 2016) n where r.id = {ids.Open}
            """);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) rows.GetDateTime(1);
    }

    private static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
