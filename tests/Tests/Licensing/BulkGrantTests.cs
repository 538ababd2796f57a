using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

public sealed class BulkGrantTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_bulk_grant_grants_all_or_none()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: 3);
        var members = await platform.MembersAsync(tenant, 4);
        await tenant.GrantedAsync(members[0]);

        using var refused = await tenant.SendAsync("POST", "/apps/tq/grants", $$"""{ "userIds": [{{string.Join(',', members)}}] }""");
        var unchanged = await platform.SeatsAsync(tenant);
        var granted = await tenant.SentAsync<List<BulkGrantItem>>(
            "POST", "/apps/tq/grants", $$"""{ "userIds": [{{members[2]}}, {{members[0]}}, {{members[1]}}] }""");

        Assert.Equal((409, Codes.SeatLimitReached), await refused.ProblemAsync());
        var problem = await refused.DocumentAsync();
        Assert.Equal((3, 2), (problem.GetProperty("needed").GetInt32(), problem.GetProperty("available").GetInt32()));
        Assert.Equal((1, 1), unchanged);
        Assert.Equal(
            [(members[2], "granted"), (members[0], "existing"), (members[1], "granted")], granted.Select(g => (g.UserId, g.Outcome)));
        Assert.Equal((3, 3), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task A_partial_bulk_grant_returns_one_result_for_each_user_in_order()
    {
        var (tenant, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        await platform.LicenseAsync(tenant, limit: 2);
        var members = await platform.MembersAsync(tenant, 4);
        await platform.ExecutePlatformAsync($"update users set active = false where id = {members[1]}");

        var items = await tenant.SentAsync<List<BulkGrantItem>>(
            "POST", "/apps/tq/grants",
            $$"""{ "userIds": [{{members[0]}}, {{members[1]}}, {{other.UserId}}, {{members[2]}}, {{members[3]}}], "partial": true }""");

        Assert.Equal(
            [
                ("granted", null), ("refused", Codes.UserInactive), ("refused", Codes.NotFound), ("granted", null),
                ("refused", Codes.SeatLimitReached),
            ],
            items.Select(item => (item.Outcome, item.Code)));
        Assert.Equal((2, 2), await platform.SeatsAsync(tenant));
    }

    [Theory]
    [InlineData("""{ "userIds": [] }""")]
    [InlineData("""{ "userIds": [1, 1] }""")]
    [InlineData("""{ "userIds": [0] }""")]
    [InlineData("""{ "userIds": null }""")]
    [InlineData("""{ "userIds": [1], "seats": 2 }""")]
    public async Task A_malformed_bulk_grant_is_refused(string json)
    {
        var tenant = await platform.NewCustomerAsync();

        Assert.Equal((400, Codes.ValidationFailed), await Refused(tenant.RefusedAsync("POST", "/apps/tq/grants", json)));

        static async Task<(int, string?)> Refused(Task<(int Status, string? Code, string? Field)> refused)
        {
            var (status, code, _) = await refused;
            return (status, code);
        }
    }
}
