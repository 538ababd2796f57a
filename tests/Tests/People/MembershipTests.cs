using System.Net.Http.Json;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

public sealed class MembershipTests(PlatformFixture platform)
{
    [Fact]
    public async Task The_people_of_a_tenant_are_found_by_the_beginning_of_name_or_address_page_by_page()
    {
        var tenant = await platform.NewTenantAsync();
        var ids = await platform.MembersAsync(tenant, 5);
        await platform.ExecutePlatformAsync($"""
            update users set name = 'ÉVA %', email = 'eva@{tenant.Slug}.example' where id = {ids[0]};
            update memberships set active = false where user_id_fk = {ids[1]};
            """);

        Assert.Equal([ids[0]], await FoundAsync(tenant, "q=éva %25"));
        Assert.Equal([ids[0]], await FoundAsync(tenant, "q=EVA@t"));
        Assert.Equal([ids[2]], await FoundAsync(tenant, $"q=m{ids[2]}@"));
        Assert.Empty(await FoundAsync(tenant, "q=%25"));
        Assert.Equal([ids[1]], await FoundAsync(tenant, "active=false"));
        Assert.Equal([tenant.UserId, ids[0], ids[2], ids[3], ids[4]], await FoundAsync(tenant, "active=true"));
        Assert.Equal([tenant.UserId, .. ids], await FoundAsync(tenant, ""));

        List<long> paged = [];
        for (var cursor = ""; cursor is not null;)
        {
            using var response = await tenant.SendAsync("GET", $"/users?limit=2{cursor}");
            var document = await response.DocumentAsync();
            paged.AddRange(document.GetProperty("data").EnumerateArray().Select(u => u.GetProperty("id").GetInt64()));
            var next = document.GetProperty("meta").GetProperty("page").GetProperty("next").GetString();
            cursor = next is null ? null : $"&cursor={next}";
        }

        Assert.Equal([tenant.UserId, .. ids], paged);
        var leafed = await LeafedAsync(tenant, "active=true&page=2&size=3");
        var found = await LeafedAsync(tenant, $"q=m{ids[2]}@&page=1");
        Assert.Equal([ids[3], ids[4]], leafed.Data.Select(u => u.Id));
        Assert.Equal((5, 1), (leafed.Meta.Page!.Total, found.Meta.Page!.Total));
        Assert.Equal(400, (await tenant.RefusedAsync("GET", "/users?limit=0")).Status);
        Assert.Equal(400, (await tenant.RefusedAsync("GET", "/users?cursor=nonsense!")).Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public async Task A_list_of_any_length_takes_one_statement_for_a_tenant_and_two_for_staff(int members)
    {
        var tenant = await platform.NewTenantAsync();
        await platform.ExecutePlatformAsync($"""
            insert into users (id, name, email, locale)
            select {tenant.Id} * 1000000::bigint + n, 'Many', n || '@many-{tenant.Slug}.example', 'en' from generate_series(1, {members}) n;
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk)
            select {tenant.Id}, {tenant.Id} * 1000000::bigint + n, 1 from generate_series(1, {members}) n;
            insert into membership_roles (membership_id_fk, role_id_fk, tenant_id_fk)
            select m.id, r, {tenant.Id} from memberships m, generate_series(3, 4) r
            where m.tenant_id_fk = {tenant.Id} and m.user_id_fk > {tenant.Id} * 1000000::bigint;
            """);
        using var staff = platform.Staff();

        var ofTenant = await SelectsAsync(tenant.Client, "/api/v1/users", members + 1);
        var ofStaff = await SelectsAsync(staff, $"/internal/api/v1/users?tenantId={tenant.Id}", members + 1);

        Assert.Equal((1, 2), (ofTenant, ofStaff));
    }

    [Fact]
    public async Task Type_and_roles_change_and_what_is_the_same_leaves_no_trace()
    {
        var tenant = await platform.NewTenantAsync();
        var member = await platform.MemberAsync(tenant);
        var before = await tenant.UserAsync(member);

        var changed = await tenant.SentAsync<UserResponse>(
            "PATCH", $"/users/{member}", """{ "userType": "manager", "roles": ["user", "helper"] }""");
        var same = await tenant.SentAsync<UserResponse>(
            "PATCH", $"/users/{member}", """{ "userType": "manager", "roles": ["helper", "user"] }""");
        var without = await tenant.SentAsync<UserResponse>("PATCH", $"/users/{member}", """{ "roles": [] }""");
        var stale = await tenant.RefusedAsync("PATCH", $"/users/{member}", """{ "roles": ["user"] }""", before.Version);

        Assert.Equal(("manager", before.Version + 1), (changed.UserType, changed.Version));
        Assert.Equal(["helper", "user"], changed.Roles);
        Assert.Equal(changed.Version, same.Version);
        Assert.Empty(without.Roles);
        Assert.Equal((412, Codes.VersionMismatch), (stale.Status, stale.Code));
        Assert.Equal("membership.changed,membership.changed", await platform.AuditAsync(tenant, "membership"));
        Assert.Equal("membership.changed 2,membership.changed 3", await platform.EventsAsync(tenant, "membership"));
        Assert.DoesNotContain("Member", await platform.PlatformValueAsync<string>(
            $"select string_agg(coalesce(before::text, '') || after::text, '') from audit_log where tenant_id_fk = {tenant.Id}"));
    }

    [Theory]
    [InlineData("""{ "userType": null }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "roles": null }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "roles": [null] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "roles": [1] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "roles": ["user", "user"] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "Another" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "active": false }""", 400, Codes.ValidationFailed)]
    [InlineData("[]", 400, Codes.ValidationFailed)]
    [InlineData("""{ "userType": "emperor" }""", 422, Codes.UnknownUserType)]
    [InlineData("""{ "roles": ["user", "emperor"] }""", 422, Codes.UnknownRole)]
    [InlineData("""{ "roles": ["super_admin"] }""", 403, Codes.Forbidden)]
    public async Task An_invalid_change_of_a_member_is_refused(string json, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        var refused = await tenant.RefusedAsync("PATCH", $"/users/{tenant.UserId}", json);

        Assert.Equal((status, code), (refused.Status, refused.Code));
    }

    [Theory]
    [InlineData("GET", "", null)]
    [InlineData("PATCH", "", "{}")]
    [InlineData("POST", "/activate", null)]
    [InlineData("POST", "/deactivate", "{}")]
    public async Task A_person_of_another_tenant_returns_404(string method, string action, string? json)
    {
        var (mine, other) = (await platform.UntouchedTenantAsync(), await platform.UntouchedTenantAsync(1));

        foreach (var id in (long[])[other.UserId, 0, -1, long.MaxValue])
        {
            var refused = await mine.RefusedAsync(method, $"/users/{id}{action}", json);
            Assert.Equal((404, Codes.NotFound), (refused.Status, refused.Code));
        }

        Assert.True((await other.UserAsync(other.UserId)).Active);
    }

    [Fact]
    public async Task Managers_may_look_and_only_admins_may_change()
    {
        var tenant = await platform.NewTenantAsync();
        var member = await platform.MemberAsync(tenant);
        var (_, operations) = await platform.PersonAsync(tenant);
        var (_, manager) = await platform.PersonAsync(tenant, "manager");

        foreach (var path in (string[])["/api/v1/users", $"/api/v1/users/{member}", "/api/v1/roles"])
        {
            Assert.Equal((403, Codes.Forbidden), await operations.AnswerAsync("GET", path));
            Assert.Equal((200, null), await manager.AnswerAsync("GET", path));
        }

        Assert.Equal((403, Codes.Forbidden), await manager.AnswerAsync("PATCH", $"/api/v1/users/{member}", "{}"));
        Assert.Equal((403, Codes.Forbidden), await manager.AnswerAsync("POST", $"/api/v1/users/{member}/deactivate"));
        Assert.Equal((403, Codes.Forbidden), await manager.AnswerAsync(
            "POST", "/api/v1/roles", """{ "name": "X", "permissions": [] }"""));
    }

    [Fact]
    public async Task A_deactivated_member_is_denied_at_once_and_keeps_the_seat()
    {
        var tenant = await platform.NewTenantAsync();
        await platform.LicenseAsync(tenant);
        var (member, client) = await platform.PersonAsync(tenant);
        await tenant.GrantedAsync(member);
        Assert.True((await tenant.CheckAsync(member)).Allowed);
        Assert.Equal((200, null), await client.AnswerAsync("GET", "/api/v1/me")); // and it is remembered

        var gone = await tenant.SentAsync<UserResponse>("POST", $"/users/{member}/deactivate");

        Assert.False(gone.Active);
        Assert.Equal((403, Codes.UserInactive), await client.AnswerAsync("GET", "/api/v1/me"));
        var check = await tenant.CheckAsync(member);
        Assert.Equal((false, Codes.UserInactive), (check.Allowed, check.Reason));
        Assert.Equal((1, 1), await platform.SeatsAsync(tenant));

        var again = await tenant.SentAsync<UserResponse>("POST", $"/users/{member}/deactivate", "{}");
        var back = await tenant.SentAsync<UserResponse>("POST", $"/users/{member}/activate");

        Assert.Equal((gone.Version, true), (again.Version, back.Active));
        Assert.Equal((200, null), await client.AnswerAsync("GET", "/api/v1/me"));
        Assert.True((await tenant.CheckAsync(member)).Allowed);
        Assert.Equal("membership.deactivated,membership.activated", await platform.AuditAsync(tenant, "membership"));
    }

    [Fact]
    public async Task Deactivating_with_revokeSeats_frees_all_seats_even_of_an_inactive_member()
    {
        var tenant = await platform.NewTenantAsync();
        foreach (var application in (string[])["tq", "pm"]) await platform.LicenseAsync(tenant, application: application);
        var members = await platform.MembersAsync(tenant, 2);
        foreach (var application in (string[])["tq", "pm"])
        {
            foreach (var member in members) await tenant.GrantedAsync(member, application);
        }

        await tenant.SentAsync<UserResponse>("POST", $"/users/{members[0]}/deactivate", """{ "revokeSeats": true }""");
        Assert.Equal(((1, 1), (1, 1)), (await platform.SeatsAsync(tenant), await platform.SeatsAsync(tenant, "pm")));

        await tenant.SentAsync<UserResponse>("POST", $"/users/{members[1]}/deactivate");
        await tenant.SentAsync<UserResponse>("POST", $"/users/{members[1]}/deactivate", """{ "revokeSeats": true }""");

        Assert.Equal(((0, 0), (0, 0)), (await platform.SeatsAsync(tenant), await platform.SeatsAsync(tenant, "pm")));
        Assert.Equal(4, (await platform.EventsAsync(tenant, "grant")).Split(',').Count(e => e == "grant.revoked 2"));
        Assert.Empty(await platform.BrokenTrailsAsync(tenant.Id));
        Assert.Equal(4L, await platform.PlatformValueAsync<long>(
            $"select count(*) from audit_log where tenant_id_fk = {tenant.Id} and action = 'grant.revoked'"));
        var history = await tenant.SentAsync<List<GrantResponse>>("GET", $"/users/{members[0]}/apps?history=true");
        Assert.Equal(2, history.Count);
        Assert.All(history, grant => Assert.False(grant.Active));
    }

    [Fact]
    public async Task Seats_granted_while_their_user_is_deactivated_are_revoked()
    {
        var tenant = await platform.NewTenantAsync();
        await platform.LicenseAsync(tenant, limit: null);
        foreach (var member in await platform.MembersAsync(tenant, 8))
        {
            var given = tenant.GrantAsync(member);
            var deactivated = tenant.SendAsync("POST", $"/users/{member}/deactivate", """{ "revokeSeats": true }""");

            using var one = await given;
            using var two = await deactivated;
            Assert.True(one.IsSuccessStatusCode || (await one.ProblemAsync()) == (409, Codes.UserInactive));
            Assert.True(two.IsSuccessStatusCode, await two.Content.ReadAsStringAsync());
        }

        Assert.Equal((0, 0), await platform.SeatsAsync(tenant));
    }

    [Theory]
    [InlineData("PATCH", "", """{ "userType": "manager", "roles": [] }""")]
    [InlineData("POST", "/deactivate", "{}")]
    public async Task The_last_admin_stays(string method, string action, string json)
    {
        var tenant = await platform.NewTenantAsync();
        var second = await platform.MemberAsync(tenant, "admin");
        var path = $"/users/{tenant.UserId}{action}";

        await platform.ExecutePlatformAsync($"update users set active = false where id = {second}");
        Assert.Equal((409, Codes.LastAdmin), Outcome(await tenant.RefusedAsync(method, path, json)));

        await platform.ExecutePlatformAsync($"""
            update users set active = true where id = {second};
            update memberships set active = false where user_id_fk = {second};
            """);
        Assert.Equal((409, Codes.LastAdmin), Outcome(await tenant.RefusedAsync(method, path, json)));

        // Another member who is an admin by a role of the platform is enough.
        await platform.ExecutePlatformAsync($"""
            update memberships set active = true, user_type_id_fk = 1 where user_id_fk = {second};
            insert into membership_roles (membership_id_fk, role_id_fk, tenant_id_fk)
            select id, 2, {tenant.Id} from memberships where user_id_fk = {second};
            """);
        using var allowed = await tenant.SendAsync(method, path, json);
        Assert.Equal(200, (int)allowed.StatusCode);

        static (int, string?) Outcome((int Status, string? Code, string?) refused) => (refused.Status, refused.Code);
    }

    [Fact]
    public async Task Two_admins_who_deactivate_each_other_concurrently_leave_one_admin()
    {
        var tenant = await platform.NewTenantAsync();
        var (second, client) = await platform.PersonAsync(tenant, "admin");

        for (var round = 0; round < 8; round++)
        {
            await platform.ExecutePlatformAsync($"""
                update memberships set active = true, user_type_id_fk = 3 where tenant_id_fk = {tenant.Id}
                """);
            var action = round % 2 == 0 ? "deactivate" : "";
            var outcomes = await Task.WhenAll(
                PutOutAsync(tenant.Client, second, action), PutOutAsync(client, tenant.UserId, action));

            Assert.Single(outcomes, o => o.Status == 200);
            Assert.Contains(outcomes.Single(o => o.Status != 200), new (int, string?)[]
            {
                (409, Codes.LastAdmin), (403, Codes.Forbidden), (403, Codes.UserInactive),
            });
            Assert.Equal(1, await platform.PlatformValueAsync<long>($"""
                select count(*) from memberships m where tenant_id_fk = {tenant.Id} and active and (user_type_id_fk = 3
                    or exists (select from membership_roles where membership_id_fk = m.id and role_id_fk = 2))
                """));
            await platform.ExecutePlatformAsync($"""
                insert into membership_roles (membership_id_fk, role_id_fk, tenant_id_fk)
                values ({tenant.UserId}, 2, {tenant.Id}) on conflict do nothing
                """);
        }

        static Task<(int Status, string? Code)> PutOutAsync(HttpClient client, long user, string action) =>
            action.Length > 0
                ? client.AnswerAsync("POST", $"/api/v1/users/{user}/{action}")
                : client.AnswerAsync("PATCH", $"/api/v1/users/{user}", """{ "userType": "operations", "roles": [] }""");
    }

    [Fact]
    public async Task A_member_cannot_change_a_member_with_more_permissions()
    {
        var tenant = await platform.NewTenantAsync();
        var (self, helper) = await platform.PersonAsync(tenant, "operations", Permissions.UsersWrite, Permissions.UsersRead);
        var equal = await platform.MemberAsync(tenant);

        Assert.Equal((403, Codes.Forbidden), await helper.AnswerAsync("POST", $"/api/v1/users/{tenant.UserId}/deactivate"));
        Assert.Equal((403, Codes.Forbidden), await helper.AnswerAsync("PATCH", $"/api/v1/users/{self}", """{ "userType": "admin" }"""));
        Assert.Equal((403, Codes.Forbidden), await helper.AnswerAsync("PATCH", $"/api/v1/users/{equal}", """{ "roles": ["manager"] }"""));
        Assert.Equal((200, null), await helper.AnswerAsync("PATCH", $"/api/v1/users/{equal}", """{ "roles": ["user"] }"""));
        Assert.Equal((200, null), await helper.AnswerAsync("POST", $"/api/v1/users/{equal}/deactivate"));
    }

    [Fact]
    public async Task Without_Identity_staff_cannot_place_a_person()
    {
        var tenant = await platform.UntouchedTenantAsync();

        var refused = await platform.StaffRefusedAsync(
            "POST", $"/tenants/{tenant.Id}/users", """{ "email": "a@b.example", "name": "A", "userType": "operations" }""");

        Assert.Equal((503, Codes.Unavailable), refused);
    }

    private static async Task<List<long>> FoundAsync(TestTenant tenant, string query) =>
        [.. (await tenant.SentAsync<List<UserResponse>>("GET", $"/users?{query}")).Select(u => u.Id)];

    private static async Task<Envelope<List<UserResponse>>> LeafedAsync(TestTenant tenant, string query) =>
        (await tenant.Client.GetFromJsonAsync<Envelope<List<UserResponse>>>($"/api/v1/users?{query}", PlatformJson.Options))!;

    /// <summary>How many statements read people or memberships for an answer of so many.</summary>
    private async Task<int> SelectsAsync(HttpClient client, string path, int expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        var trace = platform.Api.Statements.Watch(request);
        using var response = await client.SendAsync(request);
        Assert.Equal(expected, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("data").GetArrayLength());

        // Who the caller is has been asked by SQL by hand; the list is EF Core's.
        return platform.Api.Statements.RoundTripsOf(trace).SelectMany(trip => trip)
            .Count(sql => sql.StartsWith("SELECT", StringComparison.Ordinal));
    }
}
