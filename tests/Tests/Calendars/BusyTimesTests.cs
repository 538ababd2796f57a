using NodaTime;
using Platform.Core.Availability;
using Platform.Core.ICalendar;

namespace Platform.Tests.Calendars;

/// <summary>Files as Google, Outlook and Apple write them, and what nobody should.</summary>
public sealed class BusyTimesTests
{
    private static readonly DateTimeZone SaoPaulo = DateTimeZoneProviders.Tzdb["America/Sao_Paulo"];
    private static readonly TimeRange March = new(Utc(2026, 3, 1), Utc(2026, 4, 1));

    [Fact]
    public void Google_writes_a_series_with_a_moved_a_cancelled_and_an_excluded_date()
    {
        Assert.Equal(
            [
                "03-02 12:00-13:00", "03-10 14:00-14:30", // moved from the 9th
                "03-30 12:00-13:00",
            ],
            Read("""
                X-WR-TIMEZONE:America/Sao_Paulo
                BEGIN:VEVENT
                DTSTART;TZID=America/Sao_Paulo:20250106T090000
                DTEND;TZID=America/Sao_Paulo:20250106T100000
                RRULE:FREQ=WEEKLY;BYDAY=MO
                EXDATE;TZID=America/Sao_Paulo:20260316T090000
                UID:weekly@google.com
                STATUS:CONFIRMED
                TRANSP:OPAQUE
                END:VEVENT
                BEGIN:VEVENT
                DTSTART;TZID=America/Sao_Paulo:20260310T110000
                DTEND;TZID=America/Sao_Paulo:20260310T113000
                RECURRENCE-ID;TZID=America/Sao_Paulo:20260309T090000
                UID:weekly@google.com
                STATUS:CONFIRMED
                END:VEVENT
                BEGIN:VEVENT
                DTSTART;TZID=America/Sao_Paulo:20260323T090000
                DTEND;TZID=America/Sao_Paulo:20260323T100000
                RECURRENCE-ID:20260323T120000Z
                UID:weekly@google.com
                STATUS:CANCELLED
                END:VEVENT
                """));
    }

    [Fact]
    public void Free_and_cancelled_events_and_those_without_a_length_keep_nobody_out()
    {
        Assert.Equal(["03-05 10:00-11:00"], Read("""
            BEGIN:VEVENT
            UID:1
            DTSTART:20260305T100000Z
            DTEND:20260305T110000Z
            STATUS:TENTATIVE
            END:VEVENT
            BEGIN:VEVENT
            UID:2
            DTSTART:20260306T100000Z
            DTEND:20260306T110000Z
            TRANSP:TRANSPARENT
            END:VEVENT
            BEGIN:VEVENT
            UID:3
            DTSTART:20260306T100000Z
            DTEND:20260306T110000Z
            STATUS:CANCELLED
            END:VEVENT
            BEGIN:VEVENT
            UID:4
            DTSTART:20260306T100000Z
            DTEND:20260306T110000Z
            X-MICROSOFT-CDO-BUSYSTATUS:FREE
            END:VEVENT
            BEGIN:VEVENT
            UID:5
            DTSTART:20260306T100000Z
            END:VEVENT
            """));
    }

    [Fact]
    public void Outlook_names_zones_as_Windows_does_and_excludes_by_them()
    {
        Assert.Equal(["03-03 12:00-12:30", "03-05 12:00-12:30"], Read("""
            METHOD:PUBLISH
            BEGIN:VTIMEZONE
            TZID:E. South America Standard Time
            BEGIN:STANDARD
            DTSTART:16010101T000000
            TZOFFSETFROM:-0300
            TZOFFSETTO:-0300
            END:STANDARD
            END:VTIMEZONE
            BEGIN:VEVENT
            UID:040000008200E00074C5B7101A82E008
            RRULE:FREQ=DAILY;COUNT=3;INTERVAL=1
            EXDATE;TZID=E. South America Standard Time:20260304T090000
            DTSTART;TZID=E. South America Standard Time:20260303T090000
            DTEND;TZID=E. South America Standard Time:20260303T093000
            SUMMARY:Busy
            X-MICROSOFT-CDO-BUSYSTATUS:BUSY
            END:VEVENT
            """));
    }

    [Fact]
    public void Apple_writes_whole_days_which_are_days_of_the_resources_zone()
    {
        Assert.Equal(["03-07 03:00-09 03:00", "03-14 03:00-16 03:00"], Read("""
            BEGIN:VEVENT
            UID:0F2C0E7A-1
            DTSTART;VALUE=DATE:20260307
            DTEND;VALUE=DATE:20260309
            RRULE:FREQ=WEEKLY;UNTIL=20260320
            TRANSP:OPAQUE
            X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
            END:VEVENT
            """, "MM-dd HH:mm", "dd HH:mm"));
    }

    [Fact]
    public void Wall_clock_time_stays_where_clocks_change_and_added_dates_count()
    {
        Assert.Equal(["03-23 08:00-09:00", "03-30 07:00-08:00", "03-31 15:00-16:00"], Read("""
            BEGIN:VEVENT
            UID:1
            DTSTART;TZID=Europe/Berlin:20260323T090000
            DURATION:PT1H
            RRULE:FREQ=WEEKLY
            RDATE;TZID=Europe/Berlin:20260331T170000
            END:VEVENT
            """));
    }

    [Fact]
    public void What_cannot_be_read_is_counted_and_a_rule_that_is_not_followed_counts_its_first_date()
    {
        var reading = BusyTimes.Read(
            """
            BEGIN:VCALENDAR
            BEGIN:VEVENT
            UID:1
            DTSTART:20260302T100000Z
            DTEND:20260302T110000Z
            RRULE:FREQ=SECONDLY
            END:VEVENT
            BEGIN:VEVENT
            UID:2
            DTSTART:someday
            END:VEVENT
            END:VCALENDAR
            """, SaoPaulo, March);

        Assert.Equal((1, 2, false), (reading.Times.Count, reading.Unreadable, reading.IsCut));
    }

    [Fact]
    public void Thousands_of_daily_series_from_long_ago_end_in_bounded_time()
    {
        var events = string.Concat(Enumerable.Range(0, 9_000).Select(n =>
            $"BEGIN:VEVENT\nUID:{n}\nDTSTART:10010101T000000Z\nDTEND:10010101T010000Z\nRRULE:FREQ=DAILY;COUNT=9999999\nEND:VEVENT\n"));

        var reading = BusyTimes.Read($"BEGIN:VCALENDAR\n{events}END:VCALENDAR", SaoPaulo, March);

        Assert.True(reading.IsCut);
        Assert.True(reading.Times.Count <= BusyTimes.MaxTimes);
    }

    private static List<string> Read(string events, string start = "MM-dd HH:mm", string end = "HH:mm") =>
    [
        .. BusyTimes.Read($"BEGIN:VCALENDAR\nVERSION:2.0\n{events}\nEND:VCALENDAR\n", SaoPaulo, March).Times
            .Select(t => t.Time).OrderBy(t => t.Start)
            .Select(t => $"{t.Start.UtcDateTime.ToString(start, null)}-{t.End.UtcDateTime.ToString(end, null)}"),
    ];

    private static DateTimeOffset Utc(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);
}
