using System.Globalization;
using System.Net.Http.Json;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;

namespace Platform.Bench;

/// <summary>
/// Whether a slot request and a booking are as fast with five million bookings in the table as with few. Filling it
/// takes some minutes, so this suite runs only when it is named.
/// </summary>
internal static class VolumeBench
{
    private const int Bookings = 5_000_000;
    private const int Resources = 500;
    private const int PerDay = 20;
    private const int Operations = 400;
    private const double P95 = 0.95;

    public static async IAsyncEnumerable<Figure> RunAsync(BenchStack stack)
    {
        var connection = await stack.ConnectionStringAsync("tenantdb");
        var data = await SchedulingData.PrepareAsync(connection);
        var next = 0;

        var few = await MeasureAsync();
        await FillAsync(connection, data);
        var many = await MeasureAsync();

        yield return Figure.AtMost("volume.slots_of_a_week.p95_with_5_million_bookings", many.Slots, "ms", few.Slots * Tolerance);
        yield return Figure.AtMost("volume.booking_create.p95_with_5_million_bookings", many.Create, "ms", few.Create * Tolerance);

        async Task<(double Slots, double Create)> MeasureAsync()
        {
            Console.Error.WriteLine($"  volume: {Operations} questions and {Operations} bookings");
            using var api = await stack.ApiAsync(); // a token of its own: filling takes longer than one lives
            var slots = await Load.TimesAsync(Operations, async () =>
            {
                using var answer = await api.GetAsync(
                    $"api/v1/slots?serviceId={data.WeekService}&from={Instant(data.Monday)}&to={Instant(data.Monday.AddDays(7))}");
                answer.EnsureSuccessStatusCode();
                await answer.Content.CopyToAsync(Stream.Null);
            });
            var create = await Load.TimesAsync(Operations, async () =>
            {
                var request = new CreateBookingRequest(data.OpenService, data.Monday.AddMinutes(5 * next++));
                using var answer = await api.PostAsJsonAsync("api/v1/bookings", request, PlatformJson.Options);
                answer.EnsureSuccessStatusCode();
            });
            return (Highest(slots), Highest(create));
        }
    }

    /// <summary>Two runs of one thing differ by so much on a busy machine.</summary>
    private const double Tolerance = 1.25;

    /// <summary>Of the second half: by then all is compiled and prepared.</summary>
    private static double Highest(List<double> times)
    {
        var sorted = times.Skip(times.Count / 2).Order().ToList();
        return sorted[(int)(sorted.Count * P95)];
    }

    /// <summary>The past of many resources, among them those that are asked about.</summary>
    private static async Task FillAsync(string connection, SchedulingData data)
    {
        const int Days = Bookings / Resources / PerDay;
        const int Part = 50;

        await using var source = NpgsqlDataSource.Create(connection);
        for (var day = 1; day <= Days; day += Part)
        {
            Console.Error.WriteLine($"  volume: {(day - 1) * Resources * PerDay:N0} of {Bookings:N0} bookings");
            await using var command = source.CreateCommand($"""
                set local search_path to tenant_{BenchStack.Tenant.Id};
                set local session_replication_role to replica; -- what they refer to is there
                create temporary table past on commit drop as
                select nextval('bookings_id_seq') as id, r.service_id, r.resource_id,
                    date '{data.Monday:yyyy-MM-dd}' - 14 - d as day,
                    timestamptz '{Instant(data.Monday)}' + make_interval(days => -14 - d, mins => 480 + 30 * n) as at
                from (
                    select service_id, resource_id from service_resources
                    where service_id in ({data.OpenService}, {data.WeekService}, {data.ManyService})
                    order by service_id, resource_id limit {Resources}) r,
                    generate_series({day}, {Math.Min(day + Part - 1, Days)}) d, generate_series(0, {PerDay - 1}) n;
                insert into bookings (id, uid, service_id, start_at, end_at, time_zone, status, before_buffer_minutes,
                    after_buffer_minutes, version, created_at, updated_at, local_date)
                select id, id::text, service_id, at, at + interval '30 min', 'Etc/UTC', 'completed', 0, 0, 1, at, at, day from past;
                insert into allocations (booking_id, resource_id, unit, occupied)
                select id, resource_id, 1, tstzrange(at, at + interval '30 min') from past;
                """);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync();
        }

        await using var analyze = source.CreateCommand(
            $"set local search_path to tenant_{BenchStack.Tenant.Id}; analyze bookings, allocations");
        analyze.CommandTimeout = 0;
        await analyze.ExecuteNonQueryAsync();
    }

    private static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
