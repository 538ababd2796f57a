using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Tests.Licensing;
using Platform.Tests.People;
using Platform.Tests.Support;
using static Platform.Tests.Scim.ScimCalls;

namespace Platform.Tests.Scim;

/// <summary>The requests of Entra ID and Okta, in their order and spelling.</summary>
[Collection(typeof(WithIdentity))]
public sealed class DirectoryTests(InvitingPlatform world)
{
    private readonly PlatformFixture _platform = world.Platform;

    [Fact]
    public async Task Entra_ID_searches_creates_changes_disables_and_deletes_a_user()
    {
        var tenant = await _platform.NewTenantAsync();
        using var entra = await _platform.DirectoryAsync(tenant);
        var (name, other) = (NewName(), NewName());

        var nobody = (await entra.ScimAsync("GET", $"/Users?filter=userName+eq+%22{name}%22")).Good();
        var created = (await entra.ScimAsync("POST", "/Users", Person(name))).Good(201);
        var found = (await entra.ScimAsync("GET", $"/Users?filter=userName eq \"{name.ToUpperInvariant()}\"")).Good();
        var user = long.Parse(created.Id, null);
        using var signedIn = _platform.SignedIn(tenant, user);
        Assert.Equal((200, null), await signedIn.AnswerAsync("GET", "/api/v1/services"));

        var changed = (await entra.ScimAsync("PATCH", $"/Users/{user}", Patch(
            $$"""{ "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "{{other}}" }""",
            """{ "op": "Replace", "path": "name.familyName", "value": "Updated" }""",
            """{ "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+55 11 91234 5678" }""",
            """{ "op": "Replace", "path": "displayName", "value": [{ "$ref": null, "value": "Adele V." }] }""",
            $$"""{ "op": "Add", "path": "{{Enterprise}}:department", "value": "Retail" }""",
            $$"""{ "op": "Add", "path": "{{Enterprise}}:manager", "value": [{ "$ref": null, "value": "17" }] }"""))).Good();
        var flags = (await entra.ScimAsync("PATCH", $"/Users/{user}", Patch($$"""
            { "op": "replace", "value": {
                "displayName": "Bjfe", "name.givenName": "Kkom", "{{Enterprise}}:employeeNumber": "Aklq",
                "emails[type eq \"home\"].value": "home@example.com" } }
            """))).Good();
        var disabled = (await entra.ScimAsync(
            "PATCH", $"/Users/{user}", Patch("""{ "op": "Replace", "path": "active", "value": "False" }"""))).Good();
        var shut = await signedIn.AnswerAsync("GET", "/api/v1/services");
        var enabled = (await entra.ScimAsync(
            "PATCH", $"/Users/{user}", Patch("""{ "op": "Replace", "path": "active", "value": "True" }"""))).Good();
        var open = await signedIn.AnswerAsync("GET", "/api/v1/services");
        var deleted = await entra.ScimAsync("DELETE", $"/Users/{user}");
        var gone = await entra.ScimAsync("GET", $"/Users/{user}");
        var again = await entra.ScimAsync("DELETE", $"/Users/{user}");

        Assert.Equal((0, 0), (nobody.Body.GetProperty("totalResults").GetInt32(), nobody.Ids.Count));
        Assert.Equal(("Adele Vance", "True", $"ext-{name}"), (created.Text("name/formatted"), created.Text("active"), created.Text("externalId")));
        Assert.EndsWith($"/scim/v2/Users/{user}", created.Text("meta/location"), StringComparison.Ordinal);
        Assert.Equal([created.Id], found.Ids);
        Assert.Equal(
            (other, "Updated", "Adele", "+55 11 91234 5678", "Adele V."),
            (changed.Text("emails/0/value"), changed.Text("name/familyName"), changed.Text("name/givenName"),
                changed.Text("phoneNumbers/0/value"), changed.Text("displayName")));
        Assert.Equal(("Retail", "17"), (changed.Text($"{Enterprise}/department"), changed.Text($"{Enterprise}/manager/value")));
        Assert.Equal(
            ("Bjfe", "Kkom", "Updated", "Aklq", "home@example.com"),
            (flags.Text("displayName"), flags.Text("name/givenName"), flags.Text("name/familyName"),
                flags.Text($"{Enterprise}/employeeNumber"), flags.Text("emails/1/value")));
        Assert.Equal(("False", "True"), (disabled.Text("active"), enabled.Text("active")));
        Assert.Equal(((403, Codes.UserInactive), (200, null)), (shut, open));
        Assert.Equal((204, 404, 404), (deleted.Status, gone.Status, again.Status));
        Assert.Equal((403, Codes.UserInactive), await signedIn.AnswerAsync("GET", "/api/v1/services"));
    }

    [Fact]
    public async Task A_created_user_has_an_account_and_gets_no_mail_and_every_act_is_audited()
    {
        var tenant = await _platform.NewTenantAsync();
        using var entra = await _platform.DirectoryAsync(tenant);
        var name = NewName();

        var id = await entra.CreatedAsync(name);
        (await entra.ScimAsync("DELETE", $"/Users/{id}")).Good(204);

        await using var scope = world.Identity.Services.CreateAsyncScope();
        var account = await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().FindByEmailAsync(name);
        Assert.Equal(id, $"{account!.Id}");

        // Mails go in order: once the mail of a later invitation has arrived, no earlier one can follow.
        var invited = NewName();
        await _platform.StaffAsync<UserResponse>(
            "POST", $"/tenants/{tenant.Id}/users", $$"""{ "email": "{{invited}}", "name": "Later", "userType": "operations" }""");
        Assert.Single(await world.Inviting.MailsAsync(invited));
        Assert.Empty(await world.Inviting.MailsAsync(name, count: 0));
        Assert.Equal(
            "membership.created,membership.directory_changed,membership.removed,user.invited",
            await _platform.AuditAsync(tenant, "membership"));
        Assert.Equal("membership.created 1,membership.removed 2,membership.created 1", await _platform.EventsAsync(tenant, "membership"));
        Assert.Equal("key", await _platform.PlatformValueAsync<string>($"""
            select string_agg(distinct split_part(actor, ':', 1), ',') from audit_log
            where tenant_id_fk = {tenant.Id} and target_type = 'membership' and action <> 'user.invited'
            """));
        Assert.DoesNotContain("Vance", await _platform.PlatformValueAsync<string>(
            $"select string_agg(l::text, '') from audit_log l where tenant_id_fk = {tenant.Id}"));
    }

    [Fact]
    public async Task Entra_ID_matches_creates_fills_renames_and_deletes_a_group()
    {
        var tenant = await _platform.NewTenantAsync();
        using var entra = await _platform.DirectoryAsync(tenant);
        var (one, two) = (await entra.CreatedAsync(NewName()), await entra.CreatedAsync(NewName()));

        var none = (await entra.ScimAsync("GET", "/Groups?excludedAttributes=members&filter=displayName+eq+%22Reception%22")).Good();
        var created = (await entra.ScimAsync("POST", "/Groups", $$"""
            { "schemas": ["{{Group}}", "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
              "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159", "displayName": "Reception", "meta": { "resourceType": "Group" } }
            """)).Good(201);
        var group = $"/Groups/{created.Id}";
        var found = (await entra.ScimAsync("GET", "/Groups?excludedAttributes=members&filter=displayName eq \"reception\"")).Good();
        var filled = (await entra.ScimAsync("PATCH", group, Patch($$"""
            { "op": "Add", "path": "members", "value": [{ "$ref": null, "value": "{{one}}" }, { "$ref": null, "value": "{{two}}" }] }
            """))).Good();
        var roles = (await tenant.UserAsync(long.Parse(one, null))).Roles;
        var ofUser = (await entra.ScimAsync("GET", $"/Users/{one}")).Good();
        var ofMember = (await entra.ScimAsync("GET", $"/Groups?filter=id eq \"{created.Id}\" and members eq \"{one}\"")).Good();
        var less = (await entra.ScimAsync("PATCH", group, Patch($$"""
            { "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": "{{one}}" }] }
            """))).Good();
        var renamed = (await entra.ScimAsync("PATCH", group, Patch("""{ "op": "Replace", "path": "displayName", "value": "Front desk" }"""))).Good();
        var brief = (await entra.ScimAsync("GET", $"{group}?excludedAttributes=members")).Good();
        var deleted = await entra.ScimAsync("DELETE", group);

        Assert.Empty(none.Ids);
        Assert.Equal([created.Id], found.Ids);
        Assert.Equal([created.Id], ofMember.Ids);
        Assert.False(found.Body.GetProperty("Resources")[0].TryGetProperty("members", out _));
        Assert.Equal([one, two], filled.Members);
        Assert.Equal(["reception"], roles);
        Assert.Equal((created.Id, "Reception"), (ofUser.Text("groups/0/value"), ofUser.Text("groups/0/display")));
        Assert.Equal([two], less.Members);
        Assert.Equal(("Front desk", "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159"), (renamed.Text("displayName"), renamed.Text("externalId")));
        Assert.False(brief.Body.TryGetProperty("members", out _));
        Assert.Equal((204, 404), (deleted.Status, (await entra.ScimAsync("GET", group)).Status));
        Assert.Empty((await tenant.UserAsync(long.Parse(two, null))).Roles);
    }

    [Fact]
    public async Task Okta_tries_the_connection_creates_replaces_and_deactivates()
    {
        var tenant = await _platform.NewTenantAsync();
        using var okta = await _platform.DirectoryAsync(tenant);
        var name = NewName();
        string Okta(string more) => $$"""
            { "schemas": ["{{User}}"], "userName": "{{name}}", "name": { "givenName": "Test", "familyName": "User" },
              "emails": [{ "primary": true, "value": "{{name}}", "type": "work" }], "displayName": "Test User", "locale": "en-US",
              "externalId": "00ujl29u0le5T6Aj10h7", "groups": [], "password": "1mz050nq"{{more}} }
            """;

        var tried = (await okta.ScimAsync("GET", "/Users?startIndex=1&count=2")).Good();
        var triedGroups = (await okta.ScimAsync("GET", "/Groups?startIndex=1&count=100")).Good();
        var nobody = (await okta.ScimAsync("GET", $"/Users?filter=userName%20eq%20%22{name}%22&startIndex=1&count=100")).Good();
        var created = (await okta.ScimAsync("POST", "/Users", Okta(""", "active": true"""))).Good(201);
        var read = (await okta.ScimAsync("GET", $"/Users/{created.Id}")).Good();
        var replaced = (await okta.ScimAsync("PUT", $"/Users/{created.Id}", Okta($$"""
            , "active": true, "id": "{{created.Id}}", "title": "Nurse", "meta": { "resourceType": "User" }
            """))).Good();
        var patched = (await okta.ScimAsync(
            "PATCH", $"/Users/{created.Id}", Patch("""{ "op": "replace", "value": { "active": false } }"""))).Good();
        var back = (await okta.ScimAsync("PUT", $"/Users/{created.Id}", Okta(""", "active": true"""))).Good();
        var shut = (await okta.ScimAsync("PUT", $"/Users/{created.Id}", Okta(""", "active": false"""))).Good();

        Assert.Equal(1, tried.Body.GetProperty("totalResults").GetInt32()); // the admin, who was there before
        Assert.Subset(triedGroups.Ids.ToHashSet(), new HashSet<string>(["2", "3", "4", $"{tenant.RoleId}"])); // also the platform's
        Assert.DoesNotContain("1", triedGroups.Ids); // but for super_admin
        Assert.Empty(nobody.Ids);
        Assert.False(created.Body.TryGetProperty("password", out _));
        Assert.Equal(("Test User", "en-US", "True"), (read.Text("displayName"), read.Text("locale"), read.Text("active")));
        Assert.Equal(("Nurse", null), (replaced.Text("title"), back.Text("title")));
        Assert.Equal(("False", "True", "False"), (patched.Text("active"), back.Text("active"), shut.Text("active")));
        Assert.False((await tenant.UserAsync(long.Parse(created.Id, null))).Active);
        Assert.Equal("Test User", (await tenant.UserAsync(long.Parse(created.Id, null))).Name);
    }

    [Fact]
    public async Task Okta_pushes_a_group_and_its_members()
    {
        var tenant = await _platform.NewTenantAsync();
        using var okta = await _platform.DirectoryAsync(tenant);
        var (one, two) = (await okta.CreatedAsync(NewName()), await okta.CreatedAsync(NewName()));

        var created = (await okta.ScimAsync("POST", "/Groups", $$"""{ "schemas": ["{{Group}}"], "displayName": "Test SCIMv2", "members": [] }""")).Good(201);
        var group = $"/Groups/{created.Id}";
        var named = (await okta.ScimAsync("PATCH", group, Patch($$"""
            { "op": "replace", "value": { "id": "{{created.Id}}", "displayName": "Test SCIMv2 renamed" } }
            """))).Good();
        var added = (await okta.ScimAsync("PATCH", group, Patch(
            $$"""{ "op": "remove", "path": "members[value eq \"{{two}}\"]" }""",
            $$"""{ "op": "add", "path": "members", "value": [{ "value": "{{one}}", "display": "one" }] }"""))).Good();
        var more = (await okta.ScimAsync("PATCH", group, Patch(
            $$"""{ "op": "add", "value": { "members": [{ "value": "{{two}}" }, { "value": "{{one}}" }] } }"""))).Good();
        var less = (await okta.ScimAsync("PATCH", group, Patch($$"""{ "op": "remove", "path": "members[value eq \"{{one}}\"]" }"""))).Good();
        var whole = (await okta.ScimAsync("PUT", group, $$"""
            { "schemas": ["{{Group}}"], "id": "{{created.Id}}", "displayName": "Test SCIMv2", "members": [{ "value": "{{one}}" }] }
            """)).Good();
        var empty = (await okta.ScimAsync("PATCH", group, Patch("""{ "op": "replace", "path": "members", "value": [] }"""))).Good();

        Assert.Equal("Test SCIMv2 renamed", named.Text("displayName"));
        Assert.Equal([one], added.Members);
        Assert.Equal([one, two], more.Members);
        Assert.Equal([two], less.Members);
        Assert.Equal([one], whole.Members);
        Assert.Empty(empty.Members);
    }

    [Fact]
    public async Task A_person_of_two_tenants_is_one_account_and_neither_directory_sees_or_changes_the_others_record()
    {
        var (first, second) = (await _platform.NewTenantAsync(), await _platform.NewTenantAsync());
        using var one = await _platform.DirectoryAsync(first);
        using var two = await _platform.DirectoryAsync(second);
        var name = NewName();
        var alone = await one.CreatedAsync(NewName());

        var id = await one.CreatedAsync(name, """, "title": "First" """);
        var same = await two.CreatedAsync(name, """, "title": "Second" """);
        (await two.ScimAsync("PATCH", $"/Users/{id}", Patch("""{ "op": "replace", "path": "active", "value": false }"""))).Good();
        var seen = (await one.ScimAsync("GET", $"/Users/{id}")).Good();

        Assert.Equal(id, same);
        Assert.Equal(("First", "True"), (seen.Text("title"), seen.Text("active")));
        foreach (var (method, body) in ((string, string?)[])
            [("GET", null), ("PUT", Person(NewName())), ("PATCH", Patch("""{ "op": "add", "path": "title", "value": "x" }""")), ("DELETE", null)])
        {
            Assert.Equal((404, null, Codes.NotFound), (await two.ScimAsync(method, $"/Users/{alone}", body)).Failure);
            Assert.Equal((404, null, Codes.NotFound), (await two.ScimAsync(
                method, $"/Groups/{first.RoleId}", body is null || method == "PATCH" ? body : """{ "displayName": "X" }""")).Failure);
        }

        Assert.DoesNotContain(alone, (await two.ScimAsync("GET", "/Users")).Good().Ids);
        var foreign = await two.ScimAsync("PATCH", $"/Groups/{second.RoleId}", Patch(
            $$"""{ "op": "add", "path": "members", "value": [{ "value": "{{alone}}" }] }"""));
        Assert.Equal((400, "invalidValue"), (foreign.Failure.Status, foreign.Failure.Type));
    }
}
