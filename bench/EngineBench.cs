using NodaTime;
using Platform.Core.Availability;

namespace Platform.Bench;

/// <summary>The pure part of slots: one thread, nothing read and nothing written.</summary>
internal static class EngineBench
{
    private const int Days = 31;

    /// <summary>A Monday.</summary>
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeZone Zone = ZoneRules.Get("Europe/Lisbon"); // its clocks change in the month
    private static readonly TimeRange Month = new(Monday, Monday.AddDays(Days));

    public static async IAsyncEnumerable<Figure> RunAsync()
    {
        yield return await MeasureAsync("engine.month_of_1_resource_200_bookings", 0.2, Question(1, bookings: 200), Month);
        yield return await MeasureAsync("engine.month_of_50_resources_11000_bookings", 40, Question(50, bookings: 11_000), Month);
        yield return await MeasureAsync("engine.day_of_500_resources", 100, Question(500, bookings: 4_000),
            new(Monday, Monday.AddDays(1)));
    }

    private static async Task<Figure> MeasureAsync(string name, double most, SlotQuestion question, TimeRange wanted) =>
        Figure.AtMost(name, await Load.CpuAsync(() =>
        {
            if (SlotRules.Slots(question, wanted, Monday).Count == 0) throw new InvalidOperationException("There are no slots.");
            return Task.CompletedTask;
        }), "ms of CPU", most);

    /// <summary>
    /// Weekdays of ten hours, every 15 minutes, half an hour each with five minutes after it; the bookings spread over
    /// the resources and the days.
    /// </summary>
    private static SlotQuestion Question(int resources, int bookings)
    {
        var hours = new OpeningHours([.. Enumerable.Range(1, 5).Select(day => new WeeklyRule((IsoDayOfWeek)day, 8 * 60, 18 * 60))]);
        var times = new ServiceTimes(
            TimeSpan.FromMinutes(30), TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.Zero, 60, false);
        var each = bookings / resources;

        return new(times, [new(1)],
        [
            .. Enumerable.Range(1, resources).Select(id => new Candidate(
                id, 1, 1, Zone, hours, [],
                [.. Enumerable.Range(0, each).Select(n => new OccupiedTime(OccupiedAt(id, n, each), 1, 0))])),
        ]);
    }

    private static TimeRange OccupiedAt(int resource, int number, int each)
    {
        var slot = (number * 20 / each * 24 * 2) + 16 + (number * 7 + resource) % 20; // of half an hour, over four weeks
        var start = Monday.AddMinutes(30 * slot);
        return new(start, start.AddMinutes(35));
    }
}
