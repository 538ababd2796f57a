using System.Globalization;
using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Settings;

/// <summary>
/// Weekly hours as a person edits them: a week for every period of the year, with the hours of each day. A period
/// without dates applies always.
/// </summary>
public sealed class WeekForm : SettingsForm
{
    private const int MaxPeriods = 12, MaxHours = 12;

    public List<PeriodForm> Periods { get; set; } = [];

    /// <summary>IANA name; null for that of the resource.</summary>
    public string? TimeZone { get; set; }

    public static WeekForm Of(IReadOnlyList<OpeningRule> rules, long version, string? timeZone = null)
    {
        var periods = rules.GroupBy(rule => (rule.ValidFrom, rule.ValidTo)).OrderBy(p => p.Key.ValidFrom)
            .Select(period => PeriodForm.Of(period.Key.ValidFrom, period.Key.ValidTo, period)).ToList();
        if (periods.Count == 0) periods.Add(PeriodForm.Of(null, null, []));
        return new() { Version = version, TimeZone = timeZone, Periods = periods };
    }

    /// <summary>Rows that are wholly empty are left out.</summary>
    public IReadOnlyList<OpeningRule> ToRules() =>
    [
        .. from period in Periods
           from row in period.Days.SelectMany(
               (day, i) => day.Hours.Where(h => !h.IsEmpty).Select(h => (Day: i, h.Start, h.End)))
           group row.Day by (row.Start, row.End, period.From, period.To) into same
           select new OpeningRule(
               [.. same.Distinct().Order().Select(day => DayNames.All[day])],
               same.Key.Start!, same.Key.End!, same.Key.From, same.Key.To),
    ];

    /// <summary>What is typed and cannot be a time, or lacks its other half: the form's field.</summary>
    public IEnumerable<string> Wrong()
    {
        for (var p = 0; p < Periods.Count; p++)
        {
            for (var d = 0; d < Periods[p].Days.Count; d++)
            {
                for (var h = 0; h < Periods[p].Days[d].Hours.Count; h++)
                {
                    var hours = Periods[p].Days[d].Hours[h];
                    if (hours.IsEmpty) continue;
                    var field = $"Input.Periods[{p}].Days[{d}].Hours[{h}]";
                    if (!IsTime(hours.Start)) yield return $"{field}.Start";
                    if (!IsTime(hours.End)) yield return $"{field}.End";
                }
            }
        }
    }

    /// <summary>
    /// Alters the rows without saving: <c>hours:0:2</c> adds hours to Wednesday, <c>copy:0:0</c> gives Monday's to all
    /// weekdays, <c>period</c> adds a period, <c>drop:1</c> removes one.
    /// </summary>
    public void Alter(string change)
    {
        Complete();
        var parts = change.Split(':');
        int Index(int part) => parts.Length > part
            && int.TryParse(parts[part], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1;
        var period = Periods.ElementAtOrDefault(Index(1));
        var day = period?.Days.ElementAtOrDefault(Index(2));

        if (parts[0] == "period" && Periods.Count < MaxPeriods) Periods.Add(PeriodForm.Of(null, null, []));
        if (parts[0] == "drop" && period is not null && Periods.Count > 1) Periods.Remove(period);
        if (parts[0] == "hours" && day is { Hours.Count: < MaxHours }) day.Hours.Add(new());
        if (parts[0] == "clear" && day?.Hours.ElementAtOrDefault(Index(3)) is { } gone) day.Hours.Remove(gone);
        if (parts[0] == "copy" && day is not null)
        {
            foreach (var other in period!.Days.Take(5).Where(other => other != day))
            {
                other.Hours = [.. day.Hours.Select(h => new HoursForm { Start = h.Start, End = h.End })];
            }
        }
    }

    /// <summary>A posted form may lack days without hours at the end.</summary>
    public void Complete()
    {
        if (Periods.Count == 0) Periods.Add(PeriodForm.Of(null, null, []));
        foreach (var period in Periods)
        {
            while (period.Days.Count < 7) period.Days.Add(new());
        }
    }

    private static bool IsTime(string? text) =>
        text is { Length: 5 }
            && TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    public sealed class PeriodForm
    {
        public DateOnly? From { get; set; }

        public DateOnly? To { get; set; }

        /// <summary>Monday first.</summary>
        public List<DayForm> Days { get; set; } = [];

        public static PeriodForm Of(DateOnly? from, DateOnly? to, IEnumerable<OpeningRule> rules) => new()
        {
            From = from,
            To = to,
            Days =
            [
                .. DayNames.All.Select(day => new DayForm
                {
                    Hours =
                    [
                        .. rules.Where(r => r.Days.Contains(day)).OrderBy(r => r.Start, StringComparer.Ordinal)
                            .Select(HoursForm.Of),
                    ],
                }),
            ],
        };
    }

    public sealed class DayForm
    {
        public List<HoursForm> Hours { get; set; } = [];
    }
}

/// <summary>From a time to a time. Midnight at the end is written 00:00, as clocks show it.</summary>
public sealed class HoursForm
{
    public string? Start { get; set; }

    public string? End { get; set; }

    public bool IsEmpty => string.IsNullOrWhiteSpace(Start) && string.IsNullOrWhiteSpace(End);

    public static HoursForm Of(OpeningRule rule) => Of(rule.Start, rule.End);

    public static HoursForm Of(string start, string end) =>
        new() { Start = start, End = end == "24:00" ? "00:00" : end };
}
