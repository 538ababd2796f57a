using NodaTime;
using Platform.Core.ICalendar;

namespace Platform.Tests.Calendars;

/// <summary>
/// Our reader compared to Ical.Net: equal for valid files, and it reads more of invalid ones (docs/decisions/0010).
/// </summary>
public sealed class CalendarLibraryTests
{
    [Theory]
    [InlineData("DTSTART:20260310T090000Z|DTEND:20260310T100000Z")]
    [InlineData("DTSTART;TZID=America/Sao_Paulo:20260310T090000|DTEND;TZID=America/Sao_Paulo:20260310T100000")]
    [InlineData("DTSTART;TZID=E. South America Standard Time:20260310T090000|DTEND:20260310T130000Z")]
    [InlineData("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20260701T090000|DTEND:20260701T130000Z")]
    [InlineData("DTSTART;TZID=\"Europe/Berlin\":20261025T023000|DTEND:20261025T093000Z")]
    [InlineData("DTSTART:20260310T0900\r\n 00Z|DTEND:20260310T100000Z|SUMMARY:a\\, b\\; c\\nd")]
    public void Both_read_what_is_well_formed_alike(string lines)
    {
        var ours = Assert.Single(CalendarReader.Read(File(lines), DateTimeZone.Utc)).Event!.Event;
        var theirs = Assert.Single(Ical.Net.Calendar.Load(File(lines))!.Events);

        Assert.Equal(
            (theirs.Uid, theirs.Start!.AsUtc, theirs.End!.AsUtc, theirs.Summary),
            (ours.Uid, ours.Start.UtcDateTime, ours.End.UtcDateTime, ours.Summary));
    }

    [Theory]
    [InlineData("DTSTART:20260310T090000Z|this is no line", true)]
    [InlineData("DTSTART:20260310T090000Z|RRULE:FREQ=NEVER", true)]
    [InlineData("DTSTART;TZID=My own:20260310T090000", true)]
    [InlineData("DTSTART:tomorrow", false)]
    public void Our_reader_reads_or_refuses_each_event_where_the_library_throws_or_ignores_it(
        string lines, bool isRead)
    {
        const string zone = "BEGIN:VTIMEZONE\nTZID:My own\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:-0300\n"
            + "TZOFFSETTO:-0300\nEND:STANDARD\nEND:VTIMEZONE\n";
        var text = File(lines).Replace("BEGIN:VEVENT", $"{zone}BEGIN:VEVENT", StringComparison.Ordinal);

        var ours = Assert.Single(CalendarReader.Read(text, DateTimeZone.Utc));

        Assert.Equal(isRead, ours.Error is null);
        Assert.True(isRead == Record.Exception(() => Starts(text)) is not null);
    }

    private static List<DateTime?> Starts(string text) =>
        [.. Ical.Net.Calendar.Load(text)!.Events.Select(e => e.Start?.AsUtc)];

    private static string File(string lines) =>
        $"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\n{lines.Replace('|', '\n')}\nEND:VEVENT\nEND:VCALENDAR\n";
}
