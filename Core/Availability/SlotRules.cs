using NodaTime;

namespace Platform.Core.Availability;

/// <summary>
/// Slots out of rules, blackouts and what is taken. The list of slots and the booking of one ask the same.
/// </summary>
public static class SlotRules
{
    /// <summary>
    /// Every start in <paramref name="wanted"/> at which the requirements can be met together. The grid is that of the
    /// resources of the first requirement; the others need only be open and free then.
    /// </summary>
    public static IReadOnlyList<Slot> Slots(SlotQuestion question, TimeRange wanted, DateTimeOffset now)
    {
        var times = question.Times;
        wanted = wanted.Within(new(now, now.AddDays(times.WindowDays + 2))); // years 1 and 9999 are also valid questions
        if (wanted.IsEmpty || question.Requirements.Count == 0) return [];

        var leading = question.Requirements[0].Number;
        var offers = Offers(question, leading, wanted, now);
        if (offers.Count == 0) return [];

        var others = question.Candidates.Index()
            .Where(c => c.Item.Requirement != leading && !c.Item.Hours.IsEmpty)
            .Select(c => (c.Index, Timeline: new Timeline(c.Item, question, wanted, isLeading: false)))
            .ToList();
        var fit = new Fit(question);
        List<Slot> slots = [];

        for (var i = 0; i < offers.Count;)
        {
            var (start, first) = (offers[i].Start, i);
            while (i < offers.Count && offers[i].Start == start) i++;

            List<FreeResource> free = new(i - first + others.Count);
            for (var j = first; j < i; j++) free.Add(Free(question, offers[j].Candidate, offers[j].Places));
            foreach (var (index, timeline) in others)
            {
                var places = timeline.OpenPlacesAt(start);
                if (places > 0) free.Add(Free(question, index, places));
            }

            var remaining = Math.Min(fit.Remaining(free), LimitAt(question, offers[first].Candidate, start));
            if (remaining > 0) slots.Add(new(new(start, TimeSpan.Zero), free, remaining));
        }

        return slots;
    }

    /// <summary>How many places each resource has at one start, whatever the grid says.</summary>
    public static IReadOnlyList<int> PlacesAt(SlotQuestion question, DateTimeOffset start)
    {
        var leading = question.Requirements is [var first, ..] ? first.Number : 0;
        var starts = new TimeRange(start, start.AddTicks(1));
        return
        [
            .. question.Candidates.Select(c => c.Hours.IsEmpty
                ? 0
                : new Timeline(c, question, starts, c.Requirement == leading).OpenPlacesAt(start.UtcTicks)),
        ];
    }

    /// <summary>What all resources together may still take on that day.</summary>
    private static int LimitAt(SlotQuestion question, int candidate, long start) => question.Use is { } use
        ? use.Left(
            ZoneRules.DateOf(new(start, TimeSpan.Zero), question.Candidates[candidate].Zone),
            (int)question.Times.Length.TotalMinutes)
        : int.MaxValue;

    /// <summary>The instants between which a start may lie: after the notice, within the booking window.</summary>
    public static TimeRange Bookable(ServiceTimes times, DateTimeZone zone, DateTimeOffset now) => new(
        now + times.Notice,
        ZoneRules.StartOf(ZoneRules.DateOf(now, zone).PlusDays(times.WindowDays + 1), zone));

    /// <summary>What the first requirement's resources offer, in order of time and then of the resources.</summary>
    private static List<(long Start, int Candidate, int Places)> Offers(
        SlotQuestion question, int leading, TimeRange wanted, DateTimeOffset now)
    {
        List<(long Start, int Candidate, int Places)> offers = [];
        var isSorted = true;

        foreach (var (index, candidate) in question.Candidates.Index())
        {
            if (candidate.Requirement != leading || candidate.Hours.IsEmpty) continue;

            var starts = wanted.Within(Bookable(question.Times, candidate.Zone, now));
            if (starts.IsEmpty) continue;

            isSorted &= offers.Count == 0;
            var timeline = new Timeline(candidate, question, starts, isLeading: true);
            foreach (var (start, places) in timeline.Grid(starts.Start.UtcTicks, starts.End.UtcTicks))
            {
                offers.Add((start, index, places));
            }
        }

        if (!isSorted) offers.Sort(ByStart);
        return offers;
    }

    private static readonly Comparer<(long Start, int Candidate, int Places)> ByStart =
        Comparer<(long Start, int Candidate, int Places)>.Create((a, b) =>
            a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Candidate.CompareTo(b.Candidate));

    private static FreeResource Free(SlotQuestion question, int index, int places) =>
        new(question.Candidates[index].ResourceId, question.Candidates[index].Requirement, index, places);
}
