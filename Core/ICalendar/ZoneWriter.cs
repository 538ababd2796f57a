using System.Globalization;
using NodaTime;
using NodaTime.TimeZones;
using Platform.Core.Availability;

namespace Platform.Core.ICalendar;

/// <summary>
/// The zones that events are written in, as VTIMEZONE (RFC 5545, 3.6.5): one observance for each offset that holds
/// while the events take place, with its onset. There is no rule to misread.
/// </summary>
internal static class ZoneWriter
{
    /// <summary>Null where times are written in UTC.</summary>
    public static DateTimeZone? Find(string? name) =>
        name is not null && ZoneRules.Find(name) is { Id: not ("UTC" or "Etc/UTC") } zone ? zone : null;

    public static IEnumerable<string> Lines(IEnumerable<CalendarEvent> events) =>
        from e in events
        let zone = Find(e.Zone)
        where zone is not null
        group e by zone into inZone
        let start = Instant.FromDateTimeOffset(inZone.Min(e => e.Start))
        let end = Instant.FromDateTimeOffset(inZone.Max(e => e.End))
        from line in Lines(inZone.Key, start, end)
        select line;

    private static IEnumerable<string> Lines(DateTimeZone zone, Instant start, Instant end) =>
    [
        "BEGIN:VTIMEZONE", $"TZID:{zone.Id}",
        .. zone.GetZoneIntervals(start, end + Duration.Epsilon).SelectMany(interval => Observance(zone, interval)),
        "END:VTIMEZONE",
    ];

    private static string[] Observance(DateTimeZone zone, ZoneInterval interval)
    {
        var before = interval.HasStart ? zone.GetUtcOffset(interval.Start - Duration.Epsilon) : interval.WallOffset;
        var onset = interval.HasStart
            ? interval.Start.WithOffset(before).LocalDateTime
            : new LocalDateTime(1970, 1, 1, 0, 0);
        var kind = interval.Savings == Offset.Zero ? "STANDARD" : "DAYLIGHT";
        return
        [
            $"BEGIN:{kind}",
            string.Create(
                CultureInfo.InvariantCulture, $"DTSTART:{onset.ToDateTimeUnspecified():yyyyMMdd'T'HHmmss}"),
            $"TZOFFSETFROM:{Text(before)}", $"TZOFFSETTO:{Text(interval.WallOffset)}",
            $"TZNAME:{interval.Name}", $"END:{kind}",
        ];
    }

    /// <summary>Seconds only where there are any, as before 1930.</summary>
    private static string Text(Offset offset) =>
        offset.ToString(offset.Seconds % 60 == 0 ? "+HHmm" : "+HHmmss", CultureInfo.InvariantCulture);
}
