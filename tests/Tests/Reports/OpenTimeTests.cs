using NodaTime;
using Platform.Core.Availability;
using Platform.Core.Reports;

namespace Platform.Tests.Reports;

public sealed class OpenTimeTests
{
    private static readonly LocalDate Sunday = new(2026, 3, 29);

    /// <summary>
    /// Open on Saturdays from 22:00 to 06:00; in the night to 2026-03-29 London's clocks skip an hour.
    /// </summary>
    private static readonly WeeklyRule Nights = new(IsoDayOfWeek.Saturday, 22 * 60, 6 * 60);

    private static readonly ReportedResource Night = new(
        1, "Bar", 1, ZoneRules.Get("Europe/London"), new([Nights]), []);

    [Fact]
    public void The_length_of_an_opening_is_elapsed_time_across_clock_changes() =>
        Assert.Equal(TimeSpan.FromHours(7), OpenTime.Of(Night, Weekend()));

    [Fact]
    public void The_hours_of_a_single_date_begin_at_its_midnight()
    {
        var closed = Night with { Hours = new([Nights], [new(Sunday, [])]) };

        Assert.Equal(TimeSpan.FromHours(2), OpenTime.Of(closed, Weekend()));
    }

    [Fact]
    public void Blackouts_that_overlap_are_taken_out_once()
    {
        var midnight = ZoneRules.StartOf(Sunday, Night.Zone);
        var dark = Night with
        {
            Blackouts = [new(midnight.AddHours(-1), midnight.AddHours(1)), new(midnight, midnight.AddHours(2))],
        };

        Assert.Equal(TimeSpan.FromHours(4), OpenTime.Of(dark, Weekend()));
    }

    [Fact]
    public void Rules_that_overlap_count_once()
    {
        var twice = Night with { Hours = new([Nights, new(IsoDayOfWeek.Saturday, 23 * 60, (23 * 60) + 30)]) };

        Assert.Equal(TimeSpan.FromHours(7), OpenTime.Of(twice, Weekend()));
    }

    [Fact]
    public void Days_of_a_range_are_local_and_exclude_nonexistent_dates()
    {
        var apia = ZoneRules.Get("Pacific/Apia");
        var range = new TimeRange(
            ZoneRules.StartOf(new(2011, 12, 29), apia), ZoneRules.StartOf(new(2012, 1, 1), apia));

        Assert.Equal(
            [new LocalDate(2011, 12, 29), new(2011, 12, 31)], ReportRules.Days(range, apia).Select(day => day.Date));
    }

    private static TimeRange Weekend() => new(
        ZoneRules.StartOf(Sunday.PlusDays(-1), Night.Zone), ZoneRules.StartOf(Sunday.PlusDays(1), Night.Zone));
}
