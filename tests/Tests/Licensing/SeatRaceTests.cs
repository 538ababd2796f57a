using Platform.Contracts;
using Platform.Tests.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

/// <summary>Concurrent requests never grant a seat twice, and the counter equals the rows.</summary>
public sealed class SeatRaceTests(PlatformFixture platform)
{
    [Fact]
    public async Task Twenty_identical_grants_at_once_take_one_seat()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: 1);

        var outcomes = await SchedulingAnswers.AtOnceAsync(20, _ => tenant.GrantAsync(tenant.UserId));

        Assert.Equal((1, 19), (outcomes.Count(o => o.Status == 201), outcomes.Count(o => o.Status == 200)));
        Assert.Equal((1, 1), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task Fifty_concurrent_grants_of_the_last_five_seats_take_exactly_five()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: 5);
        var members = await platform.MembersAsync(tenant, 50);

        var outcomes = await SchedulingAnswers.AtOnceAsync(50, i => tenant.GrantAsync(members[i]));

        Assert.Equal(5, outcomes.Count(o => o.Status == 201));
        Assert.Equal(45, outcomes.Count(o => o == (409, Codes.SeatLimitReached)));
        Assert.Equal((5, 5), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task Grants_and_revocations_of_the_same_people_at_once_leave_counter_and_rows_equal()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: 4);
        var members = await platform.MembersAsync(tenant, 6);

        var outcomes = await SchedulingAnswers.AtOnceAsync(60, i => i % 3 == 0
            ? tenant.SendAsync("POST", $"/users/{members[i % 6]}/apps/tq/revoke")
            : i % 3 == 1
                ? tenant.GrantAsync(members[(i + 1) % 6])
                : tenant.SendAsync(
                    "POST", "/apps/tq/grants", $$"""{ "userIds": [{{members[i % 6]}}, {{members[(i + 3) % 6]}}], "partial": true }"""));

        Assert.All(outcomes, o => Assert.True(
            o.Status is 200 or 201 || o == (409, Codes.SeatLimitReached) || o == (404, Codes.NotFound), $"{o}"));
        var (counter, rows) = await platform.SeatsAsync(tenant);
        Assert.Equal(rows, counter);
        Assert.True(counter <= 4);
    }

    [Fact]
    public async Task A_limit_that_falls_while_seats_are_taken_is_never_below_them()
    {
        var tenant = await platform.NewCustomerAsync();
        var license = await platform.LicenseAsync(tenant, limit: 10);
        var members = await platform.MembersAsync(tenant, 10);

        var outcomes = await SchedulingAnswers.AtOnceAsync(12, i => i % 4 == 3
            ? platform.StaffAsync("PATCH", $"/tenants/{tenant.Id}/licenses/{license.Id}", """{ "userLimit": 4 }""")
            : tenant.GrantAsync(members[i % 10]));

        Assert.All(outcomes, o => Assert.True(
            o.Status is 200 or 201 || o == (409, Codes.SeatLimitReached) || o == (409, Codes.LimitBelowUsage), $"{o}"));
        var (counter, rows) = await platform.SeatsAsync(tenant);
        var limit = await platform.PlatformValueAsync<int>($"select user_limit from tenant_applications where id = {license.Id}");
        Assert.Equal(rows, counter);
        Assert.True(counter <= limit);
    }

    [Fact]
    public async Task Bulk_grants_of_the_same_people_in_opposite_order_never_deadlock()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: null);
        var members = await platform.MembersAsync(tenant, 10);

        var outcomes = await SchedulingAnswers.AtOnceAsync(20, i => tenant.SendAsync(
            "POST", "/apps/tq/grants",
            $$"""{ "userIds": [{{string.Join(',', i % 2 == 0 ? members : Enumerable.Reverse(members))}}] }"""));

        Assert.All(outcomes, o => Assert.Equal((200, null), o));
        Assert.Equal((10, 10), await platform.SeatsAsync(tenant));
    }
}
