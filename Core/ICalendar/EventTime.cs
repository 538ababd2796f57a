using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;
using Platform.Core.Availability;

namespace Platform.Core.ICalendar;

/// <summary>A DATE or DATE-TIME of an event.</summary>
/// <param name="Local">In <paramref name="Zone"/>; midnight of a date.</param>
/// <param name="IsFloating">Whether it names no zone, so that <paramref name="Zone"/> is only ours.</param>
internal sealed record EventTime(
    LocalDateTime Local, DateTimeZone Zone, DateTimeOffset Instant, bool IsDate, bool IsFloating)
{
    /// <summary>Years that every zone and every sum of ours has instants for.</summary>
    private const int FirstYear = 1000, LastYear = 9000;

    private static readonly LocalDatePattern Date = LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd");

    private static readonly LocalDateTimePattern DateTime =
        LocalDateTimePattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss");

    public static (EventTime? Time, CalendarError? Error) Read(Property property, CalendarZones zones)
    {
        var text = property.Value.Trim().ToUpperInvariant();

        if (Date.Parse(text).TryGetValue(default, out var date) && date.Year is >= FirstYear and <= LastYear)
        {
            var start = ZoneRules.StartOf(date, zones.Floating);
            return (new(date.AtMidnight(), zones.Floating, start, IsDate: true, IsFloating: true), null);
        }

        var isUtc = text.EndsWith('Z');
        if (!DateTime.Parse(isUtc ? text[..^1] : text).TryGetValue(default, out var local)
            || local.Year is < FirstYear or > LastYear)
        {
            return (null, new(CalendarErrors.Invalid, $"{property.Name} is no date or time."));
        }

        var zone = isUtc ? DateTimeZone.Utc : property["TZID"] is { } name ? zones.Find(name) : zones.Floating;
        if (zone is null)
        {
            return (null, new(CalendarErrors.UnknownTimeZone, $"{property.Name} has a TZID that we do not know."));
        }

        return ZoneRules.ToInstantStrictly(local, zone) is { } instant
            ? (new(local, zone, instant, IsDate: false, !isUtc && property["TZID"] is null), null)
            : (null, new(CalendarErrors.NonexistentLocalTime, $"{property.Name}: clocks in {zone.Id} jump over {text}."));
    }
}

/// <summary>When an event ends, by DTEND or DURATION (RFC 5545, 3.6.1).</summary>
internal static partial class EventEnd
{
    /// <returns>Both are null when the event has no end.</returns>
    public static (DateTimeOffset? End, CalendarError? Error) Of(
        EventTime start, Property? dtend, Property? duration, CalendarZones zones)
    {
        if (dtend is not null && duration is not null) return Invalid("DTEND and DURATION must not be combined.");

        var (end, error) = (dtend, duration) switch
        {
            ({ } property, _) => ByTime(start, EventTime.Read(property, zones)),
            (_, { } property) => ByLength(start, property.Value),
            _ when start.IsDate => (After(start, days: 1), null),
            _ => (null, null),
        };
        if (error is not null) return (null, error);

        return end is null || end > start.Instant
            ? (end, null)
            : (null, new(CalendarErrors.EmptyRange, "The event ends at or before its start."));
    }

    private static (DateTimeOffset?, CalendarError?) ByTime(
        EventTime start, (EventTime? Time, CalendarError? Error) end)
    {
        if (end.Time is not { } time) return (null, end.Error);

        return time.IsDate == start.IsDate
            ? (time.Instant, null)
            : Invalid("DTSTART and DTEND have to be both dates or both times.");
    }

    /// <summary>Weeks and days are those of the calendar; hours, minutes and seconds are elapsed time.</summary>
    private static (DateTimeOffset?, CalendarError?) ByLength(EventTime start, string value)
    {
        if (DurationShape().Match(value.Trim().ToUpperInvariant()) is not { Success: true } match)
        {
            return Invalid("DURATION is no positive duration.");
        }

        var length = new TimeSpan(Part("hours"), Part("minutes"), Part("seconds"));
        if (start.IsDate && length != default) return Invalid("DURATION of a date has to be in days or weeks.");

        return (After(start, (Part("weeks") * 7) + Part("days")) + length, null);

        int Part(string name) =>
            match.Groups[name] is { Success: true } group ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;
    }

    private static DateTimeOffset After(EventTime start, int days)
    {
        if (days == 0) return start.Instant;

        var local = start.Local.PlusDays(days);
        return start.IsDate ? ZoneRules.StartOf(local.Date, start.Zone) : ZoneRules.ToInstant(local, start.Zone);
    }

    private static (DateTimeOffset?, CalendarError) Invalid(string detail) =>
        (null, new(CalendarErrors.Invalid, detail));

    [GeneratedRegex(
        "^\\+?P(?=[0-9T])((?<weeks>[0-9]{1,4})W|((?<days>[0-9]{1,5})D)?"
        + "(T(?=[0-9])((?<hours>[0-9]{1,6})H)?((?<minutes>[0-9]{1,6})M)?((?<seconds>[0-9]{1,6})S)?)?)$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex DurationShape();
}
