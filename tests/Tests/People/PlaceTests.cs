using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Tests.Identity.Support;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

/// <summary>People placed in tenants by staff are members at once.</summary>
[Collection(typeof(WithIdentity))]
public sealed class PlaceTests(InvitingPlatform world)
{
    private readonly PlatformFixture _platform = world.Platform;

    private static string NewEmail() => $"p{Guid.CreateVersion7():n}@example.com";

    private static string Body(string email, string userType = "operations", string more = "") =>
        $$"""{ "email": "{{email}}", "name": "Nova Pessoa", "userType": "{{userType}}"{{more}} }""";

    [Fact]
    public async Task A_person_placed_by_staff_has_an_account_and_is_a_member_at_once()
    {
        var tenant = await _platform.NewTenantAsync();
        var email = NewEmail();

        using var response = await _platform.StaffAsync(
            "POST", $"/tenants/{tenant.Id}/users", Body(email, "manager", """, "roles": ["helper", "user"], "locale": "en" """));
        var user = await response.DataAsync<UserResponse>();

        Assert.Equal((201, Codes.UserInvited), ((int)response.StatusCode, await response.SuccessAsync()));
        Assert.Equal(
            ($"/internal/api/v1/users/{user.Id}", "\"1\""),
            (response.Headers.Location!.ToString(), response.Headers.ETag!.Tag));
        Assert.Equal(("Nova Pessoa", email, "en", "manager", true, false), (user.Name, user.Email, user.Locale, user.UserType, user.Active, user.Blocked));
        Assert.Equal(["helper", "user"], user.Roles);
        Assert.Equal("user.invited", await _platform.AuditAsync(tenant, "membership"));
        Assert.Equal("membership.created 1", await _platform.EventsAsync(tenant, "membership"));
        Assert.Equal("user.invited 1", await _platform.EventsAsync(tenant, "user"));

        using var client = _platform.SignedIn(tenant, user.Id);
        using var me = await client.GetAsync("/api/v1/me");
        Assert.Equal(["helper", "user"], (await me.DataAsync<MeResponse>()).Roles);

        await using var scope = world.Identity.Services.CreateAsyncScope();
        var account = await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().FindByEmailAsync(email);
        Assert.Equal((user.Id, "en"), (account!.Id, account.Locale));

        var mail = Assert.Single(await world.Inviting.MailsAsync(email));
        Assert.Contains($"You have been invited to Tenant {tenant.Id}", mail, StringComparison.Ordinal);
        Assert.StartsWith($"{world.Identity.Issuer}/Account/Accept?token=", MailingIdentity.LinkIn(mail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staff_make_people_and_put_them_into_tenants()
    {
        var tenant = await _platform.NewTenantAsync();
        var email = NewEmail();
        var json = $$"""{ "email": "{{email}}", "name": "Nova Pessoa" }""";

        using var made = await _platform.StaffAsync("POST", "/users", json);
        using var known = await _platform.StaffAsync("POST", "/users", json);
        var person = await made.DataAsync<StaffUserResponse>();
        using var joined = await _platform.StaffAsync(
            "POST", $"/users/{person.Id}/tenants/{tenant.Id}", """{ "userType": "manager", "roles": ["user"] }""");
        using var same = await _platform.StaffAsync("POST", $"/users/{person.Id}/tenants/{tenant.Id}", """{ "userType": "manager" }""");
        var others = await _platform.StaffRefusedAsync("POST", $"/users/{person.Id}/tenants/{tenant.Id}", """{ "userType": "admin" }""");
        using var invited = await _platform.StaffAsync("POST", $"/tenants/{tenant.Id}/users", Body(email, "manager"));
        var nowhere = await _platform.StaffRefusedAsync("POST", "/tenants/999999999/users", Body(NewEmail()));

        Assert.Equal((201, 200), ((int)made.StatusCode, (int)known.StatusCode));
        Assert.Equal(($"/internal/api/v1/users/{person.Id}", "pt-BR"), (made.Headers.Location!.ToString(), person.Locale));
        Assert.Empty(person.Memberships);
        Assert.Equal((201, 200, 200), ((int)joined.StatusCode, (int)same.StatusCode, (int)invited.StatusCode));
        Assert.Equal((409, Codes.AlreadyExists), others);
        Assert.Equal((404, Codes.NotFound), nowhere);
        Assert.Equal("membership.created 1", await _platform.EventsAsync(tenant, "membership"));
        Assert.Equal(1, await _platform.PlatformValueAsync<long>(
            $"select count(*) from audit_log where tenant_id_fk is null and action = 'user.created' and target_id = {person.Id}"));
    }

    [Fact]
    public async Task Staff_make_roles_for_a_tenant_and_for_all()
    {
        var tenant = await _platform.NewTenantAsync();

        var own = await _platform.StaffAsync<RoleResponse>(
            "POST", "/roles", $$"""{ "name": "Own", "permissions": ["audit.read"], "tenantId": {{tenant.Id}} }""");
        var ofAll = await _platform.StaffAsync<RoleResponse>(
            "POST", "/roles", """{ "name": "All", "permissions": ["audit.read"] }""");
        var taken = await _platform.StaffRefusedAsync(
            "POST", "/roles", """{ "name": "Helper", "permissions": [] }""");
        var nowhere = await _platform.StaffRefusedAsync(
            "POST", "/roles", """{ "name": "X", "permissions": [], "tenantId": 999999999 }""");
        var listed = await _platform.StaffAsync<List<RoleResponse>>("GET", $"/roles?tenantId={tenant.Id}&limit=200");
        var seen = await tenant.SentAsync<List<RoleResponse>>("GET", "/roles?limit=200");

        Assert.Equal((tenant.Id, false, true), (own.TenantId!.Value, own.System, ofAll.System));
        Assert.Equal((409, Codes.AlreadyExists), taken); // tenants have roles of this name
        Assert.Equal((404, Codes.NotFound), nowhere);
        Assert.Equal(listed.Select(r => r.Id), seen.Select(r => r.Id));
        Assert.Contains(seen, r => r.Id == ofAll.Id);
        Assert.Equal((409, Codes.SystemRole), Outcome(await tenant.RefusedAsync("DELETE", $"/roles/{ofAll.Id}")));

        static (int, string?) Outcome((int Status, string? Code, string?) refused) => (refused.Status, refused.Code);
    }
}
