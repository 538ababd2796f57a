using NodaTime;

namespace Platform.Core.Availability;

public enum Frequency
{
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// <summary>A weekday of a rule.</summary>
/// <param name="Ordinal">
/// Which one of its month or year, from the end if negative; null means every one. It counts within the month, except
/// in a yearly rule without BYMONTH, where it counts within the year.
/// </param>
public readonly record struct RuleDay(IsoDayOfWeek Day, int? Ordinal = null);

/// <summary>
/// When something repeats: the part of RFC 5545's RRULE that speaks of days. The time of day is that of the start. An
/// empty list restricts nothing.
/// </summary>
public sealed record RecurrenceRule
{
    public required Frequency Frequency { get; init; }

    /// <summary>Every how many days, weeks, months or years; at least 1.</summary>
    public int Interval { get; init; } = 1;

    /// <summary>How many occurrences the rule makes, before exceptions are taken out of them.</summary>
    public int? Count { get; init; }

    /// <summary>The last local time that may occur, in the zone of the series.</summary>
    public LocalDateTime? UntilLocal { get; init; }

    /// <summary>The last instant that may occur, in UTC.</summary>
    public DateTimeOffset? UntilInstant { get; init; }

    /// <summary>BYDAY.</summary>
    public IReadOnlyList<RuleDay> Days { get; init; } = [];

    /// <summary>BYMONTHDAY: 1 to 31, or -31 to -1 from the end of the month.</summary>
    public IReadOnlyList<int> MonthDays { get; init; } = [];

    /// <summary>BYMONTH: 1 to 12.</summary>
    public IReadOnlyList<int> Months { get; init; } = [];

    /// <summary>BYSETPOS: which of the days of one period to keep, the first being 1 and the last -1.</summary>
    public IReadOnlyList<int> Positions { get; init; } = [];

    /// <summary>WKST: it decides which weeks a rule for every other week means.</summary>
    public IsoDayOfWeek WeekStart { get; init; } = IsoDayOfWeek.Monday;

    /// <summary>Reads <c>FREQ=WEEKLY;BYDAY=MO</c>, also after <c>RRULE:</c>; a rule or what is wrong.</summary>
    public static (RecurrenceRule? Rule, RecurrenceError? Error) Parse(string rrule) => RecurrenceText.Parse(rrule);

    /// <summary>
    /// The same rule without what it makes at <paramref name="end"/> or later: <c>UNTIL </c> in place of its own end.
    /// </summary>
    public static string Ending(string rrule, DateTimeOffset end) => RecurrenceText.Ending(rrule, end);
}

/// <summary>Why a text is no rule that we can follow.</summary>
/// <param name="Part">The name of the part that is to blame, such as BYDAY.</param>
/// <param name="Reason">For a person to read.</param>
public sealed record RecurrenceError(string Part, string Reason);
