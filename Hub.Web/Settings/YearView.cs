using System.Globalization;
using Platform.Contracts.Catalogue;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Settings;

/// <summary>What is special about one day of a year.</summary>
/// <param name="Kind">
/// <c>holiday</c>, <c>blackout</c> (the whole day or a part), <c>override</c>, <c>closed</c> or <c>open</c>.
/// </param>
public sealed record YearDay(
    DateOnly Date, string Kind, OverrideResponse? Override, IReadOnlyList<BlackoutResponse> Blackouts)
{
    /// <summary>What the day is called where it has a name.</summary>
    public string? Name => Blackouts.Select(b => b.Reason).FirstOrDefault(reason => !string.IsNullOrWhiteSpace(reason));
}

/// <summary>A year of a resource, or of the organisation: what is closed, and what differs from the week.</summary>
public static class YearView
{
    public static IReadOnlyList<YearDay> Of(
        int year, TimeZoneInfo zone, IReadOnlyList<OpeningRule> rules, IReadOnlyList<OverrideResponse> overrides,
        IReadOnlyList<BlackoutResponse> blackouts)
    {
        var byDate = overrides.ToDictionary(o => o.Date);
        var blackoutDays = (
            from blackout in blackouts
            from date in DatesOf(blackout, zone, year)
            select (date, blackout)).ToLookup(pair => pair.date, pair => pair.blackout);
        var first = new DateOnly(year, 1, 1);

        return
        [
            .. Enumerable.Range(0, first.AddYears(1).DayNumber - first.DayNumber).Select(first.AddDays).Select(date =>
            {
                var special = byDate.GetValueOrDefault(date);
                IReadOnlyList<BlackoutResponse> closed = [.. blackoutDays[date]];
                var kind = closed.Any(b => b.Holiday is not null) ? "holiday"
                    : closed.Count > 0 ? "blackout"
                    : special is not null ? "override"
                    : IsOpen(rules, date) ? "open" : "closed";
                return new YearDay(date, kind, special, closed);
            }),
        ];
    }

    public static bool IsOpen(IReadOnlyList<OpeningRule> rules, DateOnly date) => HoursOf(rules, date).Any();

    public static IEnumerable<OpeningRule> HoursOf(IReadOnlyList<OpeningRule> rules, DateOnly date)
    {
        var day = DayNames.Of(date.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)date.DayOfWeek);
        return rules.Where(r => r.Days.Contains(day) && !(r.ValidFrom > date) && !(r.ValidTo < date))
            .OrderBy(r => r.Start, StringComparer.Ordinal);
    }

    /// <summary>The local days of this year that a blackout touches.</summary>
    private static IEnumerable<DateOnly> DatesOf(BlackoutResponse blackout, TimeZoneInfo zone, int year)
    {
        var (first, last) = (zone.DayOf(blackout.Start), zone.DayOf(blackout.End.AddTicks(-1)));
        var (start, end) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
        for (var date = first < start ? start : first; date <= last && date <= end; date = date.AddDays(1)) yield return date;
    }

    public static string MonthName(int year, int month) =>
        new DateOnly(year, month, 1).ToString("MMMM", CultureInfo.CurrentCulture);
}

/// <summary>Local times of a zone as instants.</summary>
internal static class LocalInstants
{
    /// <returns>Null for a time that the clocks skip.</returns>
    public static DateTimeOffset? At(this TimeZoneInfo zone, DateOnly date, TimeOnly time)
    {
        var local = date.ToDateTime(time);
        return zone.IsInvalidTime(local) ? null : new DateTimeOffset(local, OffsetOf(zone, local)).ToUniversalTime();
    }

    /// <summary>Of a time that occurs twice, the first.</summary>
    private static TimeSpan OffsetOf(TimeZoneInfo zone, DateTime local) =>
        zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
}
