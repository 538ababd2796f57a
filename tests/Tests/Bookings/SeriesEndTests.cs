using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Tests.Support;
using static Platform.Tests.Bookings.SeriesTests;

namespace Platform.Tests.Bookings;

/// <summary>How a series, or its rule, ends before its time.</summary>
public sealed class SeriesEndTests(PlatformFixture platform)
{
    [Theory]
    [InlineData("all", "active")]
    [InlineData("following", "active")]
    public async Task A_cancel_that_some_dates_refuse_reports_each_and_leaves_the_series_active(
        string scope, string status)
    {
        var tenant = await platform.NewTenantAsync();
        var series = await SeriesAsync(tenant, "FREQ=WEEKLY;COUNT=3");
        await tenant.ExecuteAsync("update bookings set cancel_deadline = '2026-03-01' where start_at = '2026-03-02T12:00:00Z'");
        var body = $$"""{ "scope": "{{scope}}", "occurrence": "2026-03-02T12:00" }""";

        using var response = await tenant.SendAsync("POST", $"/series/{series.Id}/cancel", body);
        var again = await tenant.RefusedAsync("POST", $"/series/{series.Id}/cancel", body);

        var answer = await response.DataAsync<SeriesResponse>();
        Assert.Equal(Codes.SeriesPartlyCancelled, await response.SuccessAsync());
        Assert.Equal(
            ["confirmed CANCELLATION_CLOSED", "cancelled ", "cancelled "],
            answer.Occurrences.Select(o => $"{o.Status} {o.Code}"));
        Assert.Equal(status, (await ShownAsync(tenant, series.Id)).Status);
        Assert.Equal((409, Codes.SeriesConflict, null), again);
    }

    [Fact]
    public async Task Cancelling_what_follows_ends_the_rule()
    {
        var tenant = await platform.NewTenantAsync();
        var series = await SeriesAsync(tenant, "FREQ=WEEKLY");
        Assert.False(series.IsComplete);

        var cancelled = await tenant.SentAsync<SeriesResponse>(
            "POST", $"/series/{series.Id}/cancel", """{ "scope": "following", "occurrence": "2026-03-16T12:00" }""");

        Assert.Equal(("FREQ=WEEKLY;UNTIL=20260316T115959Z", true, "active"), (cancelled.Rrule, cancelled.IsComplete, cancelled.Status));
        var preview = await tenant.SentAsync<SeriesPreview>("POST", "/series/preview", Weekly(tenant, cancelled.Rrule));
        Assert.Equal(2, preview.Occurrences.Count);
    }

    [Theory]
    [InlineData("FREQ=WEEKLY;COUNT=9", "FREQ=WEEKLY;UNTIL=20260316T115959Z")]
    [InlineData("RRULE:FREQ=DAILY;UNTIL=20270101;INTERVAL=2", "RRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20260316T115959Z")]
    [InlineData("freq=daily;count=2", "freq=daily;UNTIL=20260316T115959Z")]
    public void A_rule_that_ends_keeps_all_but_its_own_end(string rule, string ended) =>
        Assert.Equal(ended, RecurrenceRule.Ending(rule, new(2026, 3, 16, 13, 0, 0, TimeSpan.FromHours(1))));

    [Theory]
    [InlineData("this", 1)]
    [InlineData("following", 2)]
    [InlineData("all", 3)]
    public async Task Cancel_applies_to_one_date_the_following_dates_or_all_dates(string scope, int cancelled)
    {
        var tenant = await platform.NewTenantAsync();
        var series = await SeriesAsync(tenant, "FREQ=WEEKLY;COUNT=3");
        var body = $$"""{ "scope": "{{scope}}", "occurrence": "2026-03-09T12:00", "reason": "ill" }""";

        var answer = await tenant.SentAsync<SeriesResponse>("POST", $"/series/{series.Id}/cancel", body);

        Assert.Equal(cancelled, answer.Occurrences.Count(o => o.Status == "cancelled"));
        Assert.Equal(scope == "all" ? "cancelled" : "active", answer.Status);
        Assert.Equal(3 - cancelled, await tenant.CountAsync("select count(*) from allocations where active"));
        if (scope == "all")
        {
            Assert.Equal("cancelled", (await tenant.SentAsync<SeriesResponse>("POST", $"/series/{series.Id}/cancel", body)).Status);
        }
    }
}
