using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Tests.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

public sealed class RoleTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_tenant_has_the_roles_of_the_platform_and_its_own()
    {
        var tenant = await platform.NewTenantAsync();
        var made = await tenant.RoleAsync("Recepção & Caixa", Permissions.UsersRead, Permissions.ClientsManage);

        var roles = await tenant.SentAsync<List<RoleResponse>>("GET", "/roles");

        Assert.Equal(["super_admin", "tenant_admin", "manager", "user", "recepcao_caixa", "helper"], roles.Select(r => r.Slug));
        Assert.Equal([Permissions.ClientsManage, Permissions.UsersRead], made.Permissions);
        Assert.Equal((tenant.Id, false), (made.TenantId!.Value, made.System));
        Assert.Equal(Permissions.All, roles.Single(r => r.Slug == "tenant_admin").Permissions);
        Assert.DoesNotContain(Permissions.UsersWrite, roles.Single(r => r.Slug == "manager").Permissions);
    }

    [Fact]
    public async Task A_role_permits_from_the_moment_it_is_given_until_it_is_changed()
    {
        var tenant = await platform.NewTenantAsync();
        var role = await tenant.RoleAsync("Keeper", Permissions.CatalogueWrite);
        var (member, client) = await platform.PersonAsync(tenant);
        const string category = """{ "name": "Rooms" }""";

        var before = await client.AnswerAsync("POST", "/api/v1/categories", category);
        await tenant.SentAsync<UserResponse>("PATCH", $"/users/{member}", """{ "roles": ["keeper"] }""");
        var given = await client.AnswerAsync("POST", "/api/v1/categories", category);
        var settings = await client.AnswerAsync("PATCH", "/api/v1/settings", """{ "weekStart": "sunday" }""");
        using var me = await client.GetAsync("/api/v1/me");
        await tenant.SentAsync<RoleResponse>("PATCH", $"/roles/{role.Id}", """{ "permissions": ["settings.write"] }""");
        var changed = await client.AnswerAsync("POST", "/api/v1/categories", category);
        var settingsThen = await client.AnswerAsync("PATCH", "/api/v1/settings", """{ "weekStart": "sunday" }""");

        Assert.Equal((403, Codes.Forbidden), before);
        Assert.Equal((201, null), given);
        Assert.Equal((403, Codes.Forbidden), settings);
        Assert.Contains(Permissions.CatalogueWrite, (await me.DataAsync<MeResponse>()).Permissions);
        Assert.Equal((403, Codes.Forbidden), changed);
        Assert.Equal((200, null), settingsThen);
    }

    [Theory]
    [InlineData(Permissions.SeatsWrite, "GET", "/api/v1/apps/tq/grants")]
    [InlineData(Permissions.ClientsManage, "GET", "/api/v1/clients/1/export")]
    [InlineData(Permissions.BookingsImport, "POST", "/api/v1/bookings/import")]
    [InlineData(Permissions.BookingsCorrect, "POST", "/api/v1/bookings/1/cancel", """{ "correct": true }""")]
    [InlineData(Permissions.UsersRead, "GET", "/api/v1/users")]
    [InlineData(Permissions.UsersWrite, "POST", "/api/v1/users/1/activate")]
    [InlineData(Permissions.RolesWrite, "DELETE", "/api/v1/roles/1")]
    public async Task Each_permission_opens_its_routes(string permission, string method, string path, string? body = null)
    {
        var tenant = await platform.NewTenantAsync();
        var (_, without) = await platform.PersonAsync(tenant);
        var (_, with) = await platform.PersonAsync(tenant, "operations", permission);

        Assert.Equal((403, Codes.Forbidden), await without.AnswerAsync(method, path, body));
        Assert.NotEqual(403, (await with.AnswerAsync(method, path, body)).Status);
    }

    [Theory]
    [InlineData("""{ "name": "X" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "X", "permissions": null }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "X", "permissions": [null] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "", "permissions": [] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "X\u0000", "permissions": [] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "X", "permissions": ["users.read", "users.read"] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "X", "slug": "No Slug", "permissions": [] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "X", "tenantId": 1, "permissions": [] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "X", "system": true, "permissions": [] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "X", "permissions": ["users.read", "world.rule"] }""", 422, Codes.UnknownPermission)]
    [InlineData("""{ "name": "Helper", "permissions": [] }""", 409, Codes.AlreadyExists)]
    [InlineData("""{ "name": "X", "slug": "tenant_admin", "permissions": [] }""", 409, Codes.AlreadyExists)]
    public async Task An_invalid_role_is_refused(string json, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        var refused = await tenant.RefusedAsync("POST", "/roles", json);

        Assert.Equal((status, code), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Roles_of_the_platform_cannot_be_changed_and_those_of_another_tenant_return_404()
    {
        var (mine, other) = (await platform.UntouchedTenantAsync(), await platform.UntouchedTenantAsync(1));

        foreach (var id in Enumerable.Range(1, 4))
        {
            Assert.Equal(409, (await mine.RefusedAsync("PATCH", $"/roles/{id}", """{ "name": "Mine" }""")).Status);
            Assert.Equal(Codes.SystemRole, (await mine.RefusedAsync("DELETE", $"/roles/{id}")).Code);
        }

        foreach (var id in (long[])[other.RoleId, 0, long.MaxValue])
        {
            Assert.Equal(404, (await mine.RefusedAsync("PATCH", $"/roles/{id}", """{ "name": "Mine" }""")).Status);
            Assert.Equal(404, (await mine.RefusedAsync("DELETE", $"/roles/{id}")).Status);
        }
    }

    [Fact]
    public async Task A_role_can_be_deleted_once_no_member_has_it()
    {
        var tenant = await platform.NewTenantAsync();
        var member = await platform.MemberAsync(tenant);
        await tenant.SentAsync<UserResponse>("PATCH", $"/users/{member}", """{ "roles": ["helper"] }""");
        await tenant.SentAsync<UserResponse>("POST", $"/users/{member}/deactivate");
        var path = $"/roles/{tenant.RoleId}";

        var inUse = await tenant.RefusedAsync("DELETE", path);
        await tenant.SentAsync<UserResponse>("PATCH", $"/users/{member}", """{ "roles": [] }""");
        var renamed = await tenant.SentAsync<RoleResponse>("PATCH", path, """{ "name": "Another" }""");
        var stale = await tenant.RefusedAsync("DELETE", path, version: 1);
        using var gone = await tenant.SendAsync("DELETE", path, version: renamed.Version);

        Assert.Equal((409, Codes.RoleInUse), (inUse.Status, inUse.Code));
        Assert.Equal(("Another", "helper"), (renamed.Name, renamed.Slug));
        Assert.Equal(412, stale.Status);
        Assert.Equal(204, (int)gone.StatusCode);
        Assert.Equal(404, (await tenant.RefusedAsync("DELETE", path)).Status);
        Assert.Equal("role.changed 2,role.deleted 3", await platform.EventsAsync(tenant, "role"));
        Assert.Equal("role.changed,role.deleted", await platform.AuditAsync(tenant, "role"));
    }

    [Fact]
    public async Task A_role_deleted_while_it_is_assigned_is_either_assigned_or_deleted()
    {
        var tenant = await platform.NewTenantAsync();
        var member = await platform.MemberAsync(tenant);
        for (var round = 0; round < 6; round++)
        {
            var role = await tenant.RoleAsync($"Round {round}");
            var outcomes = await SchedulingAnswers.AtOnceAsync(2, i => i == 0
                ? tenant.SendAsync("DELETE", $"/roles/{role.Id}")
                : tenant.SendAsync("PATCH", $"/users/{member}", $$"""{ "roles": ["{{role.Slug}}"] }"""));

            Assert.True(
                outcomes is [(204, null), (422, Codes.UnknownRole)] or [(409, Codes.RoleInUse), (200, null)],
                string.Join(' ', outcomes));
        }
    }

    [Fact]
    public async Task Six_concurrent_roles_with_one_name_create_one()
    {
        var tenant = await platform.NewTenantAsync();

        var outcomes = await SchedulingAnswers.AtOnceAsync(
            6, _ => tenant.SendAsync("POST", "/roles", """{ "name": "日本", "permissions": [] }"""));

        Assert.Single(outcomes, o => o.Status == 201);
        Assert.Equal(5, outcomes.Count(o => o == (409, Codes.AlreadyExists)));
    }

    [Fact]
    public async Task A_member_cannot_create_a_role_with_more_permissions_than_their_own()
    {
        var tenant = await platform.NewTenantAsync();
        var mighty = await tenant.RoleAsync("Mighty", Permissions.SeatsWrite);
        var (_, client) = await platform.PersonAsync(tenant, "operations", Permissions.RolesWrite, Permissions.UsersRead);

        Assert.Equal((201, null), await client.AnswerAsync("POST", "/api/v1/roles", """{ "name": "Mine", "permissions": ["users.read"] }"""));
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync(
            "POST", "/api/v1/roles", """{ "name": "More", "permissions": ["seats.write"] }"""));
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync(
            "PATCH", $"/api/v1/roles/{tenant.RoleId}", """{ "permissions": ["users.write"] }"""));
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync(
            "PATCH", $"/api/v1/roles/{mighty.Id}", """{ "permissions": [] }"""));
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync("DELETE", $"/api/v1/roles/{mighty.Id}"));
    }
}
