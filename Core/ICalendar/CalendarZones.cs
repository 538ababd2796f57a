using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using Platform.Core.Availability;

namespace Platform.Core.ICalendar;

/// <summary>
/// What a TZID means. A well-known name (IANA, Windows, the long ones of Mozilla) is read by the time zone
/// database, because what programs write under it is often only today's rule; any other is what the file defines.
/// </summary>
/// <param name="Floating">The zone of times that name none, and of dates.</param>
internal sealed partial record CalendarZones(DateTimeZone Floating, FileZones Defined)
{
    private static readonly Dictionary<string, string> AnyCase =
        DateTimeZoneProviders.Tzdb.Ids.ToDictionary(id => id, StringComparer.OrdinalIgnoreCase);

    public DateTimeZone? Find(string name)
    {
        name = name.Trim();
        return Known(name) ?? Defined.Find(name) ?? ByOffset(name);
    }

    private static DateTimeZone? Known(string name)
    {
        if (AnyCase.TryGetValue(name, out var id)) return ZoneRules.Find(id);
        if (ZoneRules.FindByWindowsName(name) is { } windows) return windows;

        // /mozilla.org/20050126_1/America/Sao_Paulo: the end of the path is the name.
        for (var at = name.StartsWith('/') ? 0 : -1; at >= 0; at = name.IndexOf('/', at + 1))
        {
            if (AnyCase.TryGetValue(name[(at + 1)..], out id)) return ZoneRules.Find(id);
        }

        return null;
    }

    /// <summary><c>GMT-0300</c>, <c>UTC+5:30</c>, <c>+02:00</c>: east of Greenwich is plus.</summary>
    private static DateTimeZone? ByOffset(string name)
    {
        if (OffsetShape().Match(name) is not { Success: true } match) return null;

        int Part(string part) => match.Groups[part] is { Success: true } group
            ? int.Parse(group.Value, CultureInfo.InvariantCulture)
            : 0;
        var minutes = (Part("hours") * 60) + Part("minutes");
        return minutes > 18 * 60 || Part("minutes") > 59
            ? null
            : DateTimeZone.ForOffset(Offset.FromSeconds((match.Groups["sign"].Value == "-" ? -60 : 60) * minutes));
    }

    [GeneratedRegex(
        @"^\(?(GMT|UTC)?(?<sign>[+-])(?<hours>[0-9]{1,2}):?(?<minutes>[0-9]{2})?\)?$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OffsetShape();
}
