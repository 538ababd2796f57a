using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using NodaTime.Text;
using Platform.Core.Availability;

namespace Platform.Tests.Availability;

public sealed class RecurrenceTests
{
    private static readonly LocalDateTime Monday9am = new(2026, 3, 2, 9, 0);

    private static readonly Gen<string> Rules =
        from frequency in Gen.Elements("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
        from interval in Gen.Choose(1, 5)
        from end in Gen.Elements("", ";COUNT=7", ";COUNT=40", ";UNTIL=20270601", ";UNTIL=20260401T120000Z")
        from days in Gen.Elements("", ";BYDAY=MO,WE", ";BYDAY=SU;BYSETPOS=-1", ";BYMONTH=2,7", ";WKST=SU")
        select $"FREQ={frequency};INTERVAL={interval}{end}{days}";

    private static readonly Gen<LocalDateTime> Times =
        from day in Gen.Choose(0, 900)
        from quarter in Gen.Choose(0, 95)
        select new LocalDate(2026, 1, 1).PlusDays(day).AtMidnight().PlusMinutes(quarter * 15);

    private static readonly Gen<string> Zones =
        Gen.Elements("Europe/Berlin", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca");

    /// <summary>Most are examples of RFC 5545 (3.8.5.3), some moved to a start that makes them short.</summary>
    [Theory]
    [InlineData("2026-03-02", "FREQ=DAILY;COUNT=3", "03-02 03-03 03-04")]
    [InlineData("2026-03-02", "FREQ=DAILY;UNTIL=20260303T090000", "03-02 03-03")] // its end is included
    [InlineData("2026-03-02", "FREQ=DAILY;UNTIL=20260303T085959", "03-02")]
    [InlineData("2026-03-02", "FREQ=DAILY;UNTIL=20260303", "03-02 03-03")] // a date: the whole of it
    [InlineData("2026-03-02", "FREQ=WEEKLY;COUNT=2", "03-02 03-09")]
    [InlineData("2026-03-02", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", "03-03 03-05 03-10")] // the start does not match
    [InlineData("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "08-05 08-10 08-19 08-24")]
    [InlineData("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "08-05 08-17 08-19 08-31")]
    [InlineData("2026-01-31", "FREQ=MONTHLY;COUNT=3", "01-31 03-31 05-31")]
    [InlineData("2026-01-30", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=4", "01-30 02-15 03-15 03-30")]
    [InlineData("2026-01-01", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "01-31 02-28 03-31")]
    [InlineData("2026-01-01", "FREQ=MONTHLY;BYDAY=2MO;COUNT=3", "01-12 02-09 03-09")]
    [InlineData("2026-01-01", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "01-30 02-27 03-27")]
    [InlineData("2026-01-01", "FREQ=MONTHLY;BYDAY=1FR,-1FR;COUNT=4", "01-02 01-30 02-06 02-27")]
    [InlineData("2026-01-01", "FREQ=MONTHLY;BYDAY=SU,1TH;COUNT=5", "01-01 01-04 01-11 01-18 01-25")] // either, not both
    [InlineData("2026-01-01", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", "02-13 03-13 11-13")]
    [InlineData("1997-09-29", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3", "09-29 10-30 11-27")]
    [InlineData("2026-01-01", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-5;COUNT=2", "03-02 06-01")] // only where there are five
    [InlineData("2026-03-04", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1;COUNT=1", "03-09")] // the week's first lies before
    [InlineData("1998-11-03", "FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=2", "11-03 11-02")]
    [InlineData("2026-01-01", "FREQ=YEARLY;BYDAY=20MO;COUNT=1", "05-18")] // of the year
    [InlineData("2026-01-01", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3,10;COUNT=2", "03-29 10-25")] // of the month
    [InlineData("2026-05-09", "FREQ=YEARLY;BYMONTH=6;COUNT=1", "06-09")] // the day comes from the start
    [InlineData("2026-01-01", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "")]
    public void A_rule_expands_to_the_days_it_describes(string start, string rule, string expected)
    {
        var from = LocalDatePattern.Iso.Parse(start).Value.At(new(9, 0));

        var found = Expand(rule, from, "Etc/UTC", from.Date.PlusYears(10)).Occurrences;

        Assert.Equal(expected, string.Join(' ', found.Select(o => $"{o.Local.Month:00}-{o.Local.Day:00}")));
    }

    /// <summary>Nights on which clocks change, with what became of the times between.</summary>
    [Theory]
    [InlineData("Europe/Lisbon", "2026-03-28T01:30", "2026-03-28T01:30Z 2026-03-30T00:30Z 2026-03-31T00:30Z", "2026-03-29T01:30:00")]
    [InlineData("America/Sao_Paulo", "2018-11-03T00:00", "2018-11-03T03:00Z 2018-11-05T02:00Z 2018-11-06T02:00Z", "2018-11-04T00:00:00")]
    [InlineData("Europe/Berlin", "2026-10-24T02:30", "2026-10-24T00:30Z 2026-10-25T00:30Z 2026-10-26T01:30Z", "")]
    public void Wall_clock_time_is_kept_and_what_clocks_jump_over_is_skipped(
        string zone, string start, string instants, string skipped)
    {
        var expansion = Expand("FREQ=DAILY;COUNT=3", Local(start), zone);

        Assert.Equal(instants.Split(' ').Select(Instant), expansion.Occurrences.Select(o => o.Instant));
        Assert.All(expansion.Occurrences, o => Assert.Equal(Local(start).TimeOfDay, o.Local.TimeOfDay));
        Assert.Equal(skipped, string.Join(' ', expansion.Skipped.Select(skip => skip.Local)));
        Assert.All(expansion.Skipped, skip => Assert.Equal(SkipReason.NoSuchTime, skip.Reason));
        Assert.True(expansion.IsComplete);
    }

    [Fact]
    public void An_end_in_utc_is_compared_in_the_zone()
    {
        var expansion = Expand("FREQ=DAILY;UNTIL=20260304T000000Z", new(2026, 3, 2, 20, 0), "America/New_York");

        Assert.Equal([2], expansion.Occurrences.Select(o => o.Local.Day)); // 3 March, 20:00, is an hour too late
        Assert.True(expansion.IsComplete);
    }

    [Theory]
    [InlineData("2026-01-31", "FREQ=MONTHLY;COUNT=3", "2026-02-31 2026-04-31")]
    [InlineData("2024-02-29", "FREQ=YEARLY;UNTIL=20280301", "2025-02-29 2026-02-29 2027-02-29")]
    [InlineData("2026-01-01", "FREQ=MONTHLY;BYMONTHDAY=30,31;UNTIL=20260430", "2026-02-30 2026-02-31 2026-04-31")]
    [InlineData("2026-01-01", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20270601", "2026-02-30 2027-02-30")]
    [InlineData("2026-01-01", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1;COUNT=3", "")] // means the last day
    public void Dates_that_a_month_does_not_have_are_reported_as_skipped(string start, string rule, string expected)
    {
        var from = LocalDatePattern.Iso.Parse(start).Value.At(new(9, 0));

        var skipped = Expand(rule, from, "Etc/UTC").Skipped;

        Assert.Equal(expected, string.Join(' ', skipped.Select(skip => skip.Local[..10])));
        Assert.All(skipped, skip => Assert.EndsWith("T09:00:00", skip.Local, StringComparison.Ordinal));
        Assert.All(skipped, skip => Assert.Equal(SkipReason.NoSuchDate, skip.Reason));
    }

    [Fact]
    public void An_exception_uses_up_one_of_the_count_and_an_added_date_does_not()
    {
        var (rule, _) = RecurrenceRule.Parse("FREQ=WEEKLY;COUNT=3");

        var expansion = Recurrence.Expand(
            rule!, Monday9am, DateTimeZone.Utc,
            except: [Monday9am.PlusWeeks(1), Monday9am.PlusDays(3)],
            alsoOn: [Monday9am.PlusDays(2), Monday9am.PlusDays(3), Monday9am.PlusWeeks(2), Monday9am.PlusDays(-9)],
            horizon: new(2027, 1, 1), max: 100);

        var days = expansion.Occurrences.Select(o => Period.DaysBetween(Monday9am.Date, o.Local.Date));
        Assert.Equal([-9, 0, 2, 14], days);
        Assert.True(expansion.IsComplete);
    }

    [Fact]
    public void An_added_time_that_clocks_jump_over_is_skipped_once()
    {
        var (rule, _) = RecurrenceRule.Parse("FREQ=YEARLY;COUNT=1");
        LocalDateTime inTheGap = new(2026, 3, 29, 2, 30);

        var expansion = Recurrence.Expand(
            rule!, Monday9am, ZoneRules.Get("Europe/Berlin"), [], [inTheGap, inTheGap], new(2027, 1, 1), 100);

        Assert.Equal([Monday9am], expansion.Occurrences.Select(o => o.Local));
        Assert.Equal([new("2026-03-29T02:30:00", SkipReason.NoSuchTime)], expansion.Skipped);
    }

    [Theory]
    [InlineData("FREQ=DAILY", "2026-03-04", 100, 3, false)] // the horizon itself is looked at
    [InlineData("FREQ=DAILY", "2026-12-31", 2, 2, false)]
    [InlineData("FREQ=DAILY;COUNT=2", "2026-12-31", 2, 2, true)]
    [InlineData("FREQ=DAILY;COUNT=3", "2026-12-31", 2, 2, false)]
    [InlineData("FREQ=DAILY;COUNT=3", "2026-03-03", 9, 2, false)]
    [InlineData("FREQ=DAILY;UNTIL=20260303", "2026-03-03", 9, 2, true)]
    [InlineData("FREQ=DAILY", "2026-03-01", 9, 0, false)]
    [InlineData("FREQ=DAILY;COUNT=3", "2026-12-31", 0, 0, false)]
    public void An_expansion_reports_whether_the_rule_is_complete(
        string rule, string horizon, int max, int count, bool isComplete)
    {
        var expansion = Expand(rule, Monday9am, "Etc/UTC", LocalDatePattern.Iso.Parse(horizon).Value, max);

        Assert.Equal((count, isComplete), (expansion.Occurrences.Count, expansion.IsComplete));
    }

    [Theory]
    [InlineData("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")]
    [InlineData("FREQ=DAILY;BYMONTH=4,6;BYMONTHDAY=31,-31")]
    [InlineData("FREQ=DAILY;BYDAY=MO;BYSETPOS=2,-2")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300")]
    [InlineData("FREQ=YEARLY;INTERVAL=9999;BYMONTH=2;BYMONTHDAY=30;COUNT=2147483647")]
    [InlineData("FREQ=WEEKLY;INTERVAL=9999;BYMONTH=1;UNTIL=20260201")]
    public void A_rule_that_matches_nothing_ends_at_the_horizon(string rule) =>
        Assert.Empty(Expand(rule, Monday9am, "Etc/UTC", LocalDate.MaxIsoValue).Occurrences);

    [Fact]
    public void Occurrences_are_ordered_at_the_requested_time_of_day_and_within_their_bounds() =>
        Prop.ForAll(Rules.ToArbitrary(), Times.ToArbitrary(), Zones.ToArbitrary(), (rule, start, zone) =>
        {
            var horizon = start.Date.PlusYears(3);

            var found = Expand(rule, start, zone, horizon, 50).Occurrences;

            return found.Count <= 50
                && found.Zip(found.Skip(1)).All(pair => pair.First.Instant < pair.Second.Instant)
                && found.All(o => o.Local >= start && o.Local.Date <= horizon && o.Local.TimeOfDay == start.TimeOfDay)
                && found.All(o => ZoneRules.ToInstantStrictly(o.Local, ZoneRules.Get(zone)) == o.Instant);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Excluding_an_occurrence_keeps_all_others() =>
        Prop.ForAll(Rules.ToArbitrary(), Times.ToArbitrary(), Gen.Choose(0, 40).ToArbitrary(), (rule, start, index) =>
        {
            var (parsed, _) = RecurrenceRule.Parse(rule);
            var all = Expand(rule, start, "Europe/Berlin").Occurrences;
            var except = all.Skip(index).Take(1).ToList();

            var left = Recurrence.Expand(
                parsed!, start, ZoneRules.Get("Europe/Berlin"), [.. except.Select(o => o.Local)], [],
                start.Date.PlusYears(10), 1000).Occurrences;

            return all.Except(except).Take(1000).SequenceEqual(left.Take(all.Count - except.Count));
        }).QuickCheckThrowOnFailure();

    private static Expansion Expand(
        string text, LocalDateTime start, string zone, LocalDate? horizon = null, int max = 1000)
    {
        var (rule, error) = RecurrenceRule.Parse(text);
        Assert.Null(error);

        return Recurrence.Expand(rule!, start, ZoneRules.Get(zone), [], [], horizon ?? start.Date.PlusYears(10), max);
    }

    private static LocalDateTime Local(string text) =>
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(text).Value;

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
