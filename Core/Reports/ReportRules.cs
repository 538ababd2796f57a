using NodaTime;
using Platform.Core.Availability;

namespace Platform.Core.Reports;

/// <summary>How reports cut time into days.</summary>
public static class ReportRules
{
    /// <summary>A year, leap years included.</summary>
    public const int MaxDays = 366;

    /// <summary>The local days that the range touches, each cut to it.</summary>
    public static IReadOnlyList<(LocalDate Date, TimeRange Time)> Days(TimeRange range, DateTimeZone zone)
    {
        List<(LocalDate, TimeRange)> days = [];
        for (var date = ZoneRules.DateOf(range.Start, zone); ; date = date.PlusDays(1))
        {
            var day = new TimeRange(Midnight(date), Midnight(date.PlusDays(1))).Within(range);
            if (day.Start >= range.End) return days;
            if (!day.IsEmpty) days.Add((date, day)); // some dates never were: Apia has no 2011-12-30
        }

        DateTimeOffset Midnight(LocalDate date) => ZoneRules.StartOf(date, zone);
    }
}
