using System.Globalization;
using System.Text;
using Platform.Contracts.Events;

namespace Platform.Worker.Notifications;

/// <summary>A booking as an iCalendar file (RFC 5545).</summary>
internal static class CalendarFile
{
    private const int LineMaxBytes = 75;

    /// <param name="sequence">Grows with each change of the booking; calendars keep the highest.</param>
    public static string Of(BookingSnapshot booking, long sequence, DateTimeOffset writtenAt)
    {
        string[] lines =
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Platform//Scheduling//EN",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "BEGIN:VEVENT",
            $"UID:{Text(booking.Uid)}",
            $"SEQUENCE:{sequence}",
            $"DTSTAMP:{Utc(writtenAt)}",
            $"DTSTART:{Utc(booking.Start)}",
            $"DTEND:{Utc(booking.End)}",
            $"SUMMARY:{Text(booking.ServiceName)}",
            .. booking.ResourceNames.Count > 0 ? [$"LOCATION:{Text(string.Join(", ", booking.ResourceNames))}"] : Array.Empty<string>(),
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "END:VEVENT",
            "END:VCALENDAR",
        ];

        return string.Concat(lines.Select(line => Fold(line) + "\r\n"));
    }

    private static string Utc(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Text(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var c in value.ReplaceLineEndings("\n"))
        {
            if (c == '\n') text.Append("\\n");
            else if (c is '\\' or ';' or ',') text.Append('\\').Append(c);
            else if (!char.IsControl(c)) text.Append(c);
        }

        return text.ToString();
    }

    /// <summary>No line is longer than 75 bytes; one that is goes on after a line break and a space.</summary>
    private static string Fold(string line)
    {
        var folded = new StringBuilder(line.Length);
        var bytes = 0;

        foreach (var rune in line.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > LineMaxBytes)
            {
                folded.Append("\r\n ");
                bytes = 1;
            }

            folded.Append(rune);
            bytes += rune.Utf8SequenceLength;
        }

        return folded.ToString();
    }
}
