using NodaTime;
using Platform.Core.Availability;

namespace Platform.Core.Reports;

/// <summary>A resource with what says when it is open.</summary>
/// <param name="Blackouts">Of the resource, its category and the organisation.</param>
public sealed record ReportedResource(
    long Id, string Name, int Capacity, DateTimeZone Zone, OpeningHours Hours, IReadOnlyList<TimeRange> Blackouts);

/// <summary>How long a resource is open: the openings that slots are cut from, less blackouts.</summary>
public static class OpenTime
{
    public static TimeSpan Of(ReportedResource resource, TimeRange range)
    {
        var openings = WeeklyHours.Openings(resource.Hours, resource.Zone, range)
            .Select(opening => opening.Within(range)).Where(opening => !opening.IsEmpty).ToList();
        var closed = Merge(resource.Blackouts.Select(blackout => blackout.Within(range)));
        var open = openings.Aggregate(TimeSpan.Zero, (sum, opening) => sum + opening.Length);

        return openings.SelectMany(_ => closed, (opening, blackout) => opening.Within(blackout))
            .Where(both => !both.IsEmpty)
            .Aggregate(open, (left, both) => left - both.Length);
    }

    /// <summary>The same as ranges, in order of time.</summary>
    public static List<TimeRange> Ranges(ReportedResource resource, TimeRange range)
    {
        var closed = Merge(resource.Blackouts.Select(blackout => blackout.Within(range)));
        var openings = Merge(
            WeeklyHours.Openings(resource.Hours, resource.Zone, range).Select(opening => opening.Within(range)));
        List<TimeRange> open = [];
        foreach (var opening in openings)
        {
            var from = opening.Start;
            foreach (var blackout in closed.Where(b => b.End > opening.Start && b.Start < opening.End))
            {
                if (blackout.Start > from) open.Add(new(from, blackout.Start));
                from = blackout.End;
            }

            if (from < opening.End) open.Add(new(from, opening.End));
        }

        return open;
    }

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
