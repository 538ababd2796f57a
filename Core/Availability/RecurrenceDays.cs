using NodaTime;

namespace Platform.Core.Availability;

/// <summary>
/// The days that a rule asks for, period by period: the days of a week, month or year that match all of its parts.
/// </summary>
internal static class RecurrenceDays
{
    private const int LeapYear = 2024;

    /// <summary>
    /// In order, from the period that <paramref name="start"/> lies in to the one of <paramref name="horizon"/>. A day
    /// that its month does not have comes with the last one of that month as its date.
    /// </summary>
    public static IEnumerable<(LocalDate Date, int? MissingDay)> Of(
        RecurrenceRule rule, LocalDate start, LocalDate horizon)
    {
        rule = Completed(rule, start);
        if (!HasPosition(rule) || (rule.Frequency < Frequency.Monthly && !HasDate(rule))) yield break;

        foreach (var first in Periods(rule, start, horizon))
        {
            var days = Chosen([.. DaysOf(rule.Frequency, first).Where(date => Matches(rule, date))], rule.Positions)
                .Select(date => (Date: date, MissingDay: (int?)null));

            var missing = Missing(rule, first).ToList();
            if (missing.Count > 0) days = days.Concat(missing).OrderBy(day => day.Date).ThenBy(day => day.MissingDay);

            foreach (var day in days) yield return day;
        }
    }

    /// <summary>What a rule leaves open comes from the start: its weekday, its day, or its month and day.</summary>
    private static RecurrenceRule Completed(RecurrenceRule rule, LocalDate start)
    {
        if (rule.Days.Count > 0 || rule.MonthDays.Count > 0) return rule;

        return rule.Frequency switch
        {
            Frequency.Weekly => rule with { Days = [new(start.DayOfWeek)] },
            Frequency.Monthly => rule with { MonthDays = [start.Day] },
            Frequency.Yearly when rule.Months.Count > 0 => rule with { MonthDays = [start.Day] },
            Frequency.Yearly => rule with { MonthDays = [start.Day], Months = [start.Month] },
            _ => rule,
        };
    }

    /// <summary>
    /// Whether any year has a date that BYMONTH and BYMONTHDAY allow: without this, a daily rule for 30 February would
    /// look at every day up to the horizon.
    /// </summary>
    private static bool HasDate(RecurrenceRule rule) =>
        rule.MonthDays.Count == 0
        || (rule.Months.Count > 0 ? rule.Months : Enumerable.Range(1, 12)).Any(month =>
            rule.MonthDays.Any(day => Math.Abs(day) <= CalendarSystem.Iso.GetDaysInMonth(LeapYear, month)));

    /// <summary>Whether any period is long enough for BYSETPOS.</summary>
    private static bool HasPosition(RecurrenceRule rule)
    {
        var most = rule.Frequency switch
        {
            Frequency.Weekly => 7,
            Frequency.Monthly => 31,
            Frequency.Yearly => 366,
            _ => 1,
        };

        return rule.Positions.Count == 0 || rule.Positions.Any(position => Math.Abs(position) <= most);
    }

    /// <summary>The first day of each period. They are counted before, so no rule makes this go on for ever.</summary>
    private static IEnumerable<LocalDate> Periods(RecurrenceRule rule, LocalDate start, LocalDate horizon)
    {
        var first = rule.Frequency switch
        {
            Frequency.Weekly => start.PlusDays(-((start.DayOfWeek - rule.WeekStart + 7) % 7)),
            Frequency.Monthly => new(start.Year, start.Month, 1),
            Frequency.Yearly => new(start.Year, 1, 1),
            _ => start,
        };

        var last = rule.Frequency switch
        {
            Frequency.Weekly => Period.DaysBetween(first, horizon) / 7,
            Frequency.Monthly => ((horizon.Year - first.Year) * 12) + horizon.Month - first.Month,
            Frequency.Yearly => horizon.Year - first.Year,
            _ => Period.DaysBetween(first, horizon),
        };

        for (var n = 0; n <= last; n += rule.Interval)
        {
            yield return rule.Frequency switch
            {
                Frequency.Weekly => first.PlusWeeks(n),
                Frequency.Monthly => first.PlusMonths(n),
                Frequency.Yearly => first.PlusYears(n),
                _ => first.PlusDays(n),
            };
        }
    }

    private static IEnumerable<LocalDate> DaysOf(Frequency frequency, LocalDate first)
    {
        var count = frequency switch
        {
            Frequency.Weekly => 7,
            Frequency.Monthly => DaysInMonth(first),
            Frequency.Yearly => DaysInYear(first),
            _ => 1,
        };

        return Enumerable.Range(0, count).Select(first.PlusDays);
    }

    private static bool Matches(RecurrenceRule rule, LocalDate date) =>
        (rule.Months.Count == 0 || rule.Months.Contains(date.Month))
        && (rule.MonthDays.Count == 0
            || rule.MonthDays.Contains(date.Day)
            || rule.MonthDays.Contains(date.Day - DaysInMonth(date) - 1))
        && (rule.Days.Count == 0 || rule.Days.Any(day => Matches(rule, day, date)));

    private static bool Matches(RecurrenceRule rule, RuleDay wanted, LocalDate date)
    {
        if (date.DayOfWeek != wanted.Day) return false;
        if (wanted.Ordinal is not { } ordinal) return true;

        var isWithinYear = rule.Frequency == Frequency.Yearly && rule.Months.Count == 0;
        var (day, days) = isWithinYear ? (date.DayOfYear, DaysInYear(date)) : (date.Day, DaysInMonth(date));

        return ordinal == (ordinal > 0 ? ((day - 1) / 7) + 1 : -(((days - day) / 7) + 1));
    }

    /// <summary>BYSETPOS counts within the whole period, also where that begins before the start.</summary>
    private static IEnumerable<LocalDate> Chosen(List<LocalDate> days, IReadOnlyList<int> positions) =>
        positions.Count == 0
            ? days
            : days.Where((_, i) => positions.Contains(i + 1) || positions.Contains(i - days.Count));

    /// <summary>
    /// Days 29 to 31 where a month ends earlier. With BYDAY or BYSETPOS nobody asked for that day in particular, and a
    /// day from the end of the month has no date that could be named.
    /// </summary>
    private static IEnumerable<(LocalDate Date, int? MissingDay)> Missing(RecurrenceRule rule, LocalDate first)
    {
        if (rule.Frequency < Frequency.Monthly || rule.Days.Count > 0 || rule.Positions.Count > 0) return [];
        if (!rule.MonthDays.Any(day => day > 28)) return [];

        return
            from month in rule.Frequency == Frequency.Monthly ? [first.Month] : Enumerable.Range(1, 12)
            where rule.Months.Count == 0 || rule.Months.Contains(month)
            let last = new LocalDate(first.Year, month, 1).PlusMonths(1).PlusDays(-1)
            from day in rule.MonthDays
            where day > last.Day
            select (last, (int?)day);
    }

    private static int DaysInMonth(LocalDate date) => date.Calendar.GetDaysInMonth(date.Year, date.Month);

    private static int DaysInYear(LocalDate date) => date.Calendar.GetDaysInYear(date.Year);
}
