using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Tests.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Scim;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>A tenant that is being offboarded accepts no new licences, seats or members by any route.</summary>
public sealed class LeavingTenantTests(PlatformFixture platform)
{
    private static readonly (int, string?) Refused = (409, Codes.InvalidTenantStatus);

    [Fact]
    public async Task An_offboarding_tenant_accepts_no_new_grants_and_keeps_its_data()
    {
        var (tenant, stranger) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        await platform.LicenseAsync(tenant);
        var (had, member) = (await platform.MemberAsync(tenant), await platform.MemberAsync(tenant));
        await tenant.GrantedAsync(tenant.UserId);
        await tenant.GrantedAsync(had);
        await tenant.RevokedAsync(had);
        using var directory = await platform.DirectoryAsync(tenant);
        await OffboardAsync(tenant);

        Assert.Equal(Refused, await platform.StaffRefusedAsync(
            "POST", $"/tenants/{tenant.Id}/licenses", """{ "application": "pm", "userLimit": 5 }"""));
        Assert.Equal(Refused, await platform.StaffRefusedAsync("POST", $"/users/{member}/apps/grant", Body()));
        Assert.Equal(Refused, await platform.StaffRefusedAsync("POST", $"/users/{had}/apps/reactivate", Body()));
        Assert.Equal(Refused, await platform.StaffRefusedAsync(
            "POST", $"/users/{stranger.UserId}/tenants/{tenant.Id}", """{ "userType": "operations" }"""));
        Assert.Equal(Refused, await JoinedAsync(stranger.UserId));
        Assert.Equal((403, Codes.TenantInactive), Outcome(await tenant.RefusedAsync("POST", $"/users/{member}/apps/tq/grant", "{}")));
        Assert.Equal(403, (await directory.ScimAsync("POST", "/Users", ScimCalls.Person(ScimCalls.NewName()))).Status);

        Assert.Equal((1, 1), await platform.SeatsAsync(tenant));
        using var revoked = await platform.StaffAsync("POST", $"/users/{tenant.UserId}/apps/revoke", Body());
        Assert.Equal(200, (int)revoked.StatusCode);

        string Body() => $$"""{ "tenantId": {{tenant.Id}}, "application": "tq" }""";

        async Task<(int, string?)> JoinedAsync(long id)
        {
            using var identity = platform.ClientWith(null, staff: false, Scopes.PersonContext);
            var join = new JoinTenantRequest(tenant.Id, $"uma@{stranger.Slug}.example", "Uma", UserTypes.Operations);
            using var response = await identity.PostAsJsonAsync($"/internal/api/v1/people/{id}/memberships", join);
            return await response.ProblemAsync();
        }

        static (int, string?) Outcome((int Status, string? Code, string?) refused) => (refused.Status, refused.Code);
    }

    [Fact]
    public async Task No_seat_is_taken_after_an_offboarding_that_came_first()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: null);
        var members = await platform.MembersAsync(tenant, 30);

        var outcomes = await SchedulingAnswers.AtOnceAsync(31, i => i == 15
            ? platform.StaffAsync("POST", $"/tenants/{tenant.Id}/offboard", """{ "reason": "They close", "purgeAfterDays": 7 }""")
            : platform.StaffAsync(
                "POST", $"/users/{members[i % 30]}/apps/grant", $$"""{ "tenantId": {{tenant.Id}}, "application": "tq" }"""));

        Assert.All(outcomes, o => Assert.True(o.Status is 200 or 201 || o == Refused, $"{o}"));
        Assert.Equal(0, await platform.PlatformValueAsync<long>($"""
            select count(*) from audit_log later
            where later.tenant_id_fk = {tenant.Id} and later.action = 'grant.created' and later.sequence > (
                select sequence from audit_log where tenant_id_fk = {tenant.Id} and action = 'tenant.offboarded')
            """));
    }

    private async Task OffboardAsync(TestTenant tenant)
    {
        using var off = await platform.StaffAsync(
            "POST", $"/tenants/{tenant.Id}/offboard", """{ "reason": "They close", "purgeAfterDays": 7 }""");
        Assert.Equal(200, (int)off.StatusCode);
    }
}
