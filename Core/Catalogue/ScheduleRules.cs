using System.Globalization;
using Platform.Contracts;
using Platform.Contracts.Catalogue;

namespace Platform.Core.Catalogue;

/// <summary>Opening hours as people write them, and as they are stored: one row a day, in minutes.</summary>
public static class ScheduleRules
{
    /// <summary>How long a blackout may be, in days.</summary>
    public const int MaxBlackoutDays = 3660;

    public static Rejection? CheckDate(DateOnly date, string field) =>
        CalendarYears.IsPlannable(date.Year)
            ? null
            : new(RejectionKind.Invalid, Codes.InvalidDate,
                $"The year must be {CalendarYears.First} to {CalendarYears.LastPlanned}.", field);

    public static Rejection? CheckInstant(DateTimeOffset instant, string field) =>
        CheckDate(DateOnly.FromDateTime(instant.UtcDateTime), field);

    /// <param name="path">The member of the request that holds the rules.</param>
    public static Rejection? Check(IReadOnlyList<OpeningRule> rules, string path) =>
        Rejection.All(rules.Select((rule, i) => Check(rule, $"{path}[{i}]")));

    public static Rejection? CheckBlackout(DateTimeOffset start, DateTimeOffset end) =>
        Rejection.All(CheckInstant(start, "start"), CheckInstant(end, "end"))
        ?? (end <= start ? new(RejectionKind.Invalid, Codes.InvalidRange, "The end must be after the start.", "end")
            : end - start > TimeSpan.FromDays(MaxBlackoutDays)
                ? new Rejection(
                    RejectionKind.Invalid, Codes.RangeTooLong, "The blackout must not be longer than ten years.", "end")
            : null);

    public static IEnumerable<ScheduleRule> ToRows(IReadOnlyList<OpeningRule> rules, long scheduleId) =>
        from rule in rules
        from day in rule.Days
        select new ScheduleRule
        {
            ScheduleId = scheduleId,
            Day = DayNames.Number(day),
            StartMinute = Minute(rule.Start),
            EndMinute = Minute(rule.End),
            ValidFrom = rule.ValidFrom,
            ValidTo = rule.ValidTo,
        };

    /// <summary>Rows that differ in their day alone are one rule.</summary>
    public static IReadOnlyList<OpeningRule> FromRows(IEnumerable<ScheduleRule> rows) =>
    [
        .. from row in rows
           orderby row.Id
           group row.Day by (row.StartMinute, row.EndMinute, row.ValidFrom, row.ValidTo) into same
           select new OpeningRule(
               [.. same.Distinct().Order().Select(day => DayNames.Of(day))],
               Text(same.Key.StartMinute), Text(same.Key.EndMinute), same.Key.ValidFrom, same.Key.ValidTo),
    ];

    /// <summary>Of the local day; 1440 for <c>24:00</c>.</summary>
    public static short Minute(string time) =>
        (short)(int.Parse(time.AsSpan(0, 2), CultureInfo.InvariantCulture) * 60
            + int.Parse(time.AsSpan(3), CultureInfo.InvariantCulture));

    public static string Text(short minute) => $"{minute / 60:00}:{minute % 60:00}";

    private static Rejection? Check(OpeningRule rule, string path) =>
        Rejection.All(
            rule.ValidFrom is { } from ? CheckDate(from, $"{path}.validFrom") : null,
            rule.ValidTo is { } to ? CheckDate(to, $"{path}.validTo") : null)
        ?? (rule.ValidTo < rule.ValidFrom
            ? new(RejectionKind.Invalid, Codes.InvalidRange, "The end must be after the start.", $"{path}.validTo")
            : null);
}
