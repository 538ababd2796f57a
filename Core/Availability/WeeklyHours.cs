using NodaTime;

namespace Platform.Core.Availability;

public static class WeeklyHours
{
    /// <summary>Opening hours that have not paused for so long are taken never to have begun.</summary>
    private const int LookBackWeeks = 53;

    /// <summary>A Monday; where the grid of hours that never pause is anchored.</summary>
    private static readonly LocalDate Epoch = new(2024, 1, 1);

    /// <summary>
    /// The openings that meet <paramref name="wanted"/>, in order, with touching ones merged. Each keeps its true
    /// start, also where that lies before what was asked for: the grid of slots is anchored there, so it must not move
    /// with the question. Its end may be cut on a later day than the question's.
    /// </summary>
    public static IReadOnlyList<TimeRange> Openings(OpeningHours hours, DateTimeZone zone, TimeRange wanted)
    {
        if (wanted.IsEmpty || hours.IsEmpty) return [];
        if (hours.NeverPauses) return [new(ZoneRules.StartOf(Epoch, zone), wanted.End)];

        var first = ZoneRules.DateOf(wanted.Start, zone).PlusDays(-1); // a rule may end on the day after its own
        var last = ZoneRules.DateOf(wanted.End, zone);
        var openings = Merge(On(hours, zone, first, last));

        for (var week = 0; MayHaveBegunEarlier(openings, zone, first, wanted); week++)
        {
            if (week == LookBackWeeks) return [.. Anchored(openings, zone, first, wanted).Where(wanted.Overlaps)];

            openings = Merge(On(hours, zone, first.PlusDays(-7), first.PlusDays(-1)).Concat(openings));
            first = first.PlusDays(-7);
        }

        return [.. openings.Where(wanted.Overlaps)];
    }

    private static IEnumerable<TimeRange> On(OpeningHours hours, DateTimeZone zone, LocalDate first, LocalDate last)
    {
        for (var date = first; date <= last; date = date.PlusDays(1))
        {
            foreach (var (startMinute, endMinute) in ZoneRules.Exists(date, zone) ? hours.On(date) : [])
            {
                var start = ZoneRules.ToInstant(date.AtMidnight().PlusMinutes(startMinute), zone);
                var nextDay = endMinute <= startMinute ? 1 : 0;
                var end = ZoneRules.ToInstant(date.PlusDays(nextDay).AtMidnight().PlusMinutes(endMinute), zone);

                // An override says all there is to say of its date: what comes over from the day before ends there.
                if (nextDay == 1 && hours.IsOverridden(date.PlusDays(1)))
                {
                    var midnight = ZoneRules.StartOf(date.PlusDays(1), zone);
                    if (end > midnight) end = midnight;
                }

                if (end > start) yield return new(start, end); // a transition can swallow a short opening
            }
        }
    }

    private static List<TimeRange> Merge(IEnumerable<TimeRange> openings)
    {
        List<TimeRange> merged = [];

        foreach (var opening in openings.OrderBy(range => range.Start))
        {
            if (merged is [.., var previous] && opening.Start <= previous.End)
            {
                if (opening.End > previous.End) merged[^1] = previous with { End = opening.End };
            }
            else
            {
                merged.Add(opening);
            }
        }

        return merged;
    }

    /// <summary>
    /// Whether an opening that reaches into the question could be joined by one of a day before those that were looked
    /// at. Such an opening ends at the latest when the first of these days does.
    /// </summary>
    private static bool MayHaveBegunEarlier(
        List<TimeRange> openings, DateTimeZone zone, LocalDate first, TimeRange wanted)
    {
        var end = ZoneRules.StartOf(first.PlusDays(1), zone);
        return openings.Exists(opening => opening.End >= wanted.Start && opening.Start <= end);
    }

    private static IEnumerable<TimeRange> Anchored(
        List<TimeRange> openings, DateTimeZone zone, LocalDate first, TimeRange wanted)
    {
        var epoch = ZoneRules.StartOf(Epoch, zone);
        return openings.Select(opening => opening.Start > epoch && MayHaveBegunEarlier([opening], zone, first, wanted)
            ? opening with { Start = epoch }
            : opening);
    }
}
