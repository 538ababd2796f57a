using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;
using Platform.Core.Availability;

namespace Platform.Core.ICalendar;

/// <summary>The zones that a file defines (VTIMEZONE of RFC 5545, 3.6.5). What cannot be followed is unknown.</summary>
internal sealed class FileZones
{
    /// <summary>No program writes as many: what follows is not read.</summary>
    private const int MaxZones = 100, MaxObservances = 100;

    /// <summary>So many observances of zones that events name are followed, since each takes a while.</summary>
    private int _left = 200;

    private readonly Dictionary<string, List<Observance>> _defined = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, DateTimeZone?> _made = new(StringComparer.OrdinalIgnoreCase);

    public static FileZones In(string text)
    {
        var zones = new FileZones();
        string? name = null;
        List<Observance>? observances = null;

        foreach (var line in ContentLine.In(text))
        {
            if (line.ToMarker() is var (begins, part) && part is "VTIMEZONE" or "STANDARD" or "DAYLIGHT" or "VEVENT")
            {
                if (part is "STANDARD" or "DAYLIGHT")
                {
                    if (begins && observances?.Count < MaxObservances) observances.Add(new());
                    continue;
                }

                if (part is "VTIMEZONE" && !begins && name is not null) zones.Define(name, observances ?? []);
                name = null;
                observances = begins && part is "VTIMEZONE" ? [] : null;
            }
            else if (observances is not null && !line.IsTooLong && line.ToProperty() is { } property)
            {
                if (property.Name == "TZID") name ??= property.Value.Trim();
                else if (observances is [.., var last]) last.Add(property);
            }
        }

        return zones;
    }

    public DateTimeZone? Find(string name)
    {
        if (!_defined.TryGetValue(name, out var observances)) return null;
        if (_made.TryGetValue(name, out var zone)) return zone;

        _left -= observances.Count;
        return _made[name] = _left >= 0 ? DefinedZone.Of(name, observances) : null;
    }

    private void Define(string name, List<Observance> observances)
    {
        if (_defined.Count < MaxZones) _defined.TryAdd(name, observances);
    }
}

/// <summary>A STANDARD or DAYLIGHT of a VTIMEZONE: from when on clocks show which offset.</summary>
internal sealed class Observance
{
    /// <summary>As far as anybody's appointments go. Outlook begins in 1601.</summary>
    private static readonly LocalDate Horizon = new(2100, 12, 31);
    private const int FirstYear = 1970, MaxChanges = 700;

    private static readonly OffsetPattern Minutes = OffsetPattern.CreateWithInvariantCulture("+HHmm");
    private static readonly OffsetPattern Seconds = OffsetPattern.CreateWithInvariantCulture("+HHmmss");

    private static readonly LocalDateTimePattern Local =
        LocalDateTimePattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss");

    private readonly Dictionary<string, string> _values = [];
    private readonly List<string> _moreDates = [];

    public void Add(Property property)
    {
        var value = property.Value.Trim();
        if (property.Name == "RDATE") _moreDates.AddRange(value.Split(','));
        else _values.TryAdd(property.Name, value);
    }

    /// <summary>Every change to it; null if it cannot be read.</summary>
    public IEnumerable<(Instant At, Offset From, Offset To)>? Changes()
    {
        if (OffsetOf("TZOFFSETFROM") is not { } from || OffsetOf("TZOFFSETTO") is not { } to) return null;
        if (!Local.Parse(_values.GetValueOrDefault("DTSTART", "")).TryGetValue(default, out var start)) return null;

        List<LocalDateTime> starts = [start];
        foreach (var date in _moreDates)
        {
            if (Local.Parse(date).TryGetValue(default, out var also)) starts.Add(also);
        }

        if (_values.TryGetValue("RRULE", out var rrule))
        {
            if (RecurrenceRule.Parse(rrule).Rule is not { Frequency: Frequency.Yearly } rule) return null;
            if (rule.UntilInstant is { } until)
            {
                rule = rule with
                {
                    UntilInstant = null,
                    UntilLocal = Instant.FromDateTimeOffset(until).WithOffset(from).LocalDateTime,
                };
            }

            var isEndless = rule is { Count: null, UntilLocal: null, Interval: 1 };
            if (isEndless && start.Year < FirstYear) start = start.PlusYears(FirstYear - start.Year);
            var made = Recurrence.Expand(rule, start, DateTimeZone.Utc, [], [], Horizon, MaxChanges);
            if (made.Occurrences.Count >= MaxChanges) return null;
            starts.AddRange(made.Occurrences.Select(occurrence => occurrence.Local));
        }

        return starts.Distinct().Select(local => (local.WithOffset(from).ToInstant(), from, to));
    }

    private Offset? OffsetOf(string name) =>
        _values.TryGetValue(name, out var text)
        && (Minutes.Parse(text).TryGetValue(default, out var offset)
            || Seconds.Parse(text).TryGetValue(default, out offset))
            ? offset
            : null;
}

/// <summary>A zone of a file, as the intervals between its changes.</summary>
internal sealed class DefinedZone : DateTimeZone
{
    private readonly List<ZoneInterval> _intervals;

    private DefinedZone(string id, List<ZoneInterval> intervals)
        : base(id, intervals.Count == 1, intervals.Min(i => i.WallOffset), intervals.Max(i => i.WallOffset)) =>
        _intervals = intervals;

    public static DateTimeZone? Of(string id, IReadOnlyList<Observance> observances)
    {
        List<(Instant At, Offset From, Offset To)> changes = [];
        foreach (var observance in observances)
        {
            if (observance.Changes() is not { } made) return null;
            changes.AddRange(made);
        }

        if (changes.Count == 0) return null;

        changes = [.. changes.OrderBy(change => change.At).DistinctBy(change => change.At)];
        List<ZoneInterval> intervals = [new(id, null, changes[0].At, changes[0].From, Offset.Zero)];
        for (var i = 0; i < changes.Count; i++)
        {
            Instant? next = i + 1 < changes.Count ? changes[i + 1].At : null;
            intervals.Add(new(id, changes[i].At, next, changes[i].To, Offset.Zero));
        }

        return new DefinedZone(id, intervals);
    }

    public override ZoneInterval GetZoneInterval(Instant instant)
    {
        var (low, high) = (0, _intervals.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_intervals[middle].Start <= instant) low = middle;
            else high = middle - 1;
        }

        return _intervals[low];
    }
}
