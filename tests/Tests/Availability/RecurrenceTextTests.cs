using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Platform.Core.Availability;

namespace Platform.Tests.Availability;

public sealed class RecurrenceTextTests
{
    [Fact]
    public void Every_part_is_read_whatever_its_case()
    {
        var (rule, error) = RecurrenceRule.Parse(
            "rrule:FREQ=yearly;INTERVAL=2;COUNT=9;BYDAY=2MO,-1fr,+3SU;BYMONTHDAY=1,-1,1;BYMONTH=12;BYSETPOS=-2;wkst=SU");

        Assert.Null(error);
        Assert.Equal((Frequency.Yearly, 2, 9), (rule!.Frequency, rule.Interval, rule.Count));
        Assert.Equal(IsoDayOfWeek.Sunday, rule.WeekStart);
        Assert.Equal(
            [new(IsoDayOfWeek.Monday, 2), new(IsoDayOfWeek.Friday, -1), new(IsoDayOfWeek.Sunday, 3)],
            rule.Days);
        Assert.Equal([1, -1], rule.MonthDays);
        Assert.Equal([12], rule.Months);
        Assert.Equal([-2], rule.Positions);
    }

    [Theory]
    [InlineData("20261231", "2026-12-31T23:59:59.999999999", null)]
    [InlineData("20261231T120000", "2026-12-31T12:00:00", null)]
    [InlineData("20261231T120000Z", null, "2026-12-31T12:00:00.0000000+00:00")]
    public void An_end_is_a_date_a_local_time_or_an_instant(string until, string? local, string? instant)
    {
        var (rule, _) = RecurrenceRule.Parse($"FREQ=DAILY;UNTIL={until}");

        Assert.Equal(local, rule!.UntilLocal?.ToString("uuuu-MM-ddTHH:mm:ss.FFFFFFFFF", null));
        Assert.Equal(instant, rule.UntilInstant?.ToString("O"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("FREQ=DAILY;", "")]
    [InlineData("WEEKLY", "WEEKLY")]
    [InlineData("BYDAY=MO", "FREQ")]
    [InlineData("FREQ=HOURLY", "FREQ")]
    [InlineData("FREQ=MINUTELY", "FREQ")]
    [InlineData("FREQ=SECONDLY", "FREQ")]
    [InlineData("FREQ=", "FREQ")]
    [InlineData("FREQ=DAILY;FREQ=DAILY", "FREQ")]
    [InlineData("FREQ=DAILY;BYHOUR=9", "BYHOUR")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO")]
    [InlineData("FREQ=DAILY;X-NAME=1", "X-NAME")]
    [InlineData("FREQ=DAILY;INTERVAL=0", "INTERVAL")]
    [InlineData("FREQ=DAILY;INTERVAL=-1", "INTERVAL")]
    [InlineData("FREQ=DAILY;INTERVAL=1.5", "INTERVAL")]
    [InlineData("FREQ=DAILY;INTERVAL=99999999999", "INTERVAL")]
    [InlineData("FREQ=DAILY;COUNT=0", "COUNT")]
    [InlineData("FREQ=DAILY;COUNT=1;COUNT=1", "COUNT")]
    [InlineData("FREQ=DAILY;COUNT=1;UNTIL=20261231", "UNTIL")]
    [InlineData("FREQ=DAILY;UNTIL=20261231T120000Z;COUNT=1", "UNTIL")]
    [InlineData("FREQ=DAILY;UNTIL=20260231", "UNTIL")]
    [InlineData("FREQ=DAILY;UNTIL=20260201Z", "UNTIL")]
    [InlineData("FREQ=DAILY;UNTIL=20260201T000000ZZ", "UNTIL")]
    [InlineData("FREQ=DAILY;UNTIL=00000201T000000Z", "UNTIL")]
    [InlineData("FREQ=DAILY;BYDAY=1MO", "BYDAY")]
    [InlineData("FREQ=WEEKLY;BYDAY=-1MO", "BYDAY")]
    [InlineData("FREQ=MONTHLY;BYDAY=", "BYDAY")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO,", "BYDAY")]
    [InlineData("FREQ=MONTHLY;BYDAY=0MO", "BYDAY")]
    [InlineData("FREQ=MONTHLY;BYDAY=54MO", "BYDAY")]
    [InlineData("FREQ=MONTHLY;BYDAY=MONDAY", "BYDAY")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=-32", "BYMONTHDAY")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=", "BYMONTHDAY")]
    [InlineData("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY")]
    [InlineData("FREQ=YEARLY;BYMONTH=13", "BYMONTH")]
    [InlineData("FREQ=YEARLY;BYMONTH=-1", "BYMONTH")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367", "BYSETPOS")]
    [InlineData("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS")]
    [InlineData("FREQ=WEEKLY;WKST=1MO", "WKST")]
    [InlineData("FREQ=WEEKLY;WKST=XX", "WKST")]
    public void An_invalid_rule_is_refused_and_the_error_names_the_invalid_part(string text, string part)
    {
        var (rule, error) = RecurrenceRule.Parse(text);

        Assert.Null(rule);
        Assert.Equal(part, error!.Part);
        Assert.NotEmpty(error.Reason);
    }

    [Fact]
    public void A_rule_that_is_too_long_is_refused() =>
        Assert.Equal("RRULE", RecurrenceRule.Parse($"FREQ=DAILY;BYMONTH={new string('1', 10_000_000)}").Error?.Part);

    [Fact]
    public void Any_text_is_a_rule_or_an_error() =>
        Prop.ForAll(
            Gen.Elements("FREQ", "DAILY", "BYDAY", "UNTIL", "=", ";", ",", "1", "-", "MO", "Z", "20260101T000000")
                .ListOf().Select(string.Concat).ToArbitrary(),
            text => RecurrenceRule.Parse(text) is ({ }, null) or (null, { })).QuickCheckThrowOnFailure();
}
