using NodaTime;
using NodaTime.Text;

namespace Platform.Core.Availability;

/// <param name="Local">What the clock on the wall shows, in the zone of the series.</param>
/// <param name="Instant">The same in UTC; of two, the first.</param>
public readonly record struct Occurrence(LocalDateTime Local, DateTimeOffset Instant);

public enum SkipReason
{
    /// <summary>The month is too short: 31 April, 29 February in most years.</summary>
    NoSuchDate,

    /// <summary>Clocks jump over it.</summary>
    NoSuchTime,
}

/// <param name="Local">Like 2026-02-31T09:00:00; a text, because the time does not exist.</param>
public sealed record SkippedOccurrence(string Local, SkipReason Reason);

/// <param name="Occurrences">In order, none twice.</param>
/// <param name="IsComplete">False when the horizon or the maximum ended it before the rule did.</param>
public sealed record Expansion(
    IReadOnlyList<Occurrence> Occurrences, IReadOnlyList<SkippedOccurrence> Skipped, bool IsComplete);

/// <summary>The occurrences of a series, as RFC 5545 (3.3.10, 3.8.5) makes them.</summary>
public static class Recurrence
{
    private static readonly LocalDateTimePattern Iso = LocalDateTimePattern.ExtendedIso;

    /// <summary>A week before NodaTime's last date, so that the last period of a rule also ends in its range.</summary>
    private static readonly LocalDate LastDate = LocalDate.MaxIsoValue.PlusWeeks(-1);

    /// <summary>
    /// What the rule makes and <paramref name="alsoOn"/> (RDATE) adds, without what <paramref name="except"/> (EXDATE)
    /// takes away. The start occurs only if it matches the rule. COUNT counts what the rule makes, so an exception uses
    /// up one of it; a date or time that does not exist (RFC 5545, 3.3.10), or that was added, does not.
    /// </summary>
    /// <param name="start">In <paramref name="zone"/>; the rule makes nothing before it.</param>
    /// <param name="horizon">The last local date that is looked at.</param>
    /// <param name="max">The most occurrences to return.</param>
    public static Expansion Expand(
        RecurrenceRule rule,
        LocalDateTime start,
        DateTimeZone zone,
        IReadOnlyCollection<LocalDateTime> except,
        IReadOnlyCollection<LocalDateTime> alsoOn,
        LocalDate horizon,
        int max)
    {
        horizon = LocalDate.Min(horizon, LastDate);
        var ruled = new Walk(zone, except, max);
        var added = new Walk(zone, except, max);
        var end = new RuleEnd(rule, zone);

        var isExhausted = ruled.Take(Made(rule, start, end, horizon), rule.Count);
        added.Take(alsoOn.Where(local => local.Date <= horizon).Order().Select(local => new RequestedDates(local)), null);

        List<Occurrence> all =
        [
            .. ruled.Found.Concat(added.Found).DistinctBy(found => found.Local).OrderBy(found => found.Local),
        ];
        var isTruncated = ruled.IsTruncated || added.IsTruncated || all.Count > max
            || alsoOn.Any(local => local.Date > horizon);
        var occurrences = all.GetRange(0, Math.Min(all.Count, Math.Max(max, 0)));
        var skipped = ruled.Skipped.Concat(added.Skipped).Distinct()
            .OrderBy(skip => skip.Local, StringComparer.Ordinal);

        return new(occurrences, [.. skipped], !isTruncated && (isExhausted || end.IsWithin(horizon)));
    }

    /// <summary>All that the rule asks for up to its end or the horizon, whether it exists or not.</summary>
    private static IEnumerable<RequestedDates> Made(RecurrenceRule rule, LocalDateTime start, RuleEnd end, LocalDate horizon) =>
        RecurrenceDays.Of(rule, start.Date, horizon)
            .Select(day => new RequestedDates(day.Date.At(start.TimeOfDay), day.MissingDay))
            .SkipWhile(wanted => wanted.Local < start)
            .TakeWhile(wanted => wanted.Local.Date <= horizon && !end.IsBefore(wanted.Local));

    /// <param name="Local">If the day is missing, on the last day of its month.</param>
    private readonly record struct RequestedDates(LocalDateTime Local, int? MissingDay = null);

    private sealed class RuleEnd(RecurrenceRule rule, DateTimeZone zone)
    {
        public bool IsBefore(LocalDateTime local) =>
            local > rule.UntilLocal || (rule.UntilInstant is { } until && ZoneRules.ToInstant(local, zone) > until);

        public bool IsWithin(LocalDate horizon) =>
            rule.UntilLocal?.Date <= horizon
            || (rule.UntilInstant is { } until && ZoneRules.DateOf(until, zone) <= horizon);
    }

    /// <summary>Puts local times into the zone, one after the other.</summary>
    private sealed class Walk(DateTimeZone zone, IReadOnlyCollection<LocalDateTime> except, int max)
    {
        private readonly HashSet<LocalDateTime> _except = [.. except];

        public List<Occurrence> Found { get; } = [];

        public List<SkippedOccurrence> Skipped { get; } = [];

        /// <summary>Whether there was one more than asked for.</summary>
        public bool IsTruncated { get; private set; }

        /// <summary>True when <paramref name="count"/> was reached.</summary>
        public bool Take(IEnumerable<RequestedDates> wanted, int? count)
        {
            var made = 0;

            foreach (var (local, missingDay) in wanted)
            {
                if (missingDay is { } day)
                {
                    Skipped.Add(new(Missing(local, day), SkipReason.NoSuchDate));
                    continue;
                }

                if (Place(local)) made++;
                if (IsTruncated || made == count) return made == count;
            }

            return false;
        }

        /// <summary>False when the local time does not exist.</summary>
        private bool Place(LocalDateTime local)
        {
            var isExcept = _except.Contains(local);
            if (ZoneRules.ToInstantStrictly(local, zone) is not { } instant)
            {
                if (!isExcept) Skipped.Add(new(Iso.Format(local), SkipReason.NoSuchTime));
                return false;
            }

            if (isExcept) return true;

            if (Found.Count >= max)
            {
                IsTruncated = true;
            }
            else
            {
                Found.Add(new(local, instant));
            }

            return true;
        }

        private static string Missing(LocalDateTime lastOfMonth, int day)
        {
            var text = Iso.Format(lastOfMonth); // 2026-02-28T09:00:00
            return $"{text[..8]}{day:00}{text[10..]}";
        }
    }
}
