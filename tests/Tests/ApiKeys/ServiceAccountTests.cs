using Platform.Contracts;
using Platform.Contracts.ApiKeys;
using Platform.Contracts.People;
using Platform.Tests.People;
using Platform.Tests.Support;

namespace Platform.Tests.ApiKeys;

/// <summary>Service accounts and their keys: who may create them, and with which permissions.</summary>
public sealed class ServiceAccountTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_member_cannot_create_a_service_account_or_key_with_more_permissions_than_their_own()
    {
        var tenant = await platform.NewTenantAsync();
        var mighty = await tenant.ServiceAccountAsync(SystemRoles.TenantAdmin);
        var key = await tenant.KeyAsync(mighty.Id, Scopes.Licensing);
        var (_, keeper) = await platform.PersonAsync(
            tenant, "operations", Permissions.ApiKeysManage, Permissions.UsersRead);
        var (_, manager) = await platform.PersonAsync(tenant, "manager");
        var own = await tenant.RoleAsync("Own", Permissions.BookingsRead, Permissions.ApiKeysManage);
        const string Accounts = "/api/v1/service-accounts";

        var forbidden = new[]
        {
            await keeper.AnswerAsync("POST", Accounts, """{ "name": "X", "roles": ["manager"] }"""),
            await keeper.AnswerAsync("POST", $"{Accounts}/{mighty.Id}/keys", """{ "scopes": ["licensing"] }"""),
            await keeper.AnswerAsync("POST", $"{Accounts}/{mighty.Id}/keys/{key.Key.Id}/rotate", "{}"),
            await keeper.AnswerAsync("PATCH", $"{Accounts}/{mighty.Id}", """{ "roles": [] }"""),
            await tenant.Client.AnswerAsync("POST", Accounts, """{ "name": "X", "roles": ["super_admin"] }"""),
            await manager.AnswerAsync("GET", Accounts),
            await platform.Client().With(key.Secret, tenant.Id).AnswerAsync("GET", Accounts), // keys make no keys
            await platform.Client().With(key.Secret, tenant.Id).AnswerAsync(
                "POST", $"{Accounts}/{mighty.Id}/keys", """{ "scopes": ["licensing"] }"""),
        };

        Assert.All(forbidden, answer => Assert.Equal((403, Codes.Forbidden), answer));
        Assert.Equal(201, (await keeper.AnswerAsync("POST", Accounts, $$"""{ "name": "X", "roles": ["{{own.Slug}}"] }""")).Status);
        Assert.Equal(200, (await keeper.AnswerAsync("POST", $"{Accounts}/{mighty.Id}/keys/{key.Key.Id}/revoke")).Status);
    }

    [Theory]
    [InlineData("""{ "name": "X" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": " ", "roles": [] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "X", "roles": ["user", "user"] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "X", "roles": ["emperor"] }""", 422, Codes.UnknownRole)]
    [InlineData("""{ "name": "ROBOT", "roles": [] }""", 409, Codes.AlreadyExists)]
    public async Task A_bad_account_is_refused(string json, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        var refused = await tenant.RefusedAsync("POST", "/service-accounts", json);

        Assert.Equal((status, code), (refused.Status, refused.Code));
    }

    [Theory]
    [InlineData("""{ "scopes": [] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "scopes": ["scim", "scim"] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "scopes": ["platform"] }""", 422, Codes.UnknownScope)]
    [InlineData("""{ "scopes": ["scim"], "expiresAt": "2026-03-02T09:00:00Z" }""", 422, Codes.InvalidRange)]
    [InlineData("""{ "scopes": ["scim"], "expiresAt": "2026-03-03" }""", 400, Codes.ValidationFailed)]
    public async Task A_bad_key_is_refused(string json, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        var refused = await tenant.RefusedAsync("POST", $"/service-accounts/{tenant.ServiceAccountId}/keys", json);

        Assert.Equal((status, code), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Accounts_change_by_version_are_listed_and_end_with_their_keys()
    {
        var tenant = await platform.NewCustomerAsync();
        var account = await tenant.ServiceAccountAsync("user");
        var key = await tenant.KeyAsync(account.Id, Scopes.Licensing);

        var changed = await tenant.SentAsync<ServiceAccountResponse>(
            "PATCH", $"/service-accounts/{account.Id}", """{ "name": "Renamed", "roles": ["manager"] }""");
        var stale = await tenant.RefusedAsync("PATCH", $"/service-accounts/{account.Id}", """{ "name": "Z" }""", account.Version);
        using var deleted = await tenant.SendAsync("DELETE", $"/service-accounts/{account.Id}", version: changed.Version);
        var gone = await tenant.RefusedAsync("GET", $"/service-accounts/{account.Id}");
        var listed = await tenant.SentAsync<List<ServiceAccountResponse>>("GET", "/service-accounts");
        var again = await tenant.SentAsync<ServiceAccountResponse>("POST", "/service-accounts", """{ "name": "Renamed", "roles": [] }""");

        Assert.Equal(("Renamed", account.Version + 1), (changed.Name, changed.Version));
        Assert.Equal(["manager"], changed.Roles);
        Assert.Contains(Permissions.CatalogueWrite, changed.Permissions);
        Assert.Equal((412, Codes.VersionMismatch), (stale.Status, stale.Code));
        Assert.Equal((204, 404), ((int)deleted.StatusCode, gone.Status));
        Assert.Equal([tenant.ServiceAccountId], listed.Select(a => a.Id));
        Assert.NotEqual(account.Id, again.Id);
        Assert.Equal(
            "service_account.created,service_account.changed,service_account.deleted,service_account.created",
            await platform.AuditAsync(tenant, "service_account"));
        Assert.Equal("api_key.created", await platform.AuditAsync(tenant, "api_key"));
        Assert.Equal((401, Codes.Unauthenticated), await platform.Client().With(key.Secret, tenant.Id).AnswerAsync("GET", "/api/v1/me"));
    }
}
