using NodaTime;

namespace Platform.Core.ICalendar;

/// <summary>
/// Reads the events of an iCalendar text that anybody may have made: whatever it is, it costs two passes and never
/// throws. A TZID is what its name says, else what the text itself defines by that name. METHOD:CANCEL cancels every
/// event of its calendar. Everything else (tasks, alarms) is ignored.
/// </summary>
public static class CalendarReader
{
    /// <summary>What follows is not read, and the last entry says so.</summary>
    public const int MaxEvents = 10_000;

    /// <param name="floating">The zone of times that name none, and of whole days.</param>
    public static IReadOnlyList<CalendarEntry> Read(string text, DateTimeZone floating)
    {
        var zones = new CalendarZones(floating, FileZones.In(text));
        List<CalendarEntry> entries = [];
        EventReader? open = null;
        var isCancellation = false;

        foreach (var line in ContentLine.In(text))
        {
            if (Is(line, "BEGIN:VEVENT"))
            {
                if (open is not null) entries.Add(open.Unfinished());
                if (entries.Count >= MaxEvents) return [.. entries, TooMany(line.Number)];
                open = new(line.Number, zones, isCancellation);
            }
            else if (open is not null && Is(line, "END:VEVENT"))
            {
                entries.Add(open.ToEntry());
                open = null;
            }
            else if (open is not null && Is(line, "END:VCALENDAR"))
            {
                entries.Add(open.Unfinished());
                open = null;
            }
            else if (open is not null)
            {
                open.Add(line);
            }
            else if (Is(line, "BEGIN:VCALENDAR") || line.Text.StartsWith("METHOD", StringComparison.OrdinalIgnoreCase))
            {
                isCancellation = Is(line, "METHOD:CANCEL");
            }
        }

        if (open is not null) entries.Add(open.Unfinished());

        return entries;
    }

    private static bool Is(ContentLine line, string marker) =>
        line.Text.AsSpan().TrimEnd().Equals(marker, StringComparison.OrdinalIgnoreCase);

    private static CalendarEntry TooMany(int line) =>
        new(line, null, new(CalendarErrors.TooMany, $"Only the first {MaxEvents} events are read."));
}
