using NodaTime;
using Platform.Core.Availability;

namespace Platform.Core.Reports;

/// <summary>A resource with what says when it is open.</summary>
/// <param name="Overrides">The hours of single dates instead of the rules; none means closed.</param>
/// <param name="Blackouts">Of the resource, its category and the organisation.</param>
public sealed record ReportedResource(
    long Id,
    string Name,
    int Capacity,
    DateTimeZone Zone,
    IReadOnlyList<WeeklyRule> Rules,
    IReadOnlyDictionary<LocalDate, IReadOnlyList<(int StartMinute, int EndMinute)>> Overrides,
    IReadOnlyList<TimeRange> Blackouts);

/// <summary>How long a resource is open. The one place of the reports that knows what makes it so.</summary>
public static class OpenTime
{
    public static TimeSpan Of(ReportedResource resource, TimeRange range)
    {
        if (range.IsEmpty) return TimeSpan.Zero;

        var openings = Merge(Days(resource, range).Select(opening => opening.Within(range)));
        var closed = Merge(resource.Blackouts.Select(blackout => blackout.Within(range)));
        var open = openings.Aggregate(TimeSpan.Zero, (sum, opening) => sum + opening.Length);

        return openings.SelectMany(_ => closed, (opening, blackout) => opening.Within(blackout))
            .Where(both => !both.IsEmpty)
            .Aggregate(open, (left, both) => left - both.Length);
    }

    /// <summary>The openings that begin on each local date, the one before included, since they may last past midnight.</summary>
    private static IEnumerable<TimeRange> Days(ReportedResource resource, TimeRange range)
    {
        var zone = resource.Zone;
        var last = ZoneRules.DateOf(range.End, zone);

        for (var date = ZoneRules.DateOf(range.Start, zone).PlusDays(-1); date <= last; date = date.PlusDays(1))
        {
            // Hours of a single date begin at its midnight, whatever was still open.
            var next = date.PlusDays(1);
            var end = resource.Overrides.ContainsKey(next) ? At(next, 0) : DateTimeOffset.MaxValue;

            foreach (var (startMinute, endMinute) in Hours(resource, date))
            {
                var opening = new TimeRange(At(date, startMinute), At(endMinute <= startMinute ? next : date, endMinute));
                if (!opening.IsEmpty) yield return opening with { End = opening.End < end ? opening.End : end };
            }
        }

        DateTimeOffset At(LocalDate date, int minute) =>
            ZoneRules.ToInstant(date.AtMidnight().PlusMinutes(minute), zone);
    }

    private static IEnumerable<(int StartMinute, int EndMinute)> Hours(ReportedResource resource, LocalDate date) =>
        resource.Overrides.TryGetValue(date, out var hours)
            ? hours
            : resource.Rules.Where(rule => rule.AppliesOn(date)).Select(rule => (rule.StartMinute, rule.EndMinute));

    private static List<TimeRange> Merge(IEnumerable<TimeRange> ranges)
    {
        List<TimeRange> merged = [];
        foreach (var range in ranges.Where(range => !range.IsEmpty).OrderBy(range => range.Start))
        {
            if (merged is not [.., var previous] || range.Start > previous.End) merged.Add(range);
            else if (range.End > previous.End) merged[^1] = previous with { End = range.End };
        }

        return merged;
    }
}
