using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Tests.Bookings;
using Platform.Tests.Identity.Support;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

/// <summary>An API that has the real Identity beside it, and a mail server.</summary>
public sealed class InvitingPlatform(IdentityFixture identity) : IAsyncLifetime
{
    public MailingIdentity Inviting { get; } = new(identity);
    public IdentityApp Identity => Inviting.App;
    public PlatformFixture Platform { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Inviting.InitializeAsync();
        Platform = new() { IdentityUrl = Identity.Issuer };
    }

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await Inviting.DisposeAsync();
    }
}

/// <summary>The tests that need it share one, and so come one after the other.</summary>
[CollectionDefinition]
public sealed class WithIdentity : ICollectionFixture<InvitingPlatform>;

[Collection(typeof(WithIdentity))]
public sealed class InviteTests(InvitingPlatform world)
{
    private readonly PlatformFixture _platform = world.Platform;

    private static string NewEmail() => $"p{Guid.CreateVersion7():n}@example.com";

    private static string Body(string email, string userType = "operations", string more = "") =>
        $$"""{ "email": "{{email}}", "name": "Nova Pessoa", "userType": "{{userType}}"{{more}} }""";

    [Fact]
    public async Task Who_is_invited_has_an_account_and_is_a_member_at_once()
    {
        var tenant = await _platform.NewTenantAsync();
        var email = NewEmail();

        using var response = await tenant.SendAsync(
            "POST", "/users", Body(email, "manager", """, "roles": ["helper", "user"], "locale": "en" """));
        var user = await response.DataAsync<UserResponse>();

        Assert.Equal((201, Codes.UserInvited), ((int)response.StatusCode, await response.SuccessAsync()));
        Assert.Equal(
            ($"/api/v1/users/{user.Id}", "\"1\""),
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
    public async Task Inviting_again_answers_the_member_who_is_there_and_never_changes_them()
    {
        var tenant = await _platform.NewTenantAsync();
        var email = NewEmail();
        var first = await tenant.SentAsync<UserResponse>("POST", "/users", Body(email));

        using var again = await tenant.SendAsync("POST", "/users", Body(email.ToUpperInvariant()));
        using var other = await tenant.SendAsync("POST", "/users", Body(email, "manager"));
        using var roles = await tenant.SendAsync("POST", "/users", Body(email, more: """, "roles": ["user"]"""));

        Assert.Equal((200, first.Id), ((int)again.StatusCode, (await again.DataAsync<UserResponse>()).Id));
        Assert.Equal((409, Codes.AlreadyExists), await other.ProblemAsync());
        Assert.Equal(first.Id, (await other.DocumentAsync()).GetProperty("existingId").GetInt64());
        Assert.Equal((409, Codes.AlreadyExists), await roles.ProblemAsync());
        Assert.Equivalent(first, await tenant.UserAsync(first.Id), strict: true);
    }

    [Fact]
    public async Task Twelve_invitations_of_one_address_at_once_make_one_member()
    {
        var tenant = await _platform.NewTenantAsync();
        var email = NewEmail();

        var outcomes = await SchedulingAnswers.AtOnceAsync(12, _ => tenant.SendAsync("POST", "/users", Body(email)));

        Assert.Single(outcomes, o => o == (201, null));
        Assert.Equal(11, outcomes.Count(o => o == (200, null)));
        Assert.Equal(2, (await tenant.SentAsync<List<UserResponse>>("GET", "/users")).Count);
    }

    [Fact]
    public async Task A_member_of_two_tenants_is_one_person_and_neither_sees_the_other()
    {
        var (first, second) = (await _platform.NewTenantAsync(), await _platform.NewTenantAsync());
        var email = NewEmail();
        var role = await first.RoleAsync("Reception", Permissions.UsersRead);

        var one = await first.SentAsync<UserResponse>("POST", "/users", Body(email, "manager", $$""", "roles": ["{{role.Slug}}"]"""));
        using var two = await second.SendAsync(
            "POST", "/users", Body(email).Replace("Nova Pessoa", "Another name", StringComparison.Ordinal));
        var foreign = await second.RefusedAsync("POST", "/users", Body(NewEmail(), more: $$""", "roles": ["{{role.Slug}}"]"""));
        var seen = await two.DataAsync<UserResponse>();
        var staff = await _platform.StaffAsync<StaffUserResponse>("GET", $"/users/{one.Id}");

        Assert.Equal((201, one.Id), ((int)two.StatusCode, seen.Id));
        Assert.Equal(("Nova Pessoa", "operations"), (seen.Name, seen.UserType));
        Assert.Empty(seen.Roles);
        Assert.Equal((422, Codes.UnknownRole, "roles[0]"), foreign);
        Assert.Equal([(first.Id, "manager"), (second.Id, "operations")], staff.Memberships.Select(m => (m.TenantId, m.UserType)));

        await second.SentAsync<UserResponse>("POST", $"/users/{one.Id}/deactivate", "{}");
        Assert.Equal((true, false), ((await first.UserAsync(one.Id)).Active, (await second.UserAsync(one.Id)).Active));
    }

    [Theory]
    [InlineData("{}", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "no address", "name": "A", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a\u0001@b.example", "name": "A", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a\u0000@b.example", "name": "A", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": 7, "name": "A", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": " ", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A\nB", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": null, "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "roles": [null] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "roles": ["user", "user"] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "roles": "user" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "locale": "fr" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "tenantId": 1 }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "active": true }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "emperor" }""", 422, Codes.UnknownUserType)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "roles": ["emperor"] }""", 422, Codes.UnknownRole)]
    public async Task A_bad_invitation_is_refused(string json, int status, string code)
    {
        var tenant = await _platform.UntouchedTenantAsync();

        var refused = await tenant.RefusedAsync("POST", "/users", json);

        Assert.Equal((status, code), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Odd_people_are_people_too()
    {
        var tenant = await _platform.NewTenantAsync();
        var name = string.Concat(Enumerable.Repeat("🦜é", 60));

        var user = await tenant.SentAsync<UserResponse>("POST", "/users", $$"""
            { "email": "joão+{{Guid.CreateVersion7():n}}@exâmple.example", "name": "{{name}}", "userType": "operations" }
            """);
        var tooLong = await tenant.RefusedAsync("POST", "/users", Body($"{new string('x', 10_000)}@example.com"));

        Assert.Equal(name, user.Name);
        Assert.Equal((400, Codes.ValidationFailed, "email"), tooLong);
    }

    [Fact]
    public async Task Nobody_makes_of_others_what_they_are_not_themselves()
    {
        var tenant = await _platform.NewTenantAsync();
        var (_, helper) = await _platform.PersonAsync(tenant, "operations", Permissions.UsersWrite, Permissions.UsersRead);
        var (_, manager) = await _platform.PersonAsync(tenant, "manager");
        var mighty = await tenant.RoleAsync("Mighty", Permissions.SeatsWrite);

        Assert.Equal((201, null), await helper.AnswerAsync("POST", "/api/v1/users", Body(NewEmail())));
        Assert.Equal((403, Codes.Forbidden), await helper.AnswerAsync("POST", "/api/v1/users", Body(NewEmail(), "manager")));
        Assert.Equal((403, Codes.Forbidden), await helper.AnswerAsync("POST", "/api/v1/users", Body(NewEmail(), "admin")));
        Assert.Equal((403, Codes.Forbidden), await helper.AnswerAsync(
            "POST", "/api/v1/users", Body(NewEmail(), more: $$""", "roles": ["{{mighty.Slug}}"]""")));
        Assert.Equal((403, Codes.Forbidden), await manager.AnswerAsync("POST", "/api/v1/users", Body(NewEmail())));
        Assert.Equal((403, Codes.Forbidden), await tenant.Client.AnswerAsync(
            "POST", "/api/v1/users", Body(NewEmail(), "admin", """, "roles": ["super_admin"]""")));
        using var byStaff = await _platform.StaffAsync(
            "POST", $"/tenants/{tenant.Id}/users", Body(NewEmail(), "admin", """, "roles": ["super_admin"]"""));
        Assert.Equal(201, (int)byStaff.StatusCode);
    }

    [Fact]
    public async Task A_key_belongs_to_a_tenant_and_replays_its_answer()
    {
        var (first, second) = (await _platform.NewTenantAsync(), await _platform.NewTenantAsync());
        var (email, key) = (NewEmail(), $"{Guid.CreateVersion7():n}");
        await _platform.ExecutePlatformAsync($"""
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk) values ({second.Id}, {first.UserId}, 3)
            """);
        using var elsewhere = _platform.SignedIn(second, first.UserId);

        using var one = await first.SendAsync("POST", "/users", Body(email), key: key);
        using var again = await first.SendAsync("POST", "/users", Body(email), key: key);
        using var reused = await first.SendAsync("POST", "/users", Body(NewEmail()), key: key);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/users")
        {
            Content = new StringContent(Body(NewEmail()), System.Text.Encoding.UTF8, "application/json"),
            Headers = { { Headers.IdempotencyKey, key } },
        };
        using var other = await elsewhere.SendAsync(request);

        Assert.Equal((201, 201, "true"), ((int)one.StatusCode, (int)again.StatusCode, again.Headers.GetValues("Idempotency-Replayed").Single()));
        Assert.Equal((422, Codes.IdempotencyKeyReused), await reused.ProblemAsync());
        Assert.Equal(201, (int)other.StatusCode);
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
