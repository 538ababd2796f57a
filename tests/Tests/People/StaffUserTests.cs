using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

[Collection(typeof(WithIdentity))]
public sealed class StaffUserTests(InvitingPlatform world)
{
    private readonly PlatformFixture _platform = world.Platform;

    [Fact]
    public async Task Staff_find_people_of_every_tenant_with_their_memberships()
    {
        var (first, second) = (await _platform.NewTenantAsync(), await _platform.NewTenantAsync());
        var member = await _platform.MemberAsync(first, "manager");
        await _platform.ExecutePlatformAsync($"""
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk, active) values ({second.Id}, {member}, 1, false)
            """);

        var byEmail = await _platform.StaffAsync<List<StaffUserResponse>>("GET", $"/users?q=M{member}@");
        var ofSecond = await _platform.StaffAsync<List<StaffUserResponse>>("GET", $"/users?tenantId={second.Id}&limit=1");
        var inactive = await _platform.StaffAsync<List<StaffUserResponse>>("GET", $"/users?q=Member {member}&active=false");
        var one = await _platform.StaffAsync<StaffUserResponse>("GET", $"/users/{member}");
        var members = await _platform.StaffAsync<List<UserResponse>>("GET", $"/tenants/{first.Id}/users");

        Assert.Equal([(first.Id, "manager", true), (second.Id, "operations", false)],
            Assert.Single(byEmail).Memberships.Select(m => (m.TenantId, m.UserType, m.Active)));
        Assert.Equal([second.UserId], ofSecond.Select(u => u.Id));
        Assert.Empty(inactive);
        Assert.Equivalent(byEmail[0], one, strict: true);
        Assert.Equal([first.UserId, member], members.Select(u => u.Id));
        Assert.Equal((404, Codes.NotFound), await _platform.StaffRefusedAsync("GET", "/users/999999999"));
        Assert.Equal((404, Codes.NotFound), await _platform.StaffRefusedAsync("GET", "/tenants/999999999/users"));
    }

    [Fact]
    public async Task A_person_deactivated_by_staff_is_denied_at_once_in_every_tenant_and_keeps_seats()
    {
        var (first, second) = (await _platform.NewTenantAsync(), await _platform.NewTenantAsync());
        var member = await _platform.MemberAsync(first);
        await _platform.ExecutePlatformAsync($"""
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk) values ({second.Id}, {member}, 3)
            """);
        await _platform.LicenseAsync(first);
        await first.GrantedAsync(member);
        using var inFirst = _platform.SignedIn(first, member);
        using var inSecond = _platform.SignedIn(second, member);
        Assert.Equal((200, null), await inFirst.AnswerAsync("GET", "/api/v1/me"));
        Assert.Equal((200, null), await inSecond.AnswerAsync("GET", "/api/v1/me"));
        Assert.True((await first.CheckAsync(member)).Allowed);

        var denied = await _platform.StaffAsync<StaffUserResponse>("PATCH", $"/users/{member}", """{ "active": false }""");

        Assert.Equal((false, 2L), (denied.Active, denied.Version));
        Assert.Equal((403, Codes.UserInactive), await inFirst.AnswerAsync("GET", "/api/v1/me"));
        Assert.Equal((403, Codes.UserInactive), await inSecond.AnswerAsync("GET", "/api/v1/me"));
        Assert.Equal(Codes.UserInactive, (await first.CheckAsync(member)).Reason);
        Assert.Equal((1, 1), await _platform.SeatsAsync(first));
        Assert.Equal((true, true), ((await first.UserAsync(member)).Active, (await first.UserAsync(member)).Blocked));
        Assert.Equal("person.deactivated 2", await _platform.EventsAsync(second, "person"));

        await _platform.StaffAsync<StaffUserResponse>("PATCH", $"/users/{member}", """{ "active": true }""");

        Assert.Equal((200, null), await inFirst.AnswerAsync("GET", "/api/v1/me"));
        Assert.Equal("person.deactivated,person.activated", await _platform.AuditAsync(first, "user"));
    }

    [Fact]
    public async Task A_reactivated_person_gets_the_seats_of_their_groups_where_seats_are_free()
    {
        var (first, full) = (await _platform.NewCustomerAsync(), await _platform.NewCustomerAsync());
        var member = await _platform.MemberAsync(first);
        await _platform.ExecutePlatformAsync($"""
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk) values ({full.Id}, {member}, 1)
            """);
        await _platform.StaffAsync<StaffUserResponse>("PATCH", $"/users/{member}", """{ "active": false }""");
        foreach (var (tenant, seats) in ((TestTenant, int)[])[(first, 1), (full, 0)])
        {
            await _platform.LicenseAsync(tenant, limit: seats);
            var group = await tenant.SentAsync<GroupResponse>("POST", "/groups", """{ "name": "Night" }""");
            await tenant.SentAsync<GroupResponse>("PUT", $"/groups/{group.Id}/members/{member}");
            await tenant.SentAsync<GroupResponse>("POST", $"/groups/{group.Id}/apps/tq/grant");
        }

        var before = await _platform.SeatsAsync(first);
        var person = await _platform.StaffAsync<StaffUserResponse>("PATCH", $"/users/{member}", """{ "active": true }""");

        Assert.True(person.Active);
        Assert.Equal((0, 0), before);
        Assert.Equal((1, 1), await _platform.SeatsAsync(first));
        Assert.Equal((0, 0), await _platform.SeatsAsync(full));
    }

    [Fact]
    public async Task A_person_changes_and_nothing_personal_is_in_the_audit()
    {
        var tenant = await _platform.NewTenantAsync();
        var member = await _platform.MemberAsync(tenant);

        var changed = await _platform.StaffAsync<StaffUserResponse>(
            "PATCH", $"/users/{member}", """{ "name": "Secret Name", "locale": "pt-BR" }""");
        var same = await _platform.StaffAsync<StaffUserResponse>("PATCH", $"/users/{member}", """{ "name": "Secret Name" }""");

        Assert.Equal(("Secret Name", "pt-BR", 2L), (changed.Name, changed.Locale, changed.Version));
        Assert.Equal(2, same.Version);
        Assert.Equal((412, Codes.VersionMismatch), await _platform.StaffRefusedAsync("PATCH", $"/users/{member}", """{ "name": "X" }""", 1));
        Assert.Equal((1L, 0L), (
            await _platform.PlatformValueAsync<long>($"select count(*) from audit_log where target_type = 'user' and target_id = {member}"),
            await _platform.PlatformValueAsync<long>("select count(*) from audit_log where after::text like '%Secret%'")));
    }

    [Theory]
    [InlineData("""{ "name": null }""")]
    [InlineData("""{ "name": "  " }""")]
    [InlineData("""{ "name": "A\u0000" }""")]
    [InlineData("""{ "locale": "fr" }""")]
    [InlineData("""{ "active": "false" }""")]
    [InlineData("""{ "email": "a@b.example" }""")]
    [InlineData("""{ "id": 1 }""")]
    public async Task A_bad_change_of_a_person_is_refused(string json) =>
        Assert.Equal((400, Codes.ValidationFailed), await _platform.StaffRefusedAsync("PATCH", "/users/12", json));

    [Fact]
    public async Task Staff_change_and_end_memberships_and_may_leave_a_tenant_without_an_admin()
    {
        var tenant = await _platform.NewTenantAsync();
        await _platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        var path = $"/users/{tenant.UserId}/tenants/{tenant.Id}";

        var changed = await _platform.StaffAsync<UserMembership>("PATCH", path, """{ "userType": "manager", "roles": ["helper"] }""");
        var role = await _platform.StaffAsync<UserMembership>(
            "POST", $"/users/{tenant.UserId}/roles/1", $$"""{ "tenantId": {{tenant.Id}} }""");
        var again = await _platform.StaffAsync<UserMembership>(
            "POST", $"/users/{tenant.UserId}/roles/1", $$"""{ "tenantId": {{tenant.Id}} }""");
        var ended = await _platform.StaffAsync<UserMembership>("DELETE", path);
        var kept = await _platform.SeatsAsync(tenant);
        var freed = await _platform.StaffAsync<UserMembership>("DELETE", $"{path}?revokeSeats=true");

        Assert.Equal("manager", changed.UserType);
        Assert.Equal(["helper", "super_admin"], role.Roles);
        Assert.Equal(role.Version, again.Version);
        Assert.Equal((false, ended.Version), (ended.Active, freed.Version));
        Assert.Equal(((1, 1), (0, 0)), (kept, await _platform.SeatsAsync(tenant)));
        Assert.Equal((403, Codes.UserInactive), await tenant.Client.AnswerAsync("GET", "/api/v1/me"));
    }

    [Fact]
    public async Task Unknown_people_tenants_and_memberships_return_404()
    {
        var (mine, other) = (await _platform.UntouchedTenantAsync(), await _platform.UntouchedTenantAsync(1));
        const string terms = """{ "userType": "operations" }""";

        foreach (var (method, path, json) in (IEnumerable<(string, string, string?)>)
        [
            ("PATCH", $"/users/{mine.UserId}/tenants/{other.Id}", "{}"),
            ("DELETE", $"/users/{mine.UserId}/tenants/{other.Id}", null),
            ("POST", $"/users/{mine.UserId}/tenants/999999999", terms),
            ("POST", $"/users/999999999/tenants/{mine.Id}", terms),
            ("POST", $"/users/{mine.UserId}/roles/{other.RoleId}", $$"""{ "tenantId": {{mine.Id}} }"""),
            ("POST", $"/users/{mine.UserId}/roles/4", $$"""{ "tenantId": {{other.Id}} }"""),
        ])
        {
            Assert.Equal((404, Codes.NotFound), await _platform.StaffRefusedAsync(method, path, json));
        }
    }

    [Fact]
    public async Task Deactivated_staff_are_denied_at_once()
    {
        var tenant = await _platform.NewTenantAsync();
        var person = await _platform.MemberAsync(tenant);
        using var colleague = _platform.ClientWith(person, staff: true, Scopes.Platform, Scopes.Licensing);
        Assert.Equal((200, null), await colleague.AnswerAsync("GET", "/internal/api/v1/user-types"));

        await _platform.StaffAsync<StaffUserResponse>("PATCH", $"/users/{person}", """{ "active": false }""");

        Assert.Equal((403, Codes.UserInactive), await colleague.AnswerAsync("GET", "/internal/api/v1/user-types"));
        Assert.Equal((403, Codes.UserInactive), await colleague.AnswerAsync("GET", $"/internal/api/v1/entitlements?tenantId={tenant.Id}"));
        colleague.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        Assert.Equal((403, Codes.UserInactive), await colleague.AnswerAsync("GET", "/api/v1/entitlements"));
    }
}
