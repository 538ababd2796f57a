using Platform.Core.Bookings;

namespace Platform.Tests.Bookings;

public sealed class ReminderRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 17, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-72, -48, null, -24)] // not yet
    [InlineData(-72, -24, 1440, -2)]
    [InlineData(-72, -23, 1440, -2)] // a little late
    [InlineData(-72, -1, 120, null)] // after an outage only the last one
    [InlineData(-3, -3, null, -2)] // booked after the first was due
    [InlineData(-1, -1, null, null)]
    [InlineData(-72, 0, null, null)] // it has begun
    public void Reminders_come_at_their_times_unless_the_booking_is_newer(int plannedAt, int now, int? due, int? next) =>
        Assert.Equal(
            (due, next is { } hours ? Start.AddHours(hours) : null),
            ReminderRules.At(Start, [120, 1440], Start.AddHours(plannedAt), Start.AddHours(now)));

    [Fact]
    public void A_service_without_reminders_plans_no_reminder() =>
        Assert.Equal((null, null), ReminderRules.At(Start, [], Start.AddDays(-9), Start.AddDays(-1)));
}
