using NodaTime;

namespace Platform.Core.Availability;

/// <summary>An opening that returns every week.</summary>
/// <param name="Day">The day it starts on.</param>
/// <param name="StartMinute">Of the local day, 0 to 1439.</param>
/// <param name="EndMinute">0 to 1440; at or before the start it is on the next day.</param>
/// <param name="ValidTo">The last local date it starts on.</param>
public sealed record WeeklyRule(
    IsoDayOfWeek Day, int StartMinute, int EndMinute, LocalDate? ValidFrom = null, LocalDate? ValidTo = null)
{
    public bool AppliesOn(LocalDate date) =>
        date.DayOfWeek == Day && !(date < ValidFrom) && !(date > ValidTo);
}

public static class WeeklyHours
{
    /// <summary>Opening hours that have not paused for so long are taken never to have begun.</summary>
    private const int LookBackWeeks = 53;

    /// <summary>A Monday; where the grid of hours that never pause is anchored.</summary>
    private static readonly LocalDate Epoch = new(2024, 1, 1);

    /// <summary>
    /// The openings that meet <paramref name="wanted"/>, in order, with touching ones merged. Each keeps its true start,
    /// also where that lies before what was asked for: the grid of slots is anchored there, so it must not move with
    /// the question.
    /// </summary>
    public static IReadOnlyList<TimeRange> Openings(
        IReadOnlyList<WeeklyRule> rules, DateTimeZone zone, TimeRange wanted)
    {
        if (wanted.IsEmpty || rules.Count == 0) return [];

        var first = ZoneRules.DateOf(wanted.Start, zone).PlusDays(-1); // a rule may end on the day after its own
        var last = ZoneRules.DateOf(wanted.End, zone);
        var openings = Merge(On(rules, zone, first, last));

        for (var week = 0; MayHaveBegunEarlier(openings, zone, first, wanted); week++)
        {
            if (week == LookBackWeeks) return [.. Anchored(openings, zone).Where(wanted.Overlaps)];

            openings = Merge(On(rules, zone, first.PlusDays(-7), first.PlusDays(-1)).Concat(openings));
            first = first.PlusDays(-7);
        }

        return [.. openings.Where(wanted.Overlaps)];
    }

    private static IEnumerable<TimeRange> On(
        IReadOnlyList<WeeklyRule> rules, DateTimeZone zone, LocalDate first, LocalDate last)
    {
        for (var date = first; date <= last; date = date.PlusDays(1))
        {
            foreach (var rule in rules)
            {
                if (!rule.AppliesOn(date)) continue;

                var start = ZoneRules.ToInstant(date.AtMidnight().PlusMinutes(rule.StartMinute), zone);
                var nextDay = rule.EndMinute <= rule.StartMinute ? 1 : 0;
                var end = ZoneRules.ToInstant(date.PlusDays(nextDay).AtMidnight().PlusMinutes(rule.EndMinute), zone);
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

    /// <summary>Whether the first opening reaches into the question from a day before those that were looked at.</summary>
    private static bool MayHaveBegunEarlier(
        List<TimeRange> openings, DateTimeZone zone, LocalDate first, TimeRange wanted) =>
        openings is [var opening, ..]
        && opening.End >= wanted.Start
        && opening.Start < ZoneRules.StartOf(first.PlusDays(1), zone);

    private static IEnumerable<TimeRange> Anchored(List<TimeRange> openings, DateTimeZone zone)
    {
        var epoch = ZoneRules.StartOf(Epoch, zone);
        return openings.Select((opening, i) =>
            i == 0 && opening.Start > epoch ? opening with { Start = epoch } : opening);
    }
}
