using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Platform.Core.Availability;
using Platform.Core.ICalendar;

namespace Platform.Tests.Calendars;

public sealed class CalendarReaderTests
{
    private static readonly DateTimeZone Berlin = ZoneRules.Get("Europe/Berlin");

    [Fact]
    public void A_calendar_as_Google_writes_it_is_read()
    {
        const string text = """
            BEGIN:VCALENDAR
            PRODID:-//Google Inc//Google Calendar 70.9054//EN
            VERSION:2.0
            CALSCALE:GREGORIAN
            METHOD:PUBLISH
            X-WR-CALNAME:ana@example.test
            X-WR-TIMEZONE:America/Sao_Paulo
            BEGIN:VTIMEZONE
            TZID:America/Sao_Paulo
            BEGIN:STANDARD
            TZOFFSETFROM:-0300
            TZOFFSETTO:-0300
            DTSTART:19700101T000000
            END:STANDARD
            END:VTIMEZONE
            BEGIN:VEVENT
            DTSTART;TZID=America/Sao_Paulo:20260302T090000
            DTEND;TZID=America/Sao_Paulo:20260302T100000
            RRULE:FREQ=WEEKLY;UNTIL=20260401T025959Z;BYDAY=MO
            EXDATE;TZID=America/Sao_Paulo:20260309T090000
            DTSTAMP:20260228T101112Z
            ORGANIZER;CN=Ana Gil:mailto:ana@example.test
            UID:6kq3@google.com
            CREATED:20260201T000000Z
            DESCRIPTION:Line one\nLine two\, with a comma and a text that is so long that
              it had to be folded
            LAST-MODIFIED:20260202T000000Z
            LOCATION:Rua A\, 1
            SEQUENCE:2
            STATUS:CONFIRMED
            SUMMARY:Reunião 🎉
            TRANSP:OPAQUE
            BEGIN:VALARM
            ACTION:DISPLAY
            DESCRIPTION:This is an event reminder
            TRIGGER:-P0DT0H30M0S
            END:VALARM
            END:VEVENT
            END:VCALENDAR
            """;

        var entry = Assert.Single(CalendarReader.Read(text.ReplaceLineEndings("\r\n"), Berlin));

        Assert.Null(entry.Error);
        Assert.Equal(16, entry.Line);
        Assert.Equal(
            new CalendarEvent
            {
                Uid = "6kq3@google.com",
                Start = Instant("2026-03-02T12:00Z"),
                End = Instant("2026-03-02T13:00Z"),
                Stamp = Instant("2026-02-28T10:11:12Z"),
                Summary = "Reunião 🎉",
                Description = "Line one\nLine two, with a comma and a text that is so long that it had to be folded",
                Location = "Rua A, 1",
                Status = CalendarStatus.Confirmed,
                Sequence = 2,
                Organizer = new("Ana Gil", "ana@example.test"),
                Created = Instant("2026-02-01T00:00Z"),
                LastModified = Instant("2026-02-02T00:00Z"),
            },
            entry.Event!.Event);
        Assert.Equal("FREQ=WEEKLY;UNTIL=20260401T025959Z;BYDAY=MO", entry.Event.Rule);
        Assert.Equal(["EXDATE;TZID=America/Sao_Paulo:20260309T090000"], entry.Event.OtherDates);
        Assert.Equal(new(2026, 3, 2, 9, 0), entry.Event.LocalStart);
        Assert.Equal("America/Sao_Paulo", entry.Event.Zone.Id);
    }

    [Fact]
    public void A_calendar_as_Outlook_writes_it_is_read()
    {
        const string text = """
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
            BEGIN:VEVENT
            CLASS:PUBLIC
            DTEND;TZID="W. Europe Standard Time":20260302T103000
            DTSTAMP:20260228T101112Z
            DTSTART;TZID="W. Europe Standard Time":20260302T093000
            SUMMARY;LANGUAGE=de-de:Besprechung
            UID:040000008200E00074C5B7101A82E008
            X-ALT-DESC;FMTTYPE=text/html:<html><body>a:b;c</body></html>
            X-MICROSOFT-CDO-BUSYSTATUS:BUSY
            END:VEVENT
            BEGIN:VEVENT
            DTSTART;VALUE=DATE:20260329
            DTEND;VALUE=DATE:20260330
            SUMMARY:Umstellung
            UID:2
            END:VEVENT
            END:VCALENDAR
            """;

        var entries = CalendarReader.Read(text, Berlin);

        Assert.All(entries, entry => Assert.Null(entry.Error));
        Assert.Equal(
            [
                ("Besprechung", false, Instant("2026-03-02T08:30Z"), Instant("2026-03-02T09:30Z")),
                ("Umstellung", true, Instant("2026-03-28T23:00Z"), Instant("2026-03-29T22:00Z")), // 23 hours
            ],
            entries.Select(e => (e.Event!.Event.Summary, e.Event.IsAllDay, e.Event.Event.Start, e.Event.Event.End)));
    }

    [Theory]
    [InlineData("DTSTART:20260302T090000Z|DTEND:20260302T100000Z", "2026-03-02T09:00Z", "2026-03-02T10:00Z")]
    [InlineData("DTSTART:20260302T090000|DTEND:20260302T100000", "2026-03-02T08:00Z", "2026-03-02T09:00Z")] // floating
    [InlineData("DTSTART;TZID=Asia/Tokyo:20260302T090000|DURATION:PT1H30M", "2026-03-02T00:00Z", "2026-03-02T01:30Z")]
    [InlineData("DTSTART:20260328T120000|DURATION:P1D", "2026-03-28T11:00Z", "2026-03-29T10:00Z")] // of the calendar
    [InlineData("DTSTART:20260328T120000|DURATION:PT24H", "2026-03-28T11:00Z", "2026-03-29T11:00Z")]
    [InlineData("DTSTART:20260302T090000Z|DURATION:P1W", "2026-03-02T09:00Z", "2026-03-09T09:00Z")]
    [InlineData("DTSTART:20260302T090000Z|DURATION:+P1DT2H3M4S", "2026-03-02T09:00Z", "2026-03-03T11:03:04Z")]
    [InlineData("DTSTART;VALUE=DATE:20260302", "2026-03-01T23:00Z", "2026-03-02T23:00Z")] // one day
    [InlineData("DTSTART;VALUE=DATE:20260302|DURATION:P2D", "2026-03-01T23:00Z", "2026-03-03T23:00Z")]
    [InlineData("DTSTART:20261025T023000|DTEND:20261025T033000", "2026-10-25T00:30Z", "2026-10-25T02:30Z")] // the first 02:30
    [InlineData(
        "dtstart;tzid=\"Asia/Tokyo\";x=\"a:b;c\":20260302T090000|dtend:20260302T010000Z",
        "2026-03-02T00:00Z", "2026-03-02T01:00Z")]
    public void Times_are_read_in_their_zone(string lines, string start, string end)
    {
        var entry = Assert.Single(CalendarReader.Read(Event(lines), Berlin));

        Assert.Null(entry.Error);
        Assert.Equal((Instant(start), Instant(end)), (entry.Event!.Event.Start, entry.Event.Event.End));
    }

    [Theory]
    [InlineData("DTEND:20260302T100000Z", CalendarErrors.Missing)]
    [InlineData("DTSTART:20260302T100000Z|DTEND:20260302T100000Z", CalendarErrors.EmptyRange)]
    [InlineData("DTSTART:20260302T100000Z|DTEND:20260302T090000Z", CalendarErrors.EmptyRange)]
    [InlineData("DTSTART:20260302T100000Z|DURATION:PT0S", CalendarErrors.EmptyRange)]
    [InlineData("DTSTART:20260302T100000Z|DURATION:-PT1H", CalendarErrors.Invalid)]
    [InlineData("DTSTART:20260302T100000Z|DURATION:P", CalendarErrors.Invalid)]
    [InlineData("DTSTART:20260302T100000Z|DURATION:PT", CalendarErrors.Invalid)]
    [InlineData("DTSTART:20260302T100000Z|DURATION:P99999999999D", CalendarErrors.Invalid)]
    [InlineData("DTSTART;VALUE=DATE:20260302|DURATION:PT1H", CalendarErrors.Invalid)]
    [InlineData("DTSTART:20260302T100000Z|DTEND:20260302T110000Z|DURATION:PT1H", CalendarErrors.Invalid)]
    [InlineData("DTSTART:20260302T100000Z|DTEND;VALUE=DATE:20260303", CalendarErrors.Invalid)]
    [InlineData("DTSTART:20260230T100000Z|DTEND:20260302T110000Z", CalendarErrors.Invalid)]
    [InlineData("DTSTART:00000101T000000Z|DTEND:99991231T235959Z", CalendarErrors.Invalid)]
    [InlineData("DTSTART:tomorrow|DTEND:20260302T110000Z", CalendarErrors.Invalid)]
    [InlineData("DTSTART:20260302T100000Z|DTSTART:20260302T100000Z|DTEND:20260302T110000Z", CalendarErrors.Repeated)]
    [InlineData("DTSTART;TZID=Mars/Phobos:20260302T090000|DURATION:PT1H", CalendarErrors.UnknownTimeZone)]
    [InlineData("DTSTART;TZID=:20260302T090000|DURATION:PT1H", CalendarErrors.UnknownTimeZone)]
    [InlineData("DTSTART:20260329T023000|DURATION:PT1H", CalendarErrors.NonexistentLocalTime)]
    [InlineData("DTSTART:20260329T010000|DTEND:20260329T023000", CalendarErrors.NonexistentLocalTime)]
    [InlineData("DTSTART;TZID=America/Sao_Paulo:20181104T000000|DURATION:PT1H", CalendarErrors.NonexistentLocalTime)]
    [InlineData("BEGIN:VALARM|DTSTART:20260302T100000Z", CalendarErrors.Unfinished)]
    public void An_unreadable_event_has_an_error_code(string lines, string code)
    {
        var entries = CalendarReader.Read(Event(lines) + Event("DTSTART:20260302T090000Z|DURATION:PT1H"), Berlin);

        Assert.Equal((code, null), (entries[0].Error?.Code, entries[0].Event));
        Assert.Equal((2, (CalendarError?)null), (entries.Count, entries[1].Error)); // the next event is still read
    }

    [Theory]
    [InlineData("DTSTART:20260302T090000Z", false, false)]
    [InlineData("DTSTART;VALUE=DATE:20260302", true, true)] // its day
    [InlineData("DTSTART:20260302T090000|DURATION:PT1H", true, true)]
    [InlineData("DTSTART:20260302T090000|DTEND:20260302T100000Z", true, false)]
    public void An_event_reports_whether_it_has_an_end_and_a_zone(string lines, bool hasEnd, bool isFloating)
    {
        var read = Assert.Single(CalendarReader.Read(Event(lines), Berlin)).Event!;

        Assert.Equal((hasEnd, isFloating), (read.HasEnd, read.IsFloating));
    }

    [Theory]
    [InlineData("/mozilla.org/20050126_1/America/Sao_Paulo", "2026-03-02T12:00Z")]
    [InlineData("/freeassociation.sourceforge.net/Tzfile/America/Argentina/Ushuaia", "2026-03-02T12:00Z")]
    [InlineData("america/sao_paulo", "2026-03-02T12:00Z")]
    [InlineData("E. South America Standard Time", "2026-03-02T12:00Z")]
    [InlineData("GMT-0300", "2026-03-02T12:00Z")]
    [InlineData("UTC+5:30", "2026-03-02T03:30Z")]
    [InlineData("(UTC-03:00)", "2026-03-02T12:00Z")]
    [InlineData("Etc/GMT+3", "2026-03-02T12:00Z")]
    public void A_zone_is_known_by_the_names_that_programs_give_it(string tzid, string start)
    {
        var entry = Assert.Single(CalendarReader.Read(Event($"DTSTART;TZID=\"{tzid}\":20260302T090000"), Berlin));

        Assert.Equal((null, Instant(start)), (entry.Error, entry.Event?.Event.Start));
    }

    [Theory]
    [InlineData("20260701T090000", "2026-07-01T07:00Z")] // summer
    [InlineData("20260301T090000", "2026-03-01T08:00Z")]
    [InlineData("20261025T023000", "2026-10-25T00:30Z")] // of two, the first
    [InlineData("20260329T023000", null)] // clocks jump over it
    public void A_zone_that_the_file_defines_is_read_from_its_definition(string local, string? start)
    {
        const string zone = """
            BEGIN:VTIMEZONE
            TZID:Customized Time Zone
            BEGIN:STANDARD
            DTSTART:16011028T030000
            RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0100
            END:STANDARD
            BEGIN:DAYLIGHT
            DTSTART:16010325T020000
            RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0200
            END:DAYLIGHT
            END:VTIMEZONE

            """;
        var text = Event($"DTSTART;TZID=Customized Time Zone:{local}") + zone; // its position does not matter

        var entry = Assert.Single(CalendarReader.Read(text, Berlin));

        Assert.Equal(start is null ? CalendarErrors.NonexistentLocalTime : null, entry.Error?.Code);
        Assert.Equal(start is null ? null : Instant(start), entry.Event?.Event.Start);
    }

    [Theory]
    [InlineData("TZOFFSETFROM:-0300|TZOFFSETTO:-0345|DTSTART:16010101T000000", null)] // never changes
    [InlineData("TZOFFSETFROM:-0300|TZOFFSETTO:-0345|DTSTART:16010101T000000|RRULE:FREQ=DAILY", CalendarErrors.UnknownTimeZone)]
    [InlineData("TZOFFSETFROM:-0300|TZOFFSETTO:west|DTSTART:16010101T000000", CalendarErrors.UnknownTimeZone)]
    [InlineData("TZOFFSETTO:-0345|DTSTART:16010101T000000", CalendarErrors.UnknownTimeZone)]
    [InlineData("TZOFFSETFROM:-0300|TZOFFSETTO:-0345|DTSTART:16010101T000000|RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", CalendarErrors.UnknownTimeZone)]
    public void An_unsupported_zone_is_unknown(string lines, string? code)
    {
        var zone = $"BEGIN:VTIMEZONE\nTZID:My zone\nBEGIN:STANDARD\n{lines.Replace('|', '\n')}\nEND:STANDARD\nEND:VTIMEZONE\n";

        var entry = Assert.Single(CalendarReader.Read(zone + Event("DTSTART;TZID=My zone:20260302T090000"), Berlin));

        Assert.Equal(code, entry.Error?.Code);
        if (code is null) Assert.Equal(Instant("2026-03-02T12:45Z"), entry.Event!.Event.Start);
    }

    [Fact]
    public void People_are_read_whatever_case_and_form_their_addresses_have()
    {
        var read = Assert.Single(CalendarReader.Read(Event(
            "DTSTART:20260302|organizer;cn=Boss:MAILTO:Boss@Example.test|Attendee;Cutype=Resource;cn=Room:mailto:r@x.test"
            + "|ATTENDEE;CN=Ada;EMAIL=ada@x.test:/aMTIzNDU2/principal/|attendee;cn=Bo:bo@x.test|ATTENDEE;CN=Cy:invalid:nomail"
            + "|TRANSP:transparent|RECURRENCE-ID;TZID=Asia/Tokyo:20260302T090000"), Berlin)).Event!;

        Assert.Equal(new("Boss", "Boss@Example.test"), read.Event.Organizer);
        Assert.Equal([new("Ada", "ada@x.test"), new("Bo", "bo@x.test"), new("Cy")], read.Attendees);
        Assert.Equal((true, "20260302T000000Z"), (read.IsTransparent, read.Occurrence));
    }

    [Fact]
    public void A_method_cancels_what_is_in_its_calendar_only()
    {
        var text = $"BEGIN:VCALENDAR\nMETHOD:CANCEL\n{Event("DTSTART:20260302")}END:VCALENDAR\n"
            + $"BEGIN:VCALENDAR\nMETHOD:REQUEST\n{Event("DTSTART:20260302")}END:VCALENDAR\n";

        Assert.Equal([CalendarStatus.Cancelled, null], CalendarReader.Read(text, Berlin).Select(e => e.Event!.Event.Status));
    }

    [Theory]
    [InlineData("BEGIN:VEVENT\nUID:1\n")]
    [InlineData("BEGIN:VEVENT\nUID:1\nEND:VCALENDAR\nUID:2\nEND:VEVENT\n")]
    public void An_event_without_its_end_line_is_reported_as_unfinished(string text) =>
        Assert.Equal(CalendarErrors.Unfinished, Assert.Single(CalendarReader.Read(text, Berlin)).Error?.Code);

    [Fact]
    public void An_event_without_a_uid_is_reported_as_missing_it() =>
        Assert.Equal(
            CalendarErrors.Missing,
            Assert.Single(CalendarReader.Read("BEGIN:VEVENT\nDTSTART:20260302\nEND:VEVENT", Berlin)).Error?.Code);

    [Fact]
    public void The_number_of_events_that_are_read_is_limited()
    {
        var text = string.Concat(Enumerable.Repeat(Event("DTSTART:20260302"), CalendarReader.MaxEvents + 5));

        var entries = CalendarReader.Read(text, Berlin);

        Assert.Equal(CalendarReader.MaxEvents + 1, entries.Count);
        Assert.Equal(CalendarErrors.TooMany, entries[^1].Error?.Code);
    }

    [Theory]
    [InlineData("SUMMARY:", "xxxxx", CalendarErrors.LineTooLong)]
    [InlineData("SUMMARY:", "\r\n x", CalendarErrors.LineTooLong)] // folded after every character
    [InlineData("DTSTART:", "9", CalendarErrors.LineTooLong)]
    [InlineData("ATTACH;VALUE=BINARY:", "QUJD", null)] // an ignored property
    [InlineData("DTSTART;A=", "\"", CalendarErrors.Missing)]
    [InlineData("X", ";A=b", null)]
    [InlineData("X:", "\nBEGIN:", CalendarErrors.Unfinished)]
    [InlineData("", "\0\uFFFE", null)]
    [InlineData("", "\n", null)]
    public void A_flood_is_read_in_one_pass(string before, string piece, string? code)
    {
        var flood = before + string.Concat(Enumerable.Repeat(piece, 2_000_000));
        var start = code == CalendarErrors.Missing || before == "DTSTART:" ? "" : "DTSTART:20260302\r\n";
        var watch = Stopwatch.StartNew();

        var entries = CalendarReader.Read($"BEGIN:VEVENT\r\nUID:1\r\n{start}{flood}\r\nEND:VEVENT\r\n", Berlin);

        Assert.Equal(code, Assert.Single(entries).Error?.Code);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1)); // a pass for each would take hours
    }

    [Fact]
    public void A_flood_of_zones_is_followed_only_so_far()
    {
        const string observance = "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:-0300\nTZOFFSETTO:-0345\n"
            + "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n";
        var zone = string.Concat(Enumerable.Repeat(observance, 10));
        var zones = string.Concat(Enumerable.Range(0, 40).Select(i => $"BEGIN:VTIMEZONE\nTZID:Z{i}\n{zone}END:VTIMEZONE\n"));
        var events = string.Concat(Enumerable.Range(0, 40).Select(i => Event($"DTSTART;TZID=Z{i}:20260302T090000")));
        var watch = Stopwatch.StartNew();

        var entries = CalendarReader.Read(zones + events, Berlin);

        Assert.Equal((20, 20), (entries.Count(e => e.Error is null), entries.Count(e => e.Error?.Code == CalendarErrors.UnknownTimeZone)));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Reading_any_text_returns_entries() =>
        Prop.ForAll(
            Gen.Elements(
                "BEGIN:VEVENT\r\n", "END:VEVENT\n", "BEGIN:VALARM\n", "END:VALARM\n", "END:VCALENDAR\n", "UID:1\n",
                "\n", "\r", " ",
                "\t", "DTSTART", "DTEND", "DURATION", ";TZID=", "Europe/Berlin", "\"", ":", ";", "=", "^", "\\",
                "20260329T023000",
                "99991231", "Z", "P99999D", "P1W", "\0", "\ud800", "\uFEFF", "RRULE:", "EXDATE:")
                .ListOf().Select(string.Concat).Resize(60).ToArbitrary(),
            text => CalendarReader.Read($"BEGIN:VEVENT\n{text}", Berlin)
                .All(entry => entry.Event is null != entry.Error is null)).QuickCheckThrowOnFailure();

    private static string Event(string lines) =>
        $"BEGIN:VEVENT\r\nUID:1\r\n{lines.Replace("|", "\r\n", StringComparison.Ordinal)}\r\nEND:VEVENT\r\n";

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
