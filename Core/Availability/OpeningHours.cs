using NodaTime;

namespace Platform.Core.Availability;

/// <summary>An opening that returns every week.</summary>
/// <param name="Day">The day it starts on.</param>
/// <param name="StartMinute">Of the local day, 0 to 1439.</param>
/// <param name="EndMinute">0 to 1440; at or before the start it is on the next day.</param>
/// <param name="ValidTo">The last local date it starts on.</param>
public sealed record WeeklyRule(
    IsoDayOfWeek Day, int StartMinute, int EndMinute, LocalDate? ValidFrom = null, LocalDate? ValidTo = null)
{
    public bool AppliesOn(LocalDate date) =>
        date.DayOfWeek == Day && !(date < ValidFrom) && !(date > ValidTo);

    public LocalHours Hours => new(StartMinute, EndMinute);
}

/// <summary>An opening of one day, in minutes as in <see cref="WeeklyRule"/>.</summary>
public readonly record struct LocalHours(int StartMinute, int EndMinute);

/// <summary>The openings of one date, instead of those that return every week. None: closed.</summary>
public sealed record DayOverride(LocalDate Date, IReadOnlyList<LocalHours> Openings);

/// <summary>When a resource is open, in local time.</summary>
public sealed class OpeningHours
{
    private const int MinutesOfDay = 24 * 60;

    private readonly WeeklyRule[][] _byDay;
    private readonly Dictionary<LocalDate, IReadOnlyList<LocalHours>> _overrides;

    public OpeningHours(IReadOnlyList<WeeklyRule> rules, IReadOnlyList<DayOverride>? overrides = null)
    {
        _byDay = [.. Enumerable.Range(0, 8).Select(day => rules.Where(rule => (int)rule.Day == day).ToArray())];
        _overrides = (overrides ?? []).ToDictionary(o => o.Date, o => o.Openings);
        IsEmpty = rules.Count == 0 && _overrides.Values.All(openings => openings.Count == 0);
        NeverPauses = _overrides.Count == 0 && _byDay.Skip(1).All(day => day.Any(rule =>
            rule is { StartMinute: 0, EndMinute: 0 or MinutesOfDay, ValidFrom: null, ValidTo: null }));
    }

    public static OpeningHours Never { get; } = new([]);

    public bool IsEmpty { get; }

    /// <summary>Open around the clock, on every day, for ever.</summary>
    public bool NeverPauses { get; }

    public bool IsOverridden(LocalDate date) => _overrides.ContainsKey(date);

    public IEnumerable<LocalHours> On(LocalDate date) =>
        _overrides.TryGetValue(date, out var openings)
            ? openings
            : _byDay[(int)date.DayOfWeek].Where(rule => rule.AppliesOn(date)).Select(rule => rule.Hours);
}
