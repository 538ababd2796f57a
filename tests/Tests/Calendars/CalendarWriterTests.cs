using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Platform.Core.ICalendar;

namespace Platform.Tests.Calendars;

public sealed class CalendarWriterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly CalendarHeader Header = new("-//Platform//Bookings//EN", Noon);

    /// <summary>Pieces that mean something to iCalendar, and characters of one to four octets.</summary>
    private static readonly Gen<string> Texts =
        Gen.Elements(
            "a", "word ", " ", "\t", "\n", "\\", "\\n", ";", ",", ":", "\"", "^", "^n", "=", "é", "ß", "日本", "👩‍👩‍👧", "🎉",
            "שלום", "مرحبا", "\u202e", "BEGIN:VEVENT", "END:VEVENT\n", "DTSTART:20260101",
            "1234567890123456789012345678901234567890")
            .ListOf().Select(string.Concat);

    private static readonly Gen<DateTimeOffset> Instants =
        Gen.Choose(0, 2_000_000_000).Select(seconds => DateTimeOffset.UnixEpoch.AddSeconds(seconds));

    private static readonly Gen<CalendarEvent> Events =
        from uid in Texts
        from summary in Texts.OrNull()
        from description in Texts.OrNull()
        from location in Texts.OrNull()
        from start in Instants
        from length in Gen.Choose(1, 1_000_000)
        from stamp in Instants
        from status in Gen.Choose(-1, 2)
        from sequence in Gen.Choose(0, int.MaxValue)
        from name in Texts
        from email in Gen.Elements(null, "ana@example.test")
        from hasOrganizer in Gen.Elements(true, false)
        from created in Instants
        select new CalendarEvent
        {
            Uid = $"u{uid}",
            Start = start,
            End = start.AddSeconds(length),
            Stamp = stamp,
            Summary = summary,
            Description = description,
            Location = location,
            Status = status < 0 ? null : (CalendarStatus)status,
            Sequence = sequence,
            Organizer = hasOrganizer ? new(name, email) : null,
            Created = sequence % 2 == 0 ? created : null,
            LastModified = sequence % 3 == 0 ? created : null,
        };

    [Fact]
    public void Written_events_are_read_back_as_the_same_events() =>
        Prop.ForAll(Events.ListOf().ToArbitrary(), events =>
        {
            var text = CalendarWriter.Write(Header with { Name = "x,y" }, events);

            Assert.Equal(events, CalendarReader.Read(text, DateTimeZone.Utc).Select(entry => entry.Event?.Event));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_line_has_more_than_75_octets_and_no_character_is_torn() =>
        Prop.ForAll(Events.ToArbitrary(), e =>
        {
            var lines = CalendarWriter.Write(Header, [e]).Split("\r\n");

            Assert.All(lines, line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, 75));
            Assert.All(lines, line => Assert.DoesNotContain('\n', line));
            Assert.DoesNotContain(lines, line => line.EnumerateRunes().Contains(Rune.ReplacementChar));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("a", 10_000)]
    [InlineData("🎉", 5_000)]
    [InlineData("م,\n", 10_000)]
    public void A_long_description_comes_back_whole(string piece, int times)
    {
        var description = string.Concat(Enumerable.Repeat(piece, times));

        var text = CalendarWriter.Write(Header, [Example with { Description = description }]);

        Assert.Equal(description, Assert.Single(CalendarReader.Read(text, DateTimeZone.Utc)).Event!.Event.Description);
    }

    [Fact]
    public void A_calendar_is_written_in_full()
    {
        var header = Header with { Method = CalendarMethod.Cancel, Name = "Clinic; north", Zone = "Europe/Lisbon" };
        var e = Example with
        {
            Summary = "Visit, long",
            Description = "One\r\ntwo\\three",
            Location = "Room 7",
            Status = CalendarStatus.Cancelled,
            Sequence = 3,
            Organizer = new("Dr. \"Ana\" Gil", "ana@example.test"),
            Created = Noon.AddDays(-2),
            LastModified = Noon.AddDays(-1),
        };

        Assert.Equal("""
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//Platform//Bookings//EN
            CALSCALE:GREGORIAN
            METHOD:CANCEL
            X-WR-CALNAME:Clinic\; north
            X-WR-TIMEZONE:Europe/Lisbon
            BEGIN:VEVENT
            UID:7@platform
            DTSTAMP:20260302T120000Z
            DTSTART:20260302T120000Z
            DTEND:20260302T130000Z
            SUMMARY:Visit\, long
            DESCRIPTION:One\ntwo\\three
            LOCATION:Room 7
            STATUS:CANCELLED
            SEQUENCE:3
            ORGANIZER;CN="Dr. ^'Ana^' Gil":mailto:ana@example.test
            CREATED:20260228T120000Z
            LAST-MODIFIED:20260301T120000Z
            END:VEVENT
            END:VCALENDAR

            """.ReplaceLineEndings("\r\n"), CalendarWriter.Write(header, [e]));
    }

    [Fact]
    public void Text_and_addresses_cannot_inject_a_line()
    {
        var e = Example with
        {
            Summary = "x\0\u0007\r\nATTENDEE:mailto:eve@example.test\rSTATUS:CANCELLED",
            Organizer = new("Ana\nDTEND:1", "a@example.test\r\nDTEND:2"),
        };

        var lines = CalendarWriter.Write(Header, [e]).Split("\r\n");

        Assert.DoesNotContain(lines, line => line.StartsWith("ATTENDEE", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("STATUS", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("DTEND", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Any(char.IsControl));
    }

    [Theory]
    [InlineData("America/Sao_Paulo", "2026-11-23T17:00:00Z")]
    [InlineData("America/Sao_Paulo", "2018-11-04T02:00:00Z")] // the clocks go forward within it
    [InlineData("Europe/Lisbon", "2026-03-29T00:15:00Z")]
    [InlineData("Europe/Lisbon", "2026-10-25T00:15:00Z")] // and back
    [InlineData("Europe/Lisbon", "2026-10-25T01:15:00Z")] // the second of two
    [InlineData("Asia/Kolkata", "2026-07-01T00:00:00Z")]
    [InlineData("Africa/Casablanca", "2026-02-15T01:00:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-04-04T14:15:00Z")]
    [InlineData("Pacific/Apia", "2011-12-30T09:30:00Z")] // a day is left out
    [InlineData("Etc/UTC", "2026-07-01T00:00:00Z")]
    public void A_zone_that_is_written_out_means_the_same_under_any_name(string zone, string start)
    {
        var at = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture);
        var text = CalendarWriter.Write(Header, [Example with { Start = at, End = at.AddHours(2), Zone = zone }]);

        foreach (var file in (string[])[text, text.Replace(zone, "Our own", StringComparison.Ordinal)])
        {
            var read = Assert.Single(CalendarReader.Read(file, DateTimeZone.Utc));
            Assert.True(read.Event is not null, $"{read.Error}{file}");
            Assert.Equal((at, at.AddHours(2)), (read.Event.Event.Start, read.Event.Event.End));
        }

        var theirs = Assert.Single(Ical.Net.Calendar.Load(text)!.Events);
        Assert.Equal((at.UtcDateTime, at.AddHours(2).UtcDateTime), (theirs.Start!.AsUtc, theirs.End!.AsUtc));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced() =>
        Assert.Contains("SUMMARY:a\uFFFDb\r\n", CalendarWriter.Write(Header, [Example with { Summary = "a\ud83cb" }]));

    private static CalendarEvent Example => new() { Uid = "7@platform", Start = Noon, End = Noon.AddHours(1) };

    [Fact]
    public void A_calendar_without_events_has_a_component_all_the_same() =>
        Assert.Contains("BEGIN:VTIMEZONE\r\nTZID:Etc/UTC\r\n", CalendarWriter.Write(Header, []));
}
