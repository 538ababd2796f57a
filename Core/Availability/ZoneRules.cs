using NodaTime;
using NodaTime.TimeZones;

namespace Platform.Core.Availability;

/// <summary>
/// The only place where local time becomes an instant, and back. It uses NodaTime's TZDB, because the platform's own
/// <see cref="TimeZoneInfo"/> misses real transitions (Apia 2011, Almaty 2024).
/// </summary>
public static class ZoneRules
{
    /// <summary>By IANA name, aliases included; null if the zone does not exist.</summary>
    public static DateTimeZone? Find(string name) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name);

    /// <summary>By the name that Windows, Outlook and Exchange use; null if the zone does not exist.</summary>
    public static DateTimeZone? FindByWindowsName(string name) =>
        TzdbDateTimeZoneSource.Default.WindowsMapping.PrimaryMapping.TryGetValue(name, out var id) ? Find(id) : null;

    /// <summary>By a name that was checked when it was stored.</summary>
    public static DateTimeZone Get(string name) => DateTimeZoneProviders.Tzdb[name];

    /// <summary>
    /// What a weekly rule means by a local time: the first of two where clocks go back, and as much later as the gap is
    /// long where they go forward.
    /// </summary>
    public static DateTimeOffset ToInstant(LocalDateTime local, DateTimeZone zone) =>
        Near(local.Year, zone).AtLeniently(local).ToInstant().ToDateTimeOffset();

    /// <summary>What a person means by a local time; null where clocks jump over it. Of two it is the first.</summary>
    public static DateTimeOffset? ToInstantStrictly(LocalDateTime local, DateTimeZone zone) =>
        Near(local.Year, zone).MapLocal(local) is { Count: > 0 } mapping ? mapping.First().ToInstant().ToDateTimeOffset() : null;

    /// <summary>
    /// The first instant of a local date; not midnight where clocks jump over that, and the start of the next date
    /// where they jump over all of it.
    /// </summary>
    public static DateTimeOffset StartOf(LocalDate date, DateTimeZone zone)
    {
        var midnight = Near(date.Year, zone).MapLocal(date.AtMidnight());
        return (midnight.Count > 0 ? midnight.First().ToInstant() : midnight.LateInterval.Start).ToDateTimeOffset();
    }

    /// <summary>
    /// False of a date that clocks jump over, as 2011-12-30 in Apia: no gap but that of a whole day hides noon.
    /// </summary>
    public static bool Exists(LocalDate date, DateTimeZone zone) =>
        Near(date.Year, zone).MapLocal(date + Noon).Count > 0;

    private static readonly LocalTime Noon = new(12, 0);

    public static LocalDate DateOf(DateTimeOffset instant, DateTimeZone zone) => LocalOf(instant, zone).Date;

    public static LocalDateTime LocalOf(DateTimeOffset instant, DateTimeZone zone) =>
        Instant.FromDateTimeOffset(instant).InZone(Near(instant.UtcDateTime.Year, zone)).LocalDateTime;

    /// <summary>
    /// In the first and the last year an offset could leave the calendar, and no clock follows a zone.
    /// </summary>
    private static DateTimeZone Near(int year, DateTimeZone zone) => year is > 1 and < 9999 ? zone : DateTimeZone.Utc;
}
