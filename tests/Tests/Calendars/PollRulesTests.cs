using Platform.Contracts.Calendars;
using Platform.Core.Calendars;

namespace Platform.Tests.Calendars;

public sealed class PollRulesTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(0, null, 5)]
    [InlineData(1, CalendarProblems.Unreachable, 10)]
    [InlineData(3, CalendarProblems.Timeout, 40)]
    [InlineData(50, CalendarProblems.Refused, 360)]
    [InlineData(1, CalendarProblems.Unauthorized, 60)]
    [InlineData(1, CalendarProblems.NotFound, 60)]
    [InlineData(50, CalendarProblems.Gone, 1440)]
    public void Failures_wait_longer_and_those_that_only_a_person_ends_longest(int failures, string? error, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), PollRules.Wait(Interval, failures, error, random: 0.5));

    [Fact]
    public void Calendars_of_one_moment_do_not_stay_together()
    {
        Assert.Equal(TimeSpan.FromMinutes(4.5), PollRules.Wait(Interval, 0, null, random: 0));
        Assert.Equal(TimeSpan.FromMinutes(5.5), PollRules.Wait(Interval, 0, null, random: 1));
    }

    [Theory]
    [InlineData("https://calendar.google.com/calendar/ical/ana%40x.org/private-0123456789abcdef/basic.ics", "https://calendar.google.com/…/basic.ics")]
    [InlineData("https://outlook.office365.com/owa/calendar/abc/def/calendar.ics?key=1", "https://outlook.office365.com/…/calendar.ics")]
    [InlineData("https://cloud.example:8443/remote.php/dav/public-calendars/AbCdEfGh?export", "https://cloud.example:8443/…")]
    [InlineData("https://x.example/0123456789abcdef0123456789.ics", "https://x.example/…")]
    [InlineData("https://x.example/short.ics", "https://x.example/…")]
    public void What_is_secret_in_a_URL_is_not_shown(string url, string shown) =>
        Assert.Equal(shown, ShownUrls.OfSecret(new(url)));
}
