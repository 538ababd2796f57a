using System.Globalization;
using NodaTime;
using Platform.Core.Availability;

namespace Platform.Core.ICalendar;

/// <summary>An occurrence of an event.</summary>
/// <param name="Keys">How RECURRENCE-ID may name it.</param>
internal readonly record struct EventOccurrence(TimeRange Time, IReadOnlyList<string> Keys);

/// <summary>When an event takes place, by RRULE, RDATE and EXDATE.</summary>
/// <param name="LookedAt">How much work it was.</param>
internal sealed record Occurrences(IReadOnlyList<EventOccurrence> Times, int LookedAt, bool IsReadable, bool IsCut)
{
    private const string DateForm = "uuuuMMdd", LocalForm = "uuuuMMdd'T'HHmmss", UtcForm = "yyyyMMdd'T'HHmmss'Z'";

    public static Occurrences Of(ImportedEvent e, CalendarZones zones, TimeRange window, int budget)
    {
        var first = new Occurrence(e.LocalStart, e.Event.Start);
        if (e.Rule is null && e.OtherDates.Count == 0) return new([TimeOf(e, first)], 1, true, false);

        var (except, exceptDates) = DatesOf(e, "EXDATE", zones);
        var also = DatesOf(e, "RDATE", zones).Times;
        var starts = also.Select(local => new Occurrence(local, ZoneRules.ToInstant(local, e.Zone))).Prepend(first).ToList();
        var (isReadable, isCut, lookedAt) = (true, false, starts.Count);
        if (e.Rule is not null)
        {
            var (rule, _) = RecurrenceRule.Parse(e.Rule);
            isReadable = rule is not null;
            if (rule is not null)
            {
                var horizon = ZoneRules.DateOf(window.End, e.Zone);
                var made = Recurrence.Expand(rule, StartNear(rule, e, window), e.Zone, [], [], horizon, Math.Max(budget, 0));
                starts.AddRange(made.Occurrences);
                lookedAt += made.Occurrences.Count + made.Skipped.Count;
                isCut = made.Occurrences.Count >= budget;
            }
        }

        var times = starts.DistinctBy(o => o.Local)
            .Where(o => !except.Contains(o.Local) && !exceptDates.Contains(o.Local.Date))
            .Select(o => TimeOf(e, o)).Where(o => o.Time.Overlaps(window));
        return new([.. times], lookedAt, isReadable, isCut);
    }

    /// <summary>
    /// A rule of days or weeks without a count makes the same from any whole number of its periods later: years of
    /// occurrences before the window need not be made.
    /// </summary>
    private static LocalDateTime StartNear(RecurrenceRule rule, ImportedEvent e, TimeRange window)
    {
        var period = rule.Interval * (rule.Frequency == Frequency.Weekly ? 7 : 1);
        if (rule.Count is not null || rule.Frequency is Frequency.Monthly or Frequency.Yearly) return e.LocalStart;

        var before = window.Start - (e.Event.End - e.Event.Start);
        var days = Period.DaysBetween(e.LocalStart.Date, ZoneRules.DateOf(before, e.Zone)) - 1;
        return days > period ? e.LocalStart.PlusDays(days / period * period) : e.LocalStart;
    }

    private static EventOccurrence TimeOf(ImportedEvent e, Occurrence occurrence)
    {
        var (local, start) = (occurrence.Local, occurrence.Instant);
        var end = e.IsAllDay
            ? ZoneRules.StartOf(local.Date.PlusDays(DaysOf(e)), e.Zone)
            : start + (e.Event.End - e.Event.Start);
        return new(
            new(start, end),
            [
                start.UtcDateTime.ToString(UtcForm, CultureInfo.InvariantCulture),
                local.ToString(LocalForm, CultureInfo.InvariantCulture), local.ToString(DateForm, CultureInfo.InvariantCulture),
            ]);
    }

    private static int DaysOf(ImportedEvent e) =>
        Math.Max(1, Period.DaysBetween(e.LocalStart.Date, ZoneRules.DateOf(e.Event.End, e.Zone)));

    /// <summary>In the zone of the event. A date excludes all that is on it.</summary>
    private static (HashSet<LocalDateTime> Times, HashSet<LocalDate> Dates) DatesOf(
        ImportedEvent e, string name, CalendarZones zones)
    {
        (HashSet<LocalDateTime> Times, HashSet<LocalDate> Dates) found = ([], []);
        foreach (var line in e.OtherDates.Where(line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
        {
            if (new ContentLine(0, line, false).ToProperty() is not { } property) continue;

            foreach (var value in property.Value.Split(','))
            {
                var start = value.Split('/')[0]; // RDATE may hold periods
                if (EventTime.Read(property with { Value = start }, zones).Time is not { } time) continue;

                if (time.IsDate && !e.IsAllDay) found.Dates.Add(time.Local.Date);
                else found.Times.Add(time.IsFloating ? time.Local : ZoneRules.LocalOf(time.Instant, e.Zone));
            }
        }

        return found;
    }
}
