using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Tests.ApiKeys;
using Platform.Tests.Licensing;
using Platform.Tests.People;
using Platform.Tests.Support;
using static Platform.Tests.Scim.ScimCalls;

namespace Platform.Tests.Scim;

[Collection(typeof(WithIdentity))]
public sealed class ScimUserTests(InvitingPlatform world)
{
    private readonly PlatformFixture _platform = world.Platform;

    [Fact]
    public async Task Access_requires_a_key_of_the_tenant_with_the_scope()
    {
        var (tenant, other) = (await _platform.NewTenantAsync(), await _platform.NewTenantAsync());
        var key = await tenant.MightyKeyAsync(Scopes.Scim);
        var unscoped = await tenant.MightyKeyAsync(Scopes.Licensing, Scopes.Scheduling);
        var weak = await tenant.KeyAsync((await tenant.ServiceAccountAsync("user")).Id, Scopes.Scim);

        Assert.Equal((401, null, Codes.Unauthenticated), (await _platform.Client().ScimAsync("GET", "/Users")).Failure);
        Assert.Equal((401, null, Codes.Unauthenticated), (await _platform.Client().With($"{key.Secret}0").ScimAsync("GET", "/Users")).Failure);
        Assert.Equal((403, null, Codes.Forbidden), (await tenant.Client.ScimAsync("GET", "/Users")).Failure);
        Assert.Equal((403, null, Codes.Forbidden), (await _platform.Client().With(unscoped.Secret).ScimAsync("GET", "/Users")).Failure);
        Assert.Equal((403, null, Codes.Forbidden), (await _platform.Client().With(weak.Secret).ScimAsync("GET", "/Users")).Failure);
        Assert.Equal((404, null, Codes.NotFound), (await _platform.Client().With(key.Secret, other.Id).ScimAsync("GET", "/Users")).Failure);
        Assert.Equal(200, (await _platform.Client().With(key.Secret, tenant.Id).ScimAsync("GET", "/Users")).Status);
        Assert.Equal(200, (await _platform.Client().With(key.Secret).ScimAsync("GET", "/Users")).Status);
        Assert.Equal((403, Codes.Forbidden), await _platform.Client().With(key.Secret, tenant.Id).AnswerAsync("GET", "/api/v1/users"));
    }

    [Fact]
    public async Task The_server_describes_its_capabilities()
    {
        var tenant = await _platform.NewTenantAsync();
        using var client = await _platform.DirectoryAsync(tenant);

        var config = (await client.ScimAsync("GET", "/ServiceProviderConfig")).Good();
        var types = (await client.ScimAsync("GET", "/ResourceTypes")).Good();
        var type = (await client.ScimAsync("GET", "/ResourceTypes/User")).Good();
        var schemas = (await client.ScimAsync("GET", "/Schemas")).Good();
        var schema = (await client.ScimAsync("GET", $"/Schemas/{User}")).Good();

        Assert.Equal(
            ("True", "True", "True", "False", "200"),
            (config.Text("patch/supported"), config.Text("filter/supported"), config.Text("etag/supported"),
                config.Text("bulk/supported"), config.Text("filter/maxResults")));
        Assert.Equal(["User", "Group"], types.Ids);
        Assert.Equal(("/Users", Enterprise), (type.Text("endpoint"), type.Text("schemaExtensions/0/schema")));
        Assert.Equal([User, Group, Enterprise], schemas.Ids);
        Assert.Equal(("userName", "server"), (schema.Text("attributes/0/name"), schema.Text("attributes/0/uniqueness")));
        Assert.Equal(404, (await client.ScimAsync("GET", "/Schemas/nothing")).Failure.Status);
        Assert.Equal(404, (await client.ScimAsync("GET", "/ResourceTypes/nothing")).Failure.Status);
        Assert.Equal(404, (await client.ScimAsync("GET", "/Nothing")).Failure.Status);
        Assert.Equal(405, (await client.ScimAsync("DELETE", "/Users")).Failure.Status);
    }

    [Fact]
    public async Task A_manually_invited_member_is_found_and_taken_over()
    {
        var tenant = await _platform.NewTenantAsync();
        using var client = await _platform.DirectoryAsync(tenant);
        var email = $"uma@{tenant.Slug}.example";

        var byName = (await client.ScimAsync("GET", $"/Users?filter=userName eq \"{email}\"")).Good();
        var byEmail = (await client.ScimAsync("GET", $"/Users?filter=emails[type eq \"work\"].value eq \"{email}\"")).Good();
        var byValue = (await client.ScimAsync("GET", $"/Users?filter={User}:emails.value eq \"{email}\" and active eq true")).Good();
        var taken = (await client.ScimAsync("POST", "/Users", Person(email))).Failure;
        var linked = (await client.ScimAsync("PATCH", $"/Users/{tenant.UserId}", Patch(
            """{ "op": "add", "path": "externalId", "value": "emp-1" }""",
            """{ "op": "add", "path": "displayName", "value": "Uma by the directory" }"""))).Good();
        var byExternal = (await client.ScimAsync("GET", "/Users?filter=externalId eq \"emp-1\"")).Good();

        Assert.All([byName, byEmail, byValue, byExternal], found => Assert.Equal([$"{tenant.UserId}"], found.Ids));
        Assert.Equal((409, "uniqueness", Codes.AlreadyExists), taken);
        Assert.Equal("Uma by the directory", linked.Text("displayName"));
        Assert.Equal("Uma", (await tenant.UserAsync(tenant.UserId)).Name); // her own
    }

    [Fact]
    public async Task Pages_have_a_beginning_a_size_and_a_total()
    {
        var tenant = await _platform.NewTenantAsync();
        using var client = await _platform.DirectoryAsync(tenant);
        var ids = await _platform.MembersAsync(tenant, 4);
        List<string> all = [$"{tenant.UserId}", .. ids.Select(id => $"{id}")];

        var expected = new Dictionary<string, (int Start, List<string> Ids)>
        {
            [""] = (1, all),
            ["?startIndex=2&count=2"] = (2, [all[1], all[2]]),
            ["?startIndex=5&count=2"] = (5, [all[4]]),
            ["?startIndex=6"] = (6, []),
            ["?count=0"] = (1, []),
            ["?count=-5"] = (1, []),
            ["?startIndex=0&count=1"] = (1, [all[0]]),
            ["?startIndex=-99999999999999999999&count=1"] = (1, [all[0]]),
            ["?count=99999999999999999999999999"] = (1, all),
            ["?startIndex=99999999999999999999999999"] = (int.MaxValue, []),
        };

        foreach (var (query, (start, page)) in expected)
        {
            var answer = (await client.ScimAsync("GET", $"/Users{query}")).Good();
            Assert.Equal(
                (query, 5, start, page.Count),
                (query, answer.Body.GetProperty("totalResults").GetInt32(), answer.Body.GetProperty("startIndex").GetInt32(),
                    answer.Body.GetProperty("itemsPerPage").GetInt32()));
            Assert.Equal(page, answer.Ids);
        }

        Assert.Equal((400, "invalidValue", Codes.MalformedRequest), (await client.ScimAsync("GET", "/Users?count=many")).Failure);
        Assert.Equal((400, "invalidValue", Codes.MalformedRequest), (await client.ScimAsync("GET", "/Users?startIndex=1.5")).Failure);
    }

    [Fact]
    public async Task Change_and_delete_with_stale_version_return_412_and_an_unchanged_read_304()
    {
        using var client = await _platform.DirectoryAsync(await _platform.NewCustomerAsync());
        var user = $"/Users/{await client.CreatedAsync(NewName())}";
        var title = Patch("""{ "op": "add", "path": "title", "value": "Nurse" }""");

        var read = (await client.ScimAsync("GET", user)).Good();
        var known = await client.ScimAsync("GET", user, ifNoneMatch: read.Tag);
        var changed = (await client.ScimAsync("PATCH", user, title, ifMatch: read.Tag)).Good();
        var stale = (await client.ScimAsync("PATCH", user, title, ifMatch: read.Tag)).Failure;
        var staleDelete = (await client.ScimAsync("DELETE", user, ifMatch: read.Tag)).Failure;
        var newer = await client.ScimAsync("GET", user, ifNoneMatch: read.Tag);
        var any = (await client.ScimAsync("PATCH", user, title, ifMatch: "*")).Good();
        var same = (await client.ScimAsync("GET", user)).Good();

        Assert.Equal(read.Tag, read.Text("meta/version"));
        Assert.Equal(304, known.Status);
        Assert.Equal(((412, null, Codes.VersionMismatch), (412, null, Codes.VersionMismatch)), (stale, staleDelete));
        Assert.Equal(200, newer.Status);
        Assert.NotEqual(read.Tag, changed.Tag);
        Assert.Equal((changed.Tag, changed.Tag), (any.Tag, same.Tag)); // an unchanged value creates no new version
    }

    [Fact]
    public async Task Only_requested_attributes_are_returned()
    {
        using var client = await _platform.DirectoryAsync(await _platform.NewCustomerAsync());
        var id = await client.CreatedAsync(NewName());

        var some = (await client.ScimAsync("GET", $"/Users/{id}?attributes=USERNAME,name.givenName,{User}:active")).Good();
        var less = (await client.ScimAsync("GET", $"/Users/{id}?excludedAttributes=emails,name.familyName,id,meta")).Good();

        Assert.Equal(["active", "id", "name", "schemas", "userName"], some.Body.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("Adele", null), (some.Text("name/givenName"), some.Text("name/familyName")));
        Assert.Equal((id, null, null, null, "Adele"), (less.Text("id"), less.Text("emails"), less.Text("meta"), less.Text("name/familyName"), less.Text("name/givenName")));
    }

    [Fact]
    public async Task Names_of_users_are_unique_in_a_tenant()
    {
        using var client = await _platform.DirectoryAsync(await _platform.NewCustomerAsync());
        var (one, two) = (NewName(), NewName());
        await client.CreatedAsync(one);
        var id = await client.CreatedAsync(two);

        var created = (await client.ScimAsync("POST", "/Users", Person(one))).Failure;
        var renamed = (await client.ScimAsync("PATCH", $"/Users/{id}", Patch($$"""
            { "op": "replace", "path": "userName", "value": "{{one.ToUpperInvariant()}}" }
            """))).Failure;
        var replaced = (await client.ScimAsync("PUT", $"/Users/{id}", Person(one))).Failure;

        Assert.All([created, renamed, replaced], refused => Assert.Equal((409, "uniqueness", Codes.AlreadyExists), refused));
    }

    [Fact]
    public async Task Twelve_concurrent_creations_of_one_person_create_one()
    {
        var tenant = await _platform.NewCustomerAsync();
        using var client = await _platform.DirectoryAsync(tenant);
        var name = NewName();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            async _ => (await client.ScimAsync("POST", "/Users", Person(name))).Status));

        Assert.Single(statuses, 201);
        Assert.Equal(11, statuses.Count(status => status == 409));
    }

    [Fact]
    public async Task The_last_admin_stays_and_a_key_cannot_change_a_member_with_more_permissions()
    {
        var tenant = await _platform.NewCustomerAsync();
        using var mighty = await _platform.DirectoryAsync(tenant);
        var own = await tenant.RoleAsync("Directory", Permissions.UsersRead, Permissions.UsersWrite, Permissions.RolesWrite);
        var key = await tenant.KeyAsync((await tenant.ServiceAccountAsync(own.Slug, "user")).Id, Scopes.Scim);
        using var weak = _platform.Client().With(key.Secret);
        var admin = $"/Users/{tenant.UserId}";
        var off = Patch("""{ "op": "replace", "path": "active", "value": false }""");
        string Join(string id) => Patch($$"""{ "op": "add", "path": "members", "value": [{ "value": "{{id}}" }] }""");

        Assert.Equal((409, null, Codes.LastAdmin), (await mighty.ScimAsync("PATCH", admin, off)).Failure);
        Assert.Equal((409, null, Codes.LastAdmin), (await mighty.ScimAsync("DELETE", admin)).Failure);
        Assert.Equal((403, null, Codes.Forbidden), (await weak.ScimAsync("PATCH", admin, off)).Failure);
        Assert.Equal((403, null, Codes.Forbidden), (await weak.ScimAsync("DELETE", admin)).Failure);
        var id = await weak.CreatedAsync(NewName());
        Assert.Equal((403, null, Codes.Forbidden), (await weak.ScimAsync("PATCH", "/Groups/2", Join(id))).Failure); // tenant_admin
        Assert.Equal(404, (await mighty.ScimAsync("PATCH", "/Groups/1", Join(id))).Status); // super_admin is no group
        Assert.Equal(200, (await weak.ScimAsync("PATCH", "/Groups/4", Join(id))).Status); // user
        Assert.Equal(200, (await mighty.ScimAsync("PATCH", "/Groups/2", Join(id))).Status);
        Assert.Equal(200, (await mighty.ScimAsync("PATCH", admin, off)).Status); // there is another admin now
    }

    [Fact]
    public async Task Deleting_ends_grants_and_creating_again_starts_without_them()
    {
        var tenant = await _platform.NewCustomerAsync();
        using var client = await _platform.DirectoryAsync(tenant);
        await _platform.LicenseAsync(tenant);
        var name = NewName();
        var id = long.Parse(await client.CreatedAsync(name, """, "title": "Nurse" """), null);
        await tenant.GrantedAsync(id);

        (await client.ScimAsync("DELETE", $"/Users/{id}")).Good(204);
        var again = (await client.ScimAsync("POST", "/Users", Person(name))).Good(201);

        Assert.Equal(($"{id}", null), (again.Id, again.Text("title")));
        Assert.Equal(0, await _platform.PlatformValueAsync<long>(
            $"select count(*) from user_application_access where tenant_id_fk = {tenant.Id} and active"));
        Assert.Equal(0, await _platform.PlatformValueAsync<int>(
            $"select seats_used from tenant_applications where tenant_id_fk = {tenant.Id}"));
    }

    [Fact]
    public async Task A_group_takes_as_many_members_at_once_as_a_directory_sends()
    {
        const int Many = 500;
        var tenant = await _platform.NewCustomerAsync();
        using var client = await _platform.DirectoryAsync(tenant);
        var ids = await _platform.MembersAsync(tenant, Many);
        var members = string.Join(", ", ids.Select(id => $$"""{ "value": "{{id}}" }"""));

        var added = (await client.ScimAsync("PATCH", $"/Groups/{tenant.RoleId}", Patch(
            $$"""{ "op": "add", "path": "members", "value": [{{members}}] }"""))).Good();
        var none = (await client.ScimAsync("PATCH", $"/Groups/{tenant.RoleId}", Patch(
            """{ "op": "remove", "path": "members" }"""))).Good();

        Assert.Equal(Many, added.Members.Count);
        Assert.Empty(none.Members);
    }

    [Fact]
    public async Task Unknown_attributes_are_ignored()
    {
        using var client = await _platform.DirectoryAsync(await _platform.NewCustomerAsync());

        var created = (await client.ScimAsync("POST", "/Users", Person(NewName(), """
            , "x-shoe": 42, "urn:acme:User": { "a": 1 }, "nickName": null, "groups": [{ "value": "1" }]
            """))).Good(201);
        var patched = (await client.ScimAsync("PATCH", $"/Users/{created.Id}", Patch(
            """{ "op": "add", "path": "shoe", "value": 42 }""",
            """{ "op": "add", "path": "urn:acme:User:hat", "value": "red" }""",
            """{ "op": "add", "path": "name.initials", "value": "AV" }""",
            """{ "op": "replace", "value": { "id": "7", "shoe": 1 } }"""))).Good();

        Assert.Equal(created.Tag, patched.Tag);
        Assert.Null(patched.Text("groups"));
    }
}
