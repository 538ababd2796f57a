using NodaTime;
using Platform.Mail.Templates;

namespace Platform.Mail.Messages;

/// <summary>Times as a client reads them.</summary>
public static class MessageTimes
{
    public static string At(DateTimeOffset time, string timeZone, string locale)
    {
        var local = Instant.FromDateTimeOffset(time).InZone(ZoneOf(timeZone));
        return $"{local.ToString(ShortPattern(locale), MailTemplates.CultureOf(locale))} ({local.Zone.Id})";
    }

    public static string Range(DateTimeOffset from, DateTimeOffset to, string timeZone, string locale)
    {
        var zone = ZoneOf(timeZone);
        var start = Instant.FromDateTimeOffset(from).InZone(zone);
        var end = Instant.FromDateTimeOffset(to).InZone(zone);
        var culture = MailTemplates.CultureOf(locale);
        var date = start.ToString(
            MailTemplates.IsPortuguese(locale) ? "dddd, d 'de' MMMM 'de' uuuu" : "dddd, d MMMM uuuu", culture);
        var until = end.ToString(end.Date == start.Date ? "HH:mm" : ShortPattern(locale), culture);

        return $"{date}, {start.ToString("HH:mm", culture)}–{until} ({zone.Id})";
    }

    private static string ShortPattern(string locale) =>
        MailTemplates.IsPortuguese(locale) ? "d 'de' MMMM, HH:mm" : "d MMMM, HH:mm";

    /// <summary>A time in a zone that the tz database does not have is shown in UTC, with a note.</summary>
    private static DateTimeZone ZoneOf(string timeZone) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
}
