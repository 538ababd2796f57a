using System.Globalization;
using System.Text;
using NodaTime;

namespace Platform.Core.ICalendar;

/// <summary>Writes events as iCalendar (RFC 5545). To be sent as UTF-8, <c>text/calendar; charset=utf-8</c>.</summary>
public static class CalendarWriter
{
    /// <summary>RFC 5545, 3.1: so many octets a line, without its end.</summary>
    private const int MaxLineOctets = 75;

    public static string Write(CalendarHeader header, IEnumerable<CalendarEvent> events)
    {
        var text = new StringBuilder();

        Line(text, "BEGIN:VCALENDAR");
        Line(text, "VERSION:2.0");
        Line(text, $"PRODID:{Escaped(header.ProductId)}");
        Line(text, "CALSCALE:GREGORIAN");
        if (header.Method is { } method) Line(text, $"METHOD:{Upper(method)}");
        TextLine(text, "X-WR-CALNAME", header.Name);
        TextLine(text, "X-WR-TIMEZONE", header.Zone);
        var written = events.ToList();
        foreach (var line in ZoneWriter.Lines(written)) Line(text, line);
        foreach (var e in written) Write(text, e, header.Stamp);
        if (written.Count == 0) WriteUtc(text);
        Line(text, "END:VCALENDAR");

        return text.ToString();
    }

    /// <summary>A calendar has at least one component (RFC 5545, 3.6); a zone is one that shows nothing.</summary>
    private static void WriteUtc(StringBuilder text)
    {
        string[] lines =
        [
            "BEGIN:VTIMEZONE", "TZID:Etc/UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0000",
            "TZOFFSETTO:+0000", "TZNAME:UTC", "END:STANDARD", "END:VTIMEZONE",
        ];
        foreach (var line in lines) Line(text, line);
    }

    private static void Write(StringBuilder text, CalendarEvent e, DateTimeOffset stamp)
    {
        Line(text, "BEGIN:VEVENT");
        TextLine(text, "UID", e.Uid);
        TimeLine(text, "DTSTAMP", e.Stamp ?? stamp);
        LocalTimeLine(text, "DTSTART", e.Start, e.Zone);
        LocalTimeLine(text, "DTEND", e.End, e.Zone);
        TextLine(text, "SUMMARY", e.Summary);
        TextLine(text, "DESCRIPTION", e.Description);
        TextLine(text, "LOCATION", e.Location);
        if (e.Status is { } status) Line(text, $"STATUS:{Upper(status)}");
        Line(text, string.Create(CultureInfo.InvariantCulture, $"SEQUENCE:{e.Sequence}"));
        if (e.Organizer is { } organizer) Line(text, PersonLine("ORGANIZER", organizer.Name, organizer.Email));
        if (e.Attendee is { } attendee)
        {
            const string guest = "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE";
            Line(text, PersonLine(guest, attendee.Name, attendee.Email));
        }

        TimeLine(text, "CREATED", e.Created);
        TimeLine(text, "LAST-MODIFIED", e.LastModified);
        Line(text, "END:VEVENT");
    }

    private static void TextLine(StringBuilder text, string name, string? value)
    {
        if (value is not null) Line(text, $"{name}:{Escaped(value)}");
    }

    private static void TimeLine(StringBuilder text, string name, DateTimeOffset? instant)
    {
        if (instant is not { } time) return;

        Line(text, string.Create(CultureInfo.InvariantCulture, $"{name}:{time.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}"));
    }

    private static void LocalTimeLine(StringBuilder text, string name, DateTimeOffset instant, string? zoneName)
    {
        // A time that the clocks show twice means the first one (RFC 5545, 3.3.5): only UTC can say the second.
        if (ZoneWriter.Find(zoneName) is { } zone
            && Instant.FromDateTimeOffset(instant).InZone(zone).LocalDateTime is var local && zone.MapLocal(local).Count == 1)
        {
            var time = local.ToDateTimeUnspecified();
            Line(text, string.Create(CultureInfo.InvariantCulture, $"{name};TZID={zone.Id}:{time:yyyyMMdd'T'HHmmss}"));
        }
        else
        {
            TimeLine(text, name, instant);
        }
    }

    /// <summary>A person has to have an address; Apple and Microsoft write <c>invalid:nomail</c> for none.</summary>
    private static string PersonLine(string property, string name, string? email)
    {
        var address = email is null ? CalendarText.NoAddress : $"mailto:{WithoutBlanks(email)}";
        return $"{property};CN=\"{CalendarText.EscapeParameter(WithoutControls(name))}\":{address}";
    }

    private static string Escaped(string value) =>
        CalendarText.Escape(WithoutControls(CalendarText.OneKindOfNewline(value)));

    /// <summary>Calendars refuse control characters; only tabs and newlines mean something in a text.</summary>
    private static string WithoutControls(string value) =>
        string.Concat(value.Where(c => c is '\t' or '\n' || !char.IsControl(c)));

    private static string WithoutBlanks(string value) =>
        string.Concat(value.Where(c => !char.IsControl(c) && !char.IsWhiteSpace(c)));

    private static string Upper<T>(T value)
        where T : struct, Enum => value.ToString().ToUpperInvariant();

    /// <summary>Folds between characters, never within one.</summary>
    private static void Line(StringBuilder text, string content)
    {
        var octets = 0;

        foreach (var rune in content.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > MaxLineOctets)
            {
                text.Append("\r\n ");
                octets = 1; // the blank counts
            }

            text.Append(rune.ToString()); // half a surrogate pair comes as U+FFFD
            octets += rune.Utf8SequenceLength;
        }

        text.Append("\r\n");
    }
}
