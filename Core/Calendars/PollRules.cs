using Platform.Contracts.Calendars;

namespace Platform.Core.Calendars;

/// <summary>When an outside calendar is polled next.</summary>
public static class PollRules
{
    /// <summary>Calendars of one resource.</summary>
    public const int MaxCalendars = 10;

    /// <summary>After which all of a calendar is read, whatever its server says of changes: busy times move into sight.</summary>
    public static readonly TimeSpan ReadAgain = TimeSpan.FromHours(24);

    /// <summary>Days of the calendar that are always looked at: as far as series are booked.</summary>
    private const int MinDays = 366, MaxDays = 1096, MarginDays = 30;

    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(6), LastingWait = TimeSpan.FromHours(1),
        MaxLastingWait = TimeSpan.FromHours(24);

    /// <summary>Errors that only a person can end.</summary>
    private static readonly string[] Lasting =
    [
        CalendarProblems.Unauthorized, CalendarProblems.NotFound, CalendarProblems.Gone, CalendarProblems.NotAllowed,
        CalendarProblems.NotACalendar, CalendarProblems.UnreadableSecret,
    ];

    /// <param name="failures">In a row; 0 after a success.</param>
    /// <param name="random">Between 0 and 1: calendars of one moment do not stay together.</param>
    public static TimeSpan Wait(TimeSpan interval, int failures, string? error, double random)
    {
        var doubled = interval * Math.Pow(2, Math.Min(failures, 12));
        var wait = error is null ? interval
            : Lasting.Contains(error) ? Least(MaxLastingWait, Most(LastingWait, doubled))
            : Least(MaxWait, doubled);
        return Most(wait, interval) * (0.9 + (0.2 * random));
    }

    /// <summary>How far ahead busy times matter.</summary>
    /// <param name="windowDays">The longest booking window of a service.</param>
    public static TimeSpan Ahead(int windowDays) =>
        TimeSpan.FromDays(Math.Clamp(windowDays, MinDays, MaxDays) + MarginDays);

    /// <summary>The wait before another attempt to write a booking into a calendar.</summary>
    public static TimeSpan WriteAgain(int attempts) =>
        Least(TimeSpan.FromSeconds(30) * Math.Pow(2, Math.Min(attempts, 12)), MaxWait);

    private static TimeSpan Most(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
