using System.Diagnostics;

namespace Platform.Bench;

/// <summary>
/// Closed-loop load: so many clients, each of which starts its next operation when the last one is done.
/// </summary>
internal static class Load
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(4);
    private const int Rounds = 5;
    private static readonly TimeSpan CpuRound = TimeSpan.FromMilliseconds(150);
    private const int CpuRounds = 30;

    /// <summary>Measures the product and its limit in turns, so that a noisy machine disturbs both alike.</summary>
    public static Task<Figure> CompareAsync(
        string name, int clients, double goal, Func<int, Task> product, Func<int, Task> limit) =>
        CompareAsync(name, goal, length => RateAsync(clients, length, product), length => RateAsync(clients, length, limit));

    /// <param name="product">Operations per second, measured for so long.</param>
    public static async Task<Figure> CompareAsync(
        string name, double goal, Func<TimeSpan, Task<double>> product, Func<TimeSpan, Task<double>> limit)
    {
        await WarmAsync(product);
        await WarmAsync(limit);

        var rounds = new List<(double Product, double Limit)>();
        for (var i = 0; i < Rounds; i++)
        {
            Console.Error.WriteLine($"  {name}: round {i + 1} of {Rounds}");
            rounds.Add((await product(Round), await limit(Round)));
        }

        return new(
            name,
            Math.Round(Median(rounds.Select(round => round.Product)), 1),
            "per second",
            Math.Round(Median(rounds.Select(round => round.Limit)), 1),
            Math.Round(Median(rounds.Select(round => round.Product / round.Limit)), 3),
            goal);
    }

    /// <summary>
    /// Until it gets no faster: code is recompiled during its first thousand calls, on the processors
    /// that the load needs as well.
    /// </summary>
    private static async Task WarmAsync(Func<TimeSpan, Task<double>> operation)
    {
        const int Steady = 4;
        var (watch, best, slower) = (Stopwatch.StartNew(), 0.0, 0);
        while (slower < Steady && watch.Elapsed < LongestWarmUp)
        {
            var rate = await operation(WarmUp);
            (best, slower) = rate > best ? (rate, 0) : (best, slower + 1);
        }
    }

    /// <summary>
    /// Milliseconds of the processor's time, in this process, that one operation takes: others use the machine as well.
    /// </summary>
    public static async Task<double> CpuAsync(Func<Task> operation)
    {
        List<double> times = [];
        for (var i = 0; i < CpuRounds; i++)
        {
            var (before, watch, done) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew(), 0);
            for (; watch.Elapsed < CpuRound; done++) await operation();
            times.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds / done);
        }

        return Median(times.Skip(CpuRounds / 2)); // compiled to the end by then
    }

    /// <summary>
    /// The duration of single operations without concurrent load, in milliseconds, in the order they were made.
    /// </summary>
    public static async Task<List<double>> TimesAsync(int operations, Func<Task> operation)
    {
        List<double> times = new(operations);
        for (var i = 0; i < operations; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await operation();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    /// <summary>Medians of two operations that are timed in turns, in milliseconds.</summary>
    public static async Task<(double First, double Second)> MediansAsync(int turns, Func<Task> first, Func<Task> second)
    {
        List<double> firsts = [], seconds = [];
        for (var i = 0; i < turns; i++)
        {
            firsts.AddRange(await TimesAsync(1, first));
            seconds.AddRange(await TimesAsync(1, second));
        }

        return (Median(firsts.Skip(turns / 2)), Median(seconds.Skip(turns / 2)));
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1
            ? sorted[sorted.Count / 2]
            : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>Operations per second; the operation gets the index of its client.</summary>
    public static async Task<double> RateAsync(int clients, TimeSpan length, Func<int, Task> operation)
    {
        var done = 0L;
        var watch = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            while (watch.Elapsed < length)
            {
                await operation(client);
                Interlocked.Increment(ref done);
            }
        })));

        return done / watch.Elapsed.TotalSeconds;
    }
}
