using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;

namespace Platform.Bench;

/// <summary>
/// Slots and bookings over HTTP. The limit of bookings is pgbench, which writes the same rows with the same
/// statements. That of slots is an endpoint without tokens, rules or envelope that runs the same SQL and returns its
/// rows.
/// </summary>
internal sealed class SchedulingBench(HttpClient api, SchedulingData data)
{
    private int _nextBooking = -1;

    public static async IAsyncEnumerable<Figure> RunAsync(BenchStack stack)
    {
        await foreach (var figure in EngineBench.RunAsync()) yield return figure;

        using var api = await stack.ApiAsync();
        var database = await stack.ConnectionStringAsync("tenantdb");
        var data = await SchedulingData.PrepareAsync(database);
        var bench = new SchedulingBench(api, data);

        await using var slots = new LocalSlots(database);
        var month = new TimeRange(data.Monday, data.Monday.AddDays(31));
        var week = month with { End = data.Monday.AddDays(7) };
        yield return Figure.AtMost(
            "scheduling.slots.month_of_50_resources_11000_bookings",
            await Load.CpuAsync(() => slots.CountAsync(data.FiftyService, month)), "ms of CPU", 40);
        yield return await bench.LatencyAsync("slots.day_of_500_resources", 100, data.ManyService, TimeSpan.FromDays(1));

        yield return await bench.StampedeAsync();

        await using var raw = await RawSlots.StartAsync(slots, data.WeekService, week);
        foreach (var clients in (int[])[1, 8, 32])
        {
            yield return await Load.CompareAsync(
                $"scheduling.slots_of_a_week.{clients}_clients", clients, goal: 0.5,
                _ => bench.ReadSlotsAsync(data.WeekService, TimeSpan.FromDays(7)), _ => raw.ReadAsync());
        }

        foreach (var clients in (int[])[1, 8, 32])
        {
            yield return await Load.CompareAsync(
                $"scheduling.booking_create.{clients}_clients", goal: 0.5,
                length => Load.RateAsync(clients, length, _ => bench.BookAsync()),
                length => Pgbench.RateAsync(database, data.BookingScript, clients, length));
        }
    }

    private async Task<Figure> LatencyAsync(string name, double most, long service, TimeSpan length)
    {
        var times = await Load.TimesAsync(120, () => ReadSlotsAsync(service, length));
        return Figure.AtMost($"scheduling.{name}", Load.Median(times.Skip(40)), "ms", most); // warm by then
    }

    /// <summary>Fifty callers compete for one slot: how long the last of them waits for the answer.</summary>
    private async Task<Figure> StampedeAsync()
    {
        const int Callers = 50;
        const int Rounds = 7;
        List<double> times = [];

        for (var i = 0; i < Rounds; i++)
        {
            var request = new CreateBookingRequest(data.OpenService, data.Monday.AddMinutes(5 * Interlocked.Increment(ref _nextBooking)));
            var watch = Stopwatch.StartNew();
            var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
            {
                using var answer = await api.PostAsJsonAsync("api/v1/bookings", request, PlatformJson.Options);
                return answer.StatusCode;
            }));
            times.Add(watch.Elapsed.TotalMilliseconds);
            if (answers.Count(a => a == HttpStatusCode.Created) != 1 || answers.Count(a => a == HttpStatusCode.Conflict) != Callers - 1)
            {
                throw new InvalidOperationException($"They were answered {string.Join(", ", answers)}.");
            }
        }

        return Figure.AtMost("scheduling.stampede_of_50.last_answer", Load.Median(times.Skip(2)), "ms", 1000);
    }

    private async Task BookAsync()
    {
        var start = data.Monday.AddMinutes(5 * Interlocked.Increment(ref _nextBooking));
        using var answer = await api.PostAsJsonAsync(
            "api/v1/bookings", new CreateBookingRequest(data.OpenService, start), PlatformJson.Options);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    private async Task ReadSlotsAsync(long service, TimeSpan length)
    {
        using var answer = await api.GetAsync(
            $"api/v1/slots?serviceId={service}&from={Instant(data.Monday)}&to={Instant(data.Monday + length)}");
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        await answer.Content.CopyToAsync(Stream.Null);
    }

    private static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
