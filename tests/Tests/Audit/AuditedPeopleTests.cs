using System.Text.Json;
using Platform.Contracts;
using Platform.Tests.People;
using Platform.Tests.Scim;
using Platform.Tests.Support;

namespace Platform.Tests.Audit;

/// <summary>
/// The routes of <see cref="AuditedRouteTests"/> that need Identity: each leaves its rows in a trail.
/// </summary>
[Collection(typeof(WithIdentity))]
public sealed class AuditedPeopleTests(InvitingPlatform world)
{
    private const string Scim = "application/scim+json";
    private readonly PlatformFixture _platform = world.Platform;

    /// <summary>All that are tried here.</summary>
    public static readonly string[] Routes =
    [
        "DELETE /api/v1/invitations/{id:long}", "DELETE /internal/api/v1/users/{id:long}/sessions",
        "DELETE /scim/v2/Groups/{id}", "DELETE /scim/v2/Users/{id}", "PATCH /internal/api/v1/users/{id:long}",
        "PATCH /scim/v2/Groups/{id}", "PATCH /scim/v2/Users/{id}", "POST /api/v1/invitations/{id:long}/resend",
        "POST /api/v1/me/invitations/{id:long}/accept", "POST /api/v1/me/invitations/{id:long}/decline", "POST /api/v1/users",
        "POST /internal/api/v1/invitations/{id:long}/accept", "POST /internal/api/v1/people/{id:long}/memberships",
        "POST /internal/api/v1/tenants/{id:long}/users", "POST /internal/api/v1/users",
        "POST /internal/api/v1/users/{id:long}/lock", "POST /internal/api/v1/users/{id:long}/unlock", "POST /scim/v2/Groups",
        "POST /scim/v2/Users", "PUT /internal/api/v1/people/{id:long}/profile", "PUT /scim/v2/Groups/{id}",
        "PUT /scim/v2/Users/{id}",
    ];

    [Fact]
    public async Task Every_route_that_needs_Identity_leaves_its_rows()
    {
        var tenant = await _platform.NewTenantAsync();
        var walk = new RouteWalk(_platform, tenant);

        await InvitationsAsync(walk);
        await PeopleAsync(walk, tenant);
        await AccountAsync(walk);
        await DirectoryAsync(walk, tenant);

        Assert.Equal(Routes, walk.Tried.Order(StringComparer.Ordinal));
    }

    private async Task InvitationsAsync(RouteWalk walk)
    {
        const string mine = "/api/v1/me/invitations/{id:long}";
        var elsewhere = await _platform.NewTenantAsync();
        using var uma = _platform.SignedIn(elsewhere, elsewhere.UserId);
        using var identity = _platform.ClientWith(null, staff: false, Scopes.PersonContext);
        using var known = await world.Identity.NewPersonAsync();
        var umas = $"uma@{elsewhere.Slug}.example";

        var gone = await InvitedAsync(walk, known.Email);
        await walk.AsMemberAsync("POST", "/invitations/{id:long}/resend", $"/invitations/{gone}/resend", "invitation.resent");
        await walk.AsMemberAsync("DELETE", "/invitations/{id:long}", $"/invitations/{gone}", "invitation.withdrawn");
        var declined = await InvitedAsync(walk, umas);
        await walk.AsAsync(uma, "POST", $"{mine}/decline", $"/api/v1/me/invitations/{declined}/decline", "invitation.declined");
        var accepted = await InvitedAsync(walk, umas);
        await walk.AsAsync(
            uma, "POST", $"{mine}/accept", $"/api/v1/me/invitations/{accepted}/accept", "membership.created,invitation.accepted");
        var linked = await InvitedAsync(walk, known.Email);
        await walk.AsAsync(
            identity, "POST", "/internal/api/v1/invitations/{id:long}/accept", $"/internal/api/v1/invitations/{linked}/accept",
            "user.created,membership.created,invitation.accepted",
            $$"""{ "userId": {{known.Id}}, "email": "{{known.Email}}", "name": "Paula Prova" }""");
    }

    private async Task PeopleAsync(RouteWalk walk, TestTenant tenant)
    {
        using var identity = _platform.ClientWith(null, staff: false, Scopes.PersonContext);
        using var known = await world.Identity.NewPersonAsync();

        var person = Id(await walk.AsStaffAsync(
            "POST", "/users", "/users", "user.created", $$"""{ "email": "{{NewEmail()}}", "name": "Pat" }"""));
        await walk.TwiceAsStaffAsync("PATCH", "/users/{id:long}", $"/users/{person}", "user.changed", """{ "name": "Pam" }""");
        await walk.AsStaffAsync(
            "POST", "/tenants/{id:long}/users", $"/tenants/{tenant.Id}/users", "user.created,user.invited",
            $$"""{ "email": "{{NewEmail()}}", "name": "Pia", "userType": "operations" }""");
        await walk.AsAsync(
            identity, "POST", "/internal/api/v1/people/{id:long}/memberships", $"/internal/api/v1/people/{known.Id}/memberships",
            "user.created,membership.created", $$"""
            { "tenantId": {{tenant.Id}}, "email": "{{known.Email}}", "name": "Paula Prova", "userType": "operations", "roles": [] }
            """);
        await walk.AsAsync(
            identity, "PUT", "/internal/api/v1/people/{id:long}/profile", $"/internal/api/v1/people/{known.Id}/profile",
            "user.profile_changed", $$"""{ "name": "Paula", "locale": "en", "email": "{{known.Email}}" }""");
    }

    private async Task AccountAsync(RouteWalk walk)
    {
        using var person = await world.Identity.NewPersonAsync();
        var path = $"/users/{person.Id}";
        const string reason = """{ "reason": "A stolen laptop" }""";

        await walk.AsStaffAsync("POST", "/users/{id:long}/lock", $"{path}/lock", "user.locked", reason);
        await walk.AsStaffAsync("POST", "/users/{id:long}/unlock", $"{path}/unlock", "user.unlocked", reason);
        await walk.AsStaffAsync("DELETE", "/users/{id:long}/sessions", $"{path}/sessions", "user.sessions_ended");
    }

    private async Task DirectoryAsync(RouteWalk walk, TestTenant tenant)
    {
        using var directory = await _platform.DirectoryAsync(tenant);
        var name = ScimCalls.NewName();

        var user = await SendAsync(
            "POST", "/Users", "/Users", "user.created,membership.created,membership.directory_changed", ScimCalls.Person(name));
        await SendAsync("PATCH", "/Users/{id}", $"/Users/{user}", "membership.directory_changed", ScimCalls.Patch(
            """{ "op": "Replace", "path": "name.familyName", "value": "Updated" }"""));
        await SendAsync("PUT", "/Users/{id}", $"/Users/{user}", "membership.directory_changed", ScimCalls.Person(name));
        var group = await SendAsync("POST", "/Groups", "/Groups", "role.created", $$"""
            { "schemas": ["{{ScimCalls.Group}}"], "displayName": "Reception" }
            """);
        await SendAsync("PATCH", "/Groups/{id}", $"/Groups/{group}", "role.changed", ScimCalls.Patch(
            """{ "op": "Replace", "path": "displayName", "value": "Front desk" }"""));
        await SendAsync("PUT", "/Groups/{id}", $"/Groups/{group}", "role.changed", $$"""
            { "schemas": ["{{ScimCalls.Group}}"], "displayName": "Lobby" }
            """);
        await SendAsync("DELETE", "/Groups/{id}", $"/Groups/{group}", "role.deleted");
        await SendAsync("DELETE", "/Users/{id}", $"/Users/{user}", "membership.removed");

        async Task<string?> SendAsync(string method, string route, string path, string actions, string? body = null)
        {
            var answer = await walk.AsAsync(
                directory, method, $"/scim/v2{route}", $"/scim/v2{path}", actions, body, Scim);
            return answer.TryGetProperty("id", out var id) ? id.GetString() : null;
        }
    }

    private static async Task<long> InvitedAsync(RouteWalk walk, string email) => Id(await walk.AsMemberAsync(
        "POST", "/users", "/users", "invitation.created",
        $$"""{ "email": "{{email}}", "name": "Nova Pessoa", "userType": "operations" }"""));

    private static string NewEmail() => $"p{Guid.CreateVersion7():n}@example.com";

    private static long Id(JsonElement made) => made.GetProperty("id").GetInt64();
}
