using System.Net;
using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Tests.Identity.SingleSignOn;
using Platform.Tests.Identity.Support;
using Platform.Tests.SignIn;
using Platform.Tests.Support;

namespace Platform.Tests.People;

/// <summary>An API with an Identity that may call providers on this machine.</summary>
public sealed class PlatformWithProviders(IdentityFixture identity) : IAsyncLifetime
{
    public SingleSignOnApp Identity { get; } = new(identity);
    public PlatformFixture Platform { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Identity.InitializeAsync();
        Platform = new() { IdentityUrl = Identity.App.Issuer };
    }

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await Identity.DisposeAsync();
    }
}

/// <summary>Tenants' admins set up the provider of their people.</summary>
public sealed class IdentityProviderTests(PlatformWithProviders world) : IClassFixture<PlatformWithProviders>
{
    private const string Path = "/api/v1/identity-provider";
    private readonly PlatformFixture _platform = world.Platform;

    [Fact]
    public async Task An_admin_sets_verifies_and_deletes_the_provider_and_the_audit_has_it()
    {
        await using var provider = await TestProvider.StartAsync();
        var tenant = await _platform.NewCustomerAsync();

        using var none = await tenant.Client.GetAsync(Path);
        using var set = await tenant.Client.PutAsJsonAsync(Path, RequestOf(tenant, provider));
        var described = await set.DataAsync<IdentityProviderResponse>();
        await world.Identity.VerifyAsync(tenant.Id, described);
        using var verified = await tenant.Client.PostAsync(Path + "/verify", null);
        using var shown = await tenant.Client.GetAsync(Path);
        using var elsewhere = await (await _platform.NewCustomerAsync()).Client.GetAsync(Path);
        using var deleted = await tenant.Client.DeleteAsync(Path);
        using var after = await tenant.Client.GetAsync(Path);

        Assert.Equal((404, Codes.NotFound), await none.ProblemAsync());
        Assert.Equal((404, Codes.NotFound), await elsewhere.ProblemAsync());
        Assert.Equal((200, Codes.IdentityProviderUpdated), ((int)set.StatusCode, await set.SuccessAsync()));
        Assert.Equal($"{world.Identity.App.Issuer}/sso/{tenant.Id}", described.RedirectUri);
        Assert.Null(Assert.Single(described.Domains).VerifiedAt);
        Assert.NotNull(Assert.Single((await shown.DataAsync<IdentityProviderResponse>()).Domains).VerifiedAt);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (deleted.StatusCode, after.StatusCode));
        Assert.Equal("identity_provider.changed,identity_provider.deleted", await _platform.AuditAsync(tenant, "identity_provider"));
    }

    [Fact]
    public async Task A_purged_tenant_leaves_its_domains_to_others()
    {
        await using var provider = await TestProvider.StartAsync();
        var tenant = await _platform.NewTenantAsync();
        using var set = await tenant.Client.PutAsJsonAsync(Path, RequestOf(tenant, provider));
        await _platform.ExecutePlatformAsync(
            $"update tenants set status = 'offboarding', purge_at = '2026-01-01', updated_at = now() where id = {tenant.Id}");

        using var staff = _platform.Staff();
        using var purged = await staff.PostAsync($"/internal/api/v1/tenants/{tenant.Id}/purge", null);
        using var left = await world.Identity.SendAsync(HttpMethod.Get, tenant.Id, "", null);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (set.StatusCode, purged.StatusCode));
        Assert.Equal(HttpStatusCode.NotFound, left.StatusCode);
    }

    [Fact]
    public async Task A_provider_cannot_give_new_members_more_than_the_caller_has_or_unknown_roles()
    {
        await using var provider = await TestProvider.StartAsync();
        var tenant = await _platform.NewTenantAsync();
        var (_, keeper) = await _platform.PersonAsync(tenant, "operations", Permissions.UsersWrite);

        using var more = await keeper.PutAsJsonAsync(Path, RequestOf(tenant, provider) with { UserType = "admin" });
        using var staff = await tenant.Client.PutAsJsonAsync(Path, RequestOf(tenant, provider) with { Roles = [SystemRoles.SuperAdmin] });
        using var type = await tenant.Client.PutAsJsonAsync(Path, RequestOf(tenant, provider) with { UserType = "nobody" });
        using var role = await tenant.Client.PutAsJsonAsync(Path, RequestOf(tenant, provider) with { Roles = ["nothing"] });
        using var same = await keeper.PutAsJsonAsync(Path, RequestOf(tenant, provider));

        Assert.Equal((403, Codes.Forbidden), await more.ProblemAsync());
        Assert.Equal((403, Codes.Forbidden), await staff.ProblemAsync());
        Assert.Equal((422, Codes.UnknownUserType), await type.ProblemAsync());
        Assert.Equal((422, Codes.UnknownRole), await role.ProblemAsync());
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
    }

    [Fact]
    public async Task A_member_without_the_permission_cannot_read_or_change_the_provider()
    {
        var tenant = await _platform.NewTenantAsync();
        var (_, manager) = await _platform.PersonAsync(tenant, "manager");

        using var shown = await manager.GetAsync(Path);
        using var deleted = await manager.DeleteAsync(Path);

        Assert.Equal((403, Codes.Forbidden), await shown.ProblemAsync());
        Assert.Equal((403, Codes.Forbidden), await deleted.ProblemAsync());
    }

    [Fact]
    public async Task An_unusable_provider_is_refused_with_the_invalid_member()
    {
        await using var provider = await TestProvider.StartAsync();
        var tenant = await _platform.NewCustomerAsync();
        var good = RequestOf(tenant, provider);

        Assert.Equal((422, Codes.InvalidIdentityProvider, "issuer"), await RefusedAsync(good with { Issuer = "http://127.0.0.1:1" }));
        Assert.Equal((422, Codes.InvalidIdentityProvider, "clientSecret"), await RefusedAsync(good with { ClientSecret = null }));
        Assert.Equal((422, Codes.InvalidIdentityProvider, "domains"), await RefusedAsync(good with { Domains = ["localhost"] }));
        Assert.Equal((400, Codes.ValidationFailed, "domains"), await RefusedAsync(good with { Domains = [] }));
        Assert.Equal((400, Codes.ValidationFailed, "name"), await RefusedAsync(good with { Name = "a\u0000b" }));

        Task<(int Status, string? Code, string? Field)> RefusedAsync(IdentityProviderRequest request) =>
            tenant.RefusedAsync("PUT", "/identity-provider", System.Text.Json.JsonSerializer.Serialize(request, PlatformJson.Options));
    }

    [Fact]
    public async Task A_person_who_signed_in_there_becomes_a_member_once_and_keeps_their_roles()
    {
        var tenant = await _platform.NewTenantAsync();
        using var identity = _platform.ClientWith(null, staff: false, Scopes.PersonContext);
        var person = tenant.Id + 900_000;
        var path = $"/internal/api/v1/people/{person}/memberships";
        var request = new JoinTenantRequest(tenant.Id, $"ana@t{tenant.Id}.example", "Ana", "operations", ["user"]);

        using var first = await identity.PostAsJsonAsync(path, request);
        using var second = await identity.PostAsJsonAsync(path, request with { UserType = "admin" });
        using var nowhere = await identity.PostAsJsonAsync(path, request with { TenantId = 987_654_321 });
        using var unknown = await identity.PostAsJsonAsync(path.Replace($"{person}", $"{person + 1}"), request with { Email = "b@t.example", UserType = "none" });
        using var context = await identity.GetAsync($"/internal/api/v1/people/{person}/context");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (first.StatusCode, second.StatusCode));
        Assert.Equal((404, Codes.NotFound), await nowhere.ProblemAsync());
        Assert.Equal((422, Codes.UnknownUserType), await unknown.ProblemAsync());
        var member = Assert.Single((await context.DataAsync<PersonContext>()).Tenants);
        Assert.Equal((tenant.Id, "operations", "user"), (member.TenantId, member.UserType, Assert.Single(member.Roles)));
        Assert.Equal("membership.created", await _platform.AuditAsync(tenant, "membership"));
    }

    [Fact]
    public async Task Only_Identity_can_add_people_who_signed_in_as_members()
    {
        var tenant = await _platform.NewCustomerAsync();
        var request = new JoinTenantRequest(tenant.Id, "eve@t.example", "Eve", "admin");

        using var response = await tenant.Client.PostAsJsonAsync($"/internal/api/v1/people/{tenant.UserId}/memberships", request);

        Assert.Equal((403, Codes.Forbidden), await response.ProblemAsync());
    }

    private static IdentityProviderRequest RequestOf(TestTenant tenant, TestProvider provider) =>
        SingleSignOnApp.RequestOf(tenant.Id, provider.Issuer);
}
