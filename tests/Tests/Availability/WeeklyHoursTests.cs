using System.Globalization;
using NodaTime;
using Platform.Core.Availability;

namespace Platform.Tests.Availability;

public sealed class WeeklyHoursTests
{
    /// <summary>Days on which clocks changed, with what was open on that day from one local time to another.</summary>
    [Theory]
    [InlineData("Europe/Lisbon", "2026-03-29", "00:00", "03:00", "2026-03-29T00:00Z", "2026-03-29T02:00Z")]
    [InlineData("Europe/Lisbon", "2026-03-29", "01:30", "03:00", "2026-03-29T01:30Z", "2026-03-29T02:00Z")] // 01:30 is not there: 02:30
    [InlineData("Europe/Lisbon", "2026-10-25", "01:30", "03:00", "2026-10-25T00:30Z", "2026-10-25T03:00Z")] // the first 01:30
    [InlineData("Europe/Berlin", "2026-03-29", "02:15", "02:45", "2026-03-29T01:15Z", "2026-03-29T01:45Z")] // wholly in the gap
    [InlineData("Europe/Berlin", "2026-03-29", "02:30", "03:15", "", "")] // ends before it starts: closed that day
    [InlineData("Europe/Berlin", "2026-10-25", "00:00", "24:00", "2026-10-24T22:00Z", "2026-10-25T23:00Z")] // 25 hours
    [InlineData("America/Sao_Paulo", "2018-11-04", "00:00", "02:00", "2018-11-04T03:00Z", "2018-11-04T04:00Z")] // no midnight
    [InlineData("America/Sao_Paulo", "2018-02-17", "23:00", "24:00", "2018-02-18T01:00Z", "2018-02-18T03:00Z")] // 23:00 twice
    [InlineData("Australia/Lord_Howe", "2026-10-04", "01:00", "03:00", "2026-10-03T14:30Z", "2026-10-03T16:00Z")] // half an hour
    [InlineData("Antarctica/Troll", "2026-03-29", "00:00", "06:00", "2026-03-29T00:00Z", "2026-03-29T04:00Z")] // two hours
    [InlineData("Pacific/Apia", "2011-12-29", "22:00", "02:00", "2011-12-30T08:00Z", "2011-12-30T12:00Z")] // a day was left out
    [InlineData("Pacific/Apia", "2011-12-30", "09:00", "17:00", "", "")] // that day
    [InlineData("Africa/Casablanca", "2026-02-15", "01:00", "04:00", "2026-02-15T00:00Z", "2026-02-15T04:00Z")] // Ramadan begins
    [InlineData("Asia/Almaty", "2024-02-29", "22:00", "02:00", "2024-02-29T16:00Z", "2024-02-29T21:00Z")] // to UTC+5 for good
    [InlineData("Asia/Kathmandu", "2026-03-02", "09:00", "17:00", "2026-03-02T03:15Z", "2026-03-02T11:15Z")]
    [InlineData("America/New_York", "2026-03-08", "22:00", "06:00", "2026-03-09T02:00Z", "2026-03-09T10:00Z")]
    public void A_rule_opens_at_the_instants_of_its_local_times(
        string zone, string date, string start, string end, string from, string to)
    {
        var day = LocalDate.FromDateOnly(DateOnly.Parse(date, CultureInfo.InvariantCulture));
        var rule = new WeeklyRule(day.DayOfWeek, Minute(start), Minute(end), day, day);
        var noon = DateTimeOffset.Parse($"{date}T12:00Z", CultureInfo.InvariantCulture);

        var openings = WeeklyHours.Openings(new([rule]), ZoneRules.Get(zone), new(noon.AddDays(-3), noon.AddDays(3)));

        TimeRange[] expected = from.Length == 0 ? [] : [new(Instant(from), Instant(to))];
        Assert.Equal(expected, openings);
    }

    [Fact]
    public void An_opening_begins_where_an_overlapping_one_of_an_earlier_day_does()
    {
        WeeklyRule thursday = new(IsoDayOfWeek.Thursday, 1410, 1395), friday = new(IsoDayOfWeek.Friday, 1170, 1155);
        var saturday = Instant("2026-10-24T00:00Z");

        // The short opening of Friday ends before the question begins; the two long ones overlap.
        var openings = WeeklyHours.Openings(
            new([thursday, friday, new(IsoDayOfWeek.Friday, 585, 750)]), DateTimeZone.Utc, new(saturday, saturday.AddDays(1)));

        Assert.Equal([new(Instant("2026-10-22T23:30Z"), Instant("2026-10-24T19:15Z"))], openings);
    }

    [Fact]
    public void Openings_that_touch_are_one_and_start_where_the_first_does()
    {
        WeeklyRule[] rules =
        [
            new(IsoDayOfWeek.Sunday, 22 * 60, 1440), new(IsoDayOfWeek.Monday, 0, 6 * 60), new(IsoDayOfWeek.Monday, 6 * 60, 10 * 60),
        ];
        var monday = new TimeRange(Instant("2026-03-02T00:00Z"), Instant("2026-03-03T00:00Z"));

        var opening = Assert.Single(WeeklyHours.Openings(new(rules), DateTimeZone.Utc, monday));

        Assert.Equal(new TimeRange(Instant("2026-03-01T22:00Z"), Instant("2026-03-02T10:00Z")), opening);
    }

    [Theory]
    [InlineData("Etc/UTC")]
    [InlineData("America/Sao_Paulo")]
    public void Continuous_hours_have_one_grid_for_every_start_of_the_range(string zone)
    {
        var rules = Enumerable.Range(1, 7).Select(day => new WeeklyRule((IsoDayOfWeek)day, 0, 1440)).ToList();
        var times = new ServiceTimes(TimeSpan.FromMinutes(50), default, default, TimeSpan.FromMinutes(50), default, 400);
        var now = Instant("2026-03-01T00:00Z");
        var always = new SlotQuestion(times, [new(1)], [new(1, 1, 1, ZoneRules.Get(zone), new(rules), [], [])]);

        var whole = Starts(now, now.AddDays(20));
        var parts = Enumerable.Range(0, 20).SelectMany(day => Starts(now.AddDays(day), now.AddDays(day + 1)));

        Assert.Equal(whole, parts);

        IEnumerable<DateTimeOffset> Starts(DateTimeOffset from, DateTimeOffset to) =>
            SlotRules.Slots(always, new(from, to), now).Select(slot => slot.Start);
    }

    [Fact]
    public void A_rule_applies_from_its_first_to_its_last_day()
    {
        var rule = new WeeklyRule(IsoDayOfWeek.Monday, 540, 600, new(2026, 3, 9), new(2026, 3, 16));
        var march = new TimeRange(Instant("2026-03-01T00:00Z"), Instant("2026-04-01T00:00Z"));

        var days = WeeklyHours.Openings(new([rule]), DateTimeZone.Utc, march).Select(opening => opening.Start.Day);

        Assert.Equal([9, 16], days);
    }

    private static int Minute(string time) => time.Split(':') is [var hour, var minute]
        ? (int.Parse(hour, CultureInfo.InvariantCulture) * 60) + int.Parse(minute, CultureInfo.InvariantCulture)
        : throw new FormatException(time);

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
