using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Tests.Bookings;
using Platform.Tests.People;
using Platform.Tests.Scim;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

/// <summary>Groups that are granted applications: one seat a member, however many ways they have it.</summary>
public sealed class GroupTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_group_that_is_granted_an_application_gives_each_member_one_seat()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var (first, second) = (await NewGroupAsync(tenant, "Front desk"), await NewGroupAsync(tenant, "Back office"));
        var members = await platform.MembersAsync(tenant, 3);
        await JoinAsync(tenant, first, members[0]);
        await JoinAsync(tenant, first, members[1]);
        await JoinAsync(tenant, second, members[1]);
        await tenant.GrantedAsync(members[0]);

        var granted = await tenant.SentAsync<GroupResponse>("POST", $"/groups/{first.Id}/apps/tq/grant");
        var again = await tenant.SentAsync<GroupResponse>("POST", $"/groups/{first.Id}/apps/tq/grant");
        await tenant.SentAsync<GroupResponse>("POST", $"/groups/{second.Id}/apps/tq/grant");
        await JoinAsync(tenant, second, members[2]);
        var check = await tenant.CheckAsync(members[2]);

        Assert.Equal((2, "tq"), (granted.Members, Assert.Single(granted.Applications)));
        Assert.Equivalent(granted, again);
        Assert.Equal((3, 3), await platform.SeatsAsync(tenant));
        Assert.True(check.Allowed);
        Assert.Equal([(members[0], true), (members[1], false), (members[2], false)], await GrantsAsync(tenant));
        Assert.Equal(
            "group.application_granted,group.application_granted",
            await platform.PlatformValueAsync<string>($"""
                select string_agg(action, ',') from audit_log where tenant_id_fk = {tenant.Id} and action like 'group.%'
                """));
    }

    [Fact]
    public async Task A_seat_is_freed_when_its_last_group_or_direct_grant_ends()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var (first, second) = (await NewGroupAsync(tenant, "One"), await NewGroupAsync(tenant, "Two"));
        var member = await platform.MemberAsync(tenant);
        foreach (var group in (GroupResponse[])[first, second])
        {
            await tenant.SentAsync<GroupResponse>("POST", $"/groups/{group.Id}/apps/tq/grant");
            await JoinAsync(tenant, group, member);
        }

        using var ofGroup = await tenant.SendAsync("POST", $"/users/{member}/apps/tq/revoke");
        var own = await tenant.GrantedAsync(member); // besides the groups
        await tenant.SentAsync<GroupResponse>("DELETE", $"/groups/{first.Id}/members/{member}");
        var kept = await tenant.RevokedAsync(member); // ends the direct grant; the second group still gives the seat
        var before = await platform.SeatsAsync(tenant);
        await tenant.SentAsync<GroupResponse>("POST", $"/groups/{second.Id}/apps/tq/revoke");

        Assert.Equal((409, Codes.GrantedByGroup), await ofGroup.ProblemAsync());
        Assert.Equal(
            [first.Id, second.Id],
            (await ofGroup.DocumentAsync()).GetProperty("groupIds").EnumerateArray().Select(id => id.GetInt64()));
        Assert.Equal((own.Id, true, true), (kept.Id, own.Direct, kept.Active));
        Assert.False(kept.Direct);
        Assert.Equal((1, 1), before);
        Assert.Equal((0, 0), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task Joining_a_group_that_would_exceed_the_seats_is_refused_with_the_numbers()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: 1);
        var group = await NewGroupAsync(tenant, "Full");
        var members = await platform.MembersAsync(tenant, 3);
        await JoinAsync(tenant, group, members[0]);
        await tenant.SentAsync<GroupResponse>("POST", $"/groups/{group.Id}/apps/tq/grant");
        using var directory = await platform.DirectoryAsync(tenant);

        using var joining = await tenant.SendAsync("PUT", $"/groups/{group.Id}/members/{members[1]}");
        var byRoles = await tenant.RefusedAsync("PATCH", $"/users/{members[1]}", $$"""{ "roles": ["{{group.Slug}}"] }""");
        var byDirectory = await directory.ScimAsync("PATCH", $"/Groups/{group.Id}", ScimCalls.Patch(
            $$"""{ "op": "add", "path": "members", "value": [{ "value": "{{members[1]}}" }] }"""));
        var other = await NewGroupAsync(tenant, "Other");
        await JoinAsync(tenant, other, members[1]);
        await JoinAsync(tenant, other, members[2]);
        using var granting = await tenant.SendAsync("POST", $"/groups/{other.Id}/apps/tq/grant");

        Assert.Equal((409, Codes.SeatLimitReached), await joining.ProblemAsync());
        var problem = await joining.DocumentAsync();
        Assert.Equal(
            (1, 0, "tq"),
            (problem.GetProperty("needed").GetInt32(), problem.GetProperty("available").GetInt32(), problem.GetProperty("application").GetString()));
        Assert.Equal((409, Codes.SeatLimitReached), (byRoles.Status, byRoles.Code));
        Assert.Equal(409, byDirectory.Status);
        Assert.Equal(2, (await granting.DocumentAsync()).GetProperty("needed").GetInt32());
        Assert.Empty((await tenant.SentAsync<GroupResponse>("GET", $"/groups/{other.Id}")).Applications);
        Assert.Equal(1, (await tenant.SentAsync<GroupResponse>("GET", $"/groups/{group.Id}")).Members);
        Assert.Equal((1, 1), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task An_inactive_member_takes_no_seat_through_a_group_until_activated()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var group = await NewGroupAsync(tenant, "Some");
        var member = await platform.MemberAsync(tenant);
        await tenant.SentAsync<UserResponse>("POST", $"/users/{member}/deactivate", "{}");
        await JoinAsync(tenant, group, member);
        await tenant.SentAsync<GroupResponse>("POST", $"/groups/{group.Id}/apps/tq/grant");

        var before = await platform.SeatsAsync(tenant);
        await tenant.SentAsync<UserResponse>("POST", $"/users/{member}/activate");
        var active = await platform.SeatsAsync(tenant);
        using var gone = await tenant.SendAsync("DELETE", $"/groups/{group.Id}");

        Assert.Equal(((0, 0), (1, 1)), (before, active));
        Assert.Equal(204, (int)gone.StatusCode);
        Assert.Equal((0, 0), await platform.SeatsAsync(tenant));
        Assert.Equal(409, (await tenant.RefusedAsync("DELETE", "/groups/3")).Status); // of the platform
    }

    [Fact]
    public async Task Concurrent_joins_leaves_grants_and_revokes_leave_one_seat_for_each_entitled_member()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: 4);
        var group = await NewGroupAsync(tenant, "Busy");
        await tenant.SentAsync<GroupResponse>("POST", $"/groups/{group.Id}/apps/tq/grant");
        var members = await platform.MembersAsync(tenant, 5);

        var outcomes = await SchedulingAnswers.AtOnceAsync(60, i => (i % 4) switch
        {
            0 => tenant.SendAsync("PUT", $"/groups/{group.Id}/members/{members[i % 5]}"),
            1 => tenant.GrantAsync(members[(i + 1) % 5]),
            2 => tenant.SendAsync("DELETE", $"/groups/{group.Id}/members/{members[(i + 2) % 5]}"),
            _ => tenant.SendAsync("POST", $"/users/{members[(i + 3) % 5]}/apps/tq/revoke"),
        });

        Assert.All(outcomes, o => Assert.True(o.Status is 200 or 201 or 404 or 409, $"{o}"));
        var (counter, rows) = await platform.SeatsAsync(tenant);
        Assert.Equal(rows, counter);
        Assert.True(counter <= 4);
        Assert.Equal(0, await platform.PlatformValueAsync<long>($"""
            select count(*) from memberships m
            where m.tenant_id_fk = {tenant.Id} and exists (
                    select from membership_roles h where h.membership_id_fk = m.id and h.role_id_fk = {group.Id})
                <> exists (
                    select from user_application_access g
                    where g.tenant_id_fk = m.tenant_id_fk and g.user_id_fk = m.user_id_fk and g.active
                        and (not g.direct or exists (
                            select from membership_roles h where h.membership_id_fk = m.id and h.role_id_fk = {group.Id})))
            """));
    }

    [Fact]
    public async Task Bulk_join_and_leave_apply_to_all_or_return_a_result_for_each_member()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: 2);
        var group = await NewGroupAsync(tenant, "Many");
        await tenant.SentAsync<GroupResponse>("POST", $"/groups/{group.Id}/apps/tq/grant");
        var members = await platform.MembersAsync(tenant, 3);
        await JoinAsync(tenant, group, members[0]);
        string All(string more = "") => $$"""{ "userIds": [{{string.Join(", ", members)}}, 1]{{more}} }""";

        using var whole = await tenant.SendAsync("POST", $"/groups/{group.Id}/members", All());
        var before = await platform.SeatsAsync(tenant);
        var joined = await tenant.SentAsync<List<GroupMemberItem>>(
            "POST", $"/groups/{group.Id}/members", All(""", "partial": true"""));
        var after = await platform.SeatsAsync(tenant);
        var left = await tenant.SentAsync<List<GroupMemberItem>>(
            "POST", $"/groups/{group.Id}/members/leave", All(""", "partial": true"""));

        Assert.Equal((409, Codes.SeatLimitReached, "userIds[2]"), await whole.RefusalAsync());
        Assert.Equal(members[2], (await whole.DocumentAsync()).GetProperty("userId").GetInt64());
        Assert.Equal(((1, 1), (2, 2)), (before, after));
        Assert.Equal(
            [
                new(members[0], GroupOutcomes.Unchanged), new(members[1], GroupOutcomes.Joined),
                new(members[2], GroupOutcomes.Refused, Codes.SeatLimitReached), new(1, GroupOutcomes.Refused, Codes.NotFound),
            ],
            joined);
        Assert.Equal(
            [
                new(members[0], GroupOutcomes.Left), new(members[1], GroupOutcomes.Left),
                new(members[2], GroupOutcomes.Unchanged), new(1, GroupOutcomes.Refused, Codes.NotFound),
            ],
            left);
        Assert.Equal((0, 0), await platform.SeatsAsync(tenant));
        var (_, plain) = await platform.PersonAsync(tenant);
        Assert.Equal((403, Codes.Forbidden), await plain.AnswerAsync("POST", $"/api/v1/groups/{group.Id}/members", All()));
        Assert.Equal(404, (await tenant.RefusedAsync("POST", "/groups/999/members", All())).Status);
    }

    [Fact]
    public async Task A_group_is_a_role_and_users_can_be_listed_by_it()
    {
        var tenant = await platform.NewCustomerAsync();
        var member = await platform.MemberAsync(tenant);
        var group = await NewGroupAsync(tenant, "Night shift");
        await JoinAsync(tenant, group, member);
        var (_, plain) = await platform.PersonAsync(tenant);

        var listed = await tenant.SentAsync<List<UserResponse>>("GET", $"/users?role={group.Slug}");
        var groups = await tenant.SentAsync<List<GroupResponse>>("GET", "/groups");
        var unlicensed = await tenant.RefusedAsync("POST", $"/groups/{group.Id}/apps/tq/grant");
        var nothing = await tenant.RefusedAsync("POST", $"/groups/{group.Id}/apps/none/grant");

        Assert.Equal([member], listed.Select(user => user.Id));
        Assert.Equal(["night_shift"], listed[0].Roles);
        Assert.Contains(groups, g => g.Slug == "tenant_admin" && g.System);
        Assert.DoesNotContain(groups, g => g.Slug == "super_admin");
        Assert.Equal((409, Codes.LicenseNotFound), (unlicensed.Status, unlicensed.Code));
        Assert.Equal((404, Codes.NotFound), (nothing.Status, nothing.Code));
        Assert.Equal((403, Codes.Forbidden), await plain.AnswerAsync("POST", $"/api/v1/groups/{group.Id}/apps/tq/grant"));
        Assert.Equal((403, Codes.Forbidden), await plain.AnswerAsync("PUT", $"/api/v1/groups/{group.Id}/members/{member}"));
    }

    private static Task<GroupResponse> NewGroupAsync(TestTenant tenant, string name) =>
        tenant.SentAsync<GroupResponse>("POST", "/groups", $$"""{ "name": "{{name}}" }""");

    private static Task<GroupResponse> JoinAsync(TestTenant tenant, GroupResponse group, long member) =>
        tenant.SentAsync<GroupResponse>("PUT", $"/groups/{group.Id}/members/{member}");

    private static async Task<List<(long, bool)>> GrantsAsync(TestTenant tenant) =>
    [
        .. (await tenant.SentAsync<List<GrantResponse>>("GET", "/apps/tq/grants"))
            .OrderBy(grant => grant.UserId).Select(grant => (grant.UserId, grant.Direct)),
    ];
}
