using NodaTime;

namespace Platform.Core.Availability;

/// <summary>How a service is taken: how long, how far apart, how early, how late.</summary>
/// <param name="Before">Kept free before the service, also outside opening hours.</param>
/// <param name="Interval">The step of the grid.</param>
/// <param name="Notice">Elapsed time between now and the earliest start.</param>
/// <param name="WindowDays">Calendar days in the resource's zone: with 1, today and tomorrow.</param>
public sealed record ServiceTimes(
    TimeSpan Length, TimeSpan Before, TimeSpan After, TimeSpan Interval, TimeSpan Notice, int WindowDays)
{
    public TimeRange Occupied(DateTimeOffset start) => new TimeRange(start, start + Length).Widen(Before, After);
}

/// <summary>A resource that may be booked, with all that decides when.</summary>
/// <param name="Requirement">Which requirement of the service it can meet.</param>
/// <param name="Busy">What is taken, buffers included; the busy ranges of one unit never overlap.</param>
public sealed record Candidate(
    long ResourceId,
    int Requirement,
    int Capacity,
    DateTimeZone Zone,
    IReadOnlyList<WeeklyRule> Rules,
    IReadOnlyList<BusyUnit> Busy);

public readonly record struct BusyUnit(int Unit, TimeRange Occupied);

/// <summary>A start that can be booked.</summary>
/// <param name="Free">The free units of every resource that could take it, by requirement and then as they came.</param>
/// <param name="Remaining">How many bookings still fit at this start.</param>
public sealed record Slot(DateTimeOffset Start, IReadOnlyList<FreeUnit> Free, int Remaining);

/// <param name="Unit">The lowest free unit.</param>
/// <param name="Units">How many are free.</param>
public readonly record struct FreeUnit(long ResourceId, int Requirement, int Unit, int Units);

public static class SlotRules
{
    /// <summary>
    /// Every start in <paramref name="wanted"/> at which one resource of each requirement is open and free. The grid is
    /// that of the resources of the first requirement; the others need only be open and free then.
    /// </summary>
    public static IReadOnlyList<Slot> Slots(
        ServiceTimes times, IReadOnlyList<Candidate> candidates, TimeRange wanted, DateTimeOffset now)
    {
        var requirements = candidates.Select(c => c.Requirement).Distinct().Order().ToList();
        if (requirements is not [var leading, .. var others]) return [];

        wanted = wanted.Within(new(now, now.AddDays(times.WindowDays + 2))); // years 1 and 9999 are questions, too
        if (wanted.IsEmpty) return [];

        var slots = new SortedDictionary<DateTimeOffset, List<FreeUnit>>();
        foreach (var candidate in candidates.Where(c => c.Requirement == leading))
        {
            foreach (var (start, free) in FreeStarts(times, candidate, wanted, now))
            {
                if (!slots.TryGetValue(start, out var already)) slots[start] = already = [];
                already.Add(free);
            }
        }

        foreach (var requirement in others)
        {
            var days = candidates.Where(c => c.Requirement == requirement).Select(c => new OpenResource(c, wanted, times))
                .ToList();
            foreach (var (start, free) in slots)
            {
                free.AddRange(days.Select(day => day.At(start, times)).OfType<FreeUnit>());
            }
        }

        return
        [
            .. from slot in slots
               let remaining = requirements.Min(r => slot.Value.Where(f => f.Requirement == r).Sum(f => f.Units))
               where remaining > 0
               select new Slot(slot.Key, slot.Value, remaining),
        ];
    }

    /// <summary>The instants between which a start may lie: after the notice, within the booking window.</summary>
    public static TimeRange Bookable(ServiceTimes times, DateTimeZone zone, DateTimeOffset now) => new(
        now + times.Notice,
        ZoneRules.StartOf(ZoneRules.DateOf(now, zone).PlusDays(times.WindowDays + 1), zone));

    private static IEnumerable<(DateTimeOffset Start, FreeUnit Free)> FreeStarts(
        ServiceTimes times, Candidate candidate, TimeRange wanted, DateTimeOffset now)
    {
        var starts = wanted.Within(Bookable(times, candidate.Zone, now));
        if (starts.IsEmpty) yield break;

        var units = new BusyUnits(candidate);
        foreach (var opening in WeeklyHours.Openings(candidate.Rules, candidate.Zone, starts))
        {
            for (var start = FirstOnGrid(opening, times.Interval, starts.Start);
                start < starts.End && start + times.Length <= opening.End;
                start += times.Interval)
            {
                if (units.FreeIn(times.Occupied(start)) is { } free) yield return (start, free);
            }
        }
    }

    private static DateTimeOffset FirstOnGrid(TimeRange opening, TimeSpan interval, DateTimeOffset notBefore)
    {
        if (opening.Start >= notBefore) return opening.Start;

        var steps = (notBefore - opening.Start + interval - TimeSpan.FromTicks(1)).Ticks / interval.Ticks;
        return opening.Start + interval * steps;
    }

    /// <summary>A resource that has no grid of its own to offer: open or not, free or not.</summary>
    private sealed class OpenResource(Candidate candidate, TimeRange wanted, ServiceTimes times)
    {
        private readonly BusyUnits _units = new(candidate);

        private readonly IReadOnlyList<TimeRange> _openings = WeeklyHours.Openings(
            candidate.Rules, candidate.Zone, wanted with { End = wanted.End + times.Length });

        private int _next;

        /// <summary>Asked in order of time.</summary>
        public FreeUnit? At(DateTimeOffset start, ServiceTimes service)
        {
            while (_next < _openings.Count && _openings[_next].End <= start) _next++;

            return _next < _openings.Count
                && _openings[_next].Start <= start
                && start + service.Length <= _openings[_next].End
                    ? _units.FreeIn(service.Occupied(start))
                    : null;
        }
    }

    /// <summary>Walks through what is taken, unit by unit, beside starts that come in order of time.</summary>
    private sealed class BusyUnits
    {
        private readonly Candidate _candidate;
        private readonly TimeRange[][] _busy;
        private readonly int[] _next;

        public BusyUnits(Candidate candidate)
        {
            var byUnit = candidate.Busy.ToLookup(busy => busy.Unit, busy => busy.Occupied);

            _candidate = candidate;
            _busy = [.. Enumerable.Range(1, candidate.Capacity)
                .Select(unit => byUnit[unit].OrderBy(range => range.Start).ToArray())];
            _next = new int[candidate.Capacity];
        }

        public FreeUnit? FreeIn(TimeRange occupied)
        {
            var (lowest, count) = (0, 0);

            for (var unit = 0; unit < _busy.Length; unit++)
            {
                var busy = _busy[unit];
                while (_next[unit] < busy.Length && busy[_next[unit]].End <= occupied.Start) _next[unit]++;

                if (_next[unit] < busy.Length && busy[_next[unit]].Start < occupied.End) continue;

                if (count++ == 0) lowest = unit + 1;
            }

            return count == 0 ? null : new(_candidate.ResourceId, _candidate.Requirement, lowest, count);
        }
    }
}
