using System.Net;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Core.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class ResourceTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_resource_is_created_with_all_members()
    {
        var tenant = await platform.NewTenantAsync();

        using var created = await tenant.SendAsync("POST", "/resources", $$"""
            { "categoryId": {{tenant.CategoryId}}, "name": "Half", "capacity": 3, "parentId": {{tenant.DoctorId}},
              "timeZone": "America/Buenos_Aires", "attributes": { "floor": 2 }, "active": false }
            """);

        var resource = await created.DataAsync<ResourceResponse>();
        Assert.Equal((HttpStatusCode.Created, Codes.ResourceCreated), (created.StatusCode, await created.SuccessAsync()));
        Assert.Equal($"/api/v1/resources/{resource.Id}", created.Headers.Location?.OriginalString);
        Assert.Equal(("Half", "Doctors", 3, tenant.DoctorId, false), (resource.Name, resource.CategoryName, resource.Capacity, resource.ParentId, resource.Active));
        Assert.Equal("America/Buenos_Aires", resource.OwnTimeZone); // an alias, kept as given
        Assert.Equal(2, resource.Attributes.GetProperty("floor").GetInt32());
        var row = await tenant.QueryAsync(db => db.Resources.Where(r => r.Id == resource.Id)
            .Select(r => EF.Property<string>(r, "CreatedBy")).SingleAsync());
        Assert.Equal($"user:{tenant.UserId}", row);
    }

    [Fact]
    public async Task A_patch_keeps_absent_members_and_clears_null_members()
    {
        var tenant = await platform.NewTenantAsync("Europe/Berlin");
        var path = $"/resources/{tenant.DoctorId}";
        await tenant.SentAsync<ResourceResponse>("PATCH", path, """{ "timeZone": "Asia/Tokyo", "capacity": 4 }""");

        var renamed = await tenant.SentAsync<ResourceResponse>("PATCH", path, """{ "name": "Dr Strange" }""");
        var cleared = await tenant.SentAsync<ResourceResponse>("PATCH", path, """{ "timeZone": null }""");

        Assert.Equal(("Dr Strange", "Asia/Tokyo", 4), (renamed.Name, renamed.TimeZone, renamed.Capacity));
        Assert.Equal(("Dr Strange", "Europe/Berlin", null, 4L), (cleared.Name, cleared.TimeZone, cleared.OwnTimeZone, cleared.Version));
    }

    [Theory]
    [InlineData("""{ "categoryId": CATEGORY }""", 400, Codes.ValidationFailed, "name")]
    [InlineData("""{ "categoryId": CATEGORY, "name": null }""", 400, Codes.ValidationFailed, "name")]
    [InlineData("""{ "categoryId": "CATEGORY", "name": "X" }""", 400, Codes.ValidationFailed, "categoryId")]
    [InlineData("""{ "categoryId": CATEGORY, "name": "X", "capacity": 0 }""", 400, Codes.ValidationFailed, "capacity")]
    [InlineData("""{ "categoryId": CATEGORY, "name": "X", "capacity": 1001 }""", 400, Codes.ValidationFailed, "capacity")]
    [InlineData("""{ "categoryId": CATEGORY, "name": "X", "active": null }""", 400, Codes.ValidationFailed, "active")]
    [InlineData("""{ "categoryId": CATEGORY, "name": "X", "id": 7 }""", 400, Codes.ValidationFailed, "id")]
    [InlineData("""{ "categoryId": CATEGORY, "name": "X", "attributes": { "a": "\ud800" } }""", 400, Codes.ValidationFailed, "attributes")]
    [InlineData("""{ "categoryId": CATEGORY, "name": "X", "attributes": { "a": 1, "a": 2 } }""", 400, Codes.ValidationFailed, "attributes")]
    [InlineData("""{ "categoryId": CATEGORY, "name": "X", "attributes": { "a": 1e999999 } }""", 400, Codes.ValidationFailed, "attributes")]
    [InlineData("""{ "categoryId": 99, "name": "X" }""", 404, Codes.NotFound, "categoryId")]
    [InlineData("""{ "categoryId": CATEGORY, "name": "X", "parentId": 99 }""", 404, Codes.NotFound, "parentId")]
    [InlineData("""{ "categoryId": CATEGORY, "name": "X", "timeZone": "Mars/Olympus" }""", 422, Codes.UnknownTimeZone, "timeZone")]
    [InlineData("""{ "categoryId": CATEGORY, "name": "X", "attributes": [] }""", 422, Codes.InvalidAttributes, "attributes")]
    public async Task An_invalid_resource_is_refused_and_the_error_names_the_member(
        string body, int status, string code, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        var refused = await tenant.RefusedAsync("POST", "/resources", body.Replace("CATEGORY", $"{tenant.CategoryId}"));

        Assert.Equal((status, code, field), refused);
    }

    [Theory]
    [InlineData("""{ "name": null }""", "name")]
    [InlineData("""{ "capacity": null }""", "capacity")]
    [InlineData("""{ "capacity": "3" }""", "capacity")]
    [InlineData("""{ "capacity": 0 }""", "capacity")]
    [InlineData("""{ "active": null }""", "active")]
    [InlineData("""{ "categoryId": null }""", "categoryId")]
    [InlineData("""{ "colour": "red" }""", "colour")]
    public async Task A_patch_with_null_for_a_required_member_or_an_unknown_member_is_refused(
        string body, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Equal(
            (400, Codes.ValidationFailed, field), await tenant.RefusedAsync("PATCH", $"/resources/{tenant.DoctorId}", body));
    }

    [Fact]
    public async Task Attributes_are_checked_against_the_category_when_they_or_it_change()
    {
        var tenant = await platform.NewTenantAsync();
        var path = $"/resources/{tenant.DoctorId}";
        await tenant.SentAsync<CategoryResponse>("PATCH", $"/categories/{tenant.CategoryId}", """
            { "attributeSchema": { "properties": { "floor": { "type": "integer", "required": true } } } }
            """);

        var renamed = await tenant.SentAsync<ResourceResponse>("PATCH", path, """{ "name": "Still without" }""");
        var refused = await tenant.RefusedAsync("PATCH", path, """{ "attributes": { "level": 1 } }""");
        var fits = await tenant.SentAsync<ResourceResponse>("PATCH", path, """{ "attributes": { "floor": 1 } }""");

        Assert.Equal("Still without", renamed.Name);
        Assert.Equal((422, Codes.InvalidAttributes, "attributes.floor"), refused);
        Assert.Equal(1, fits.Attributes.GetProperty("floor").GetInt32());
    }

    [Fact]
    public async Task Parts_nest_five_levels_deep_and_never_in_a_cycle()
    {
        var tenant = await platform.NewTenantAsync();
        var ids = new List<long> { tenant.DoctorId };
        for (var level = 2; level <= 5; level++)
        {
            ids.Add((await tenant.SentAsync<ResourceResponse>("POST", "/resources", $$"""
                { "categoryId": {{tenant.CategoryId}}, "name": "Level {{level}}", "parentId": {{ids[^1]}} }
                """)).Id);
        }

        var tooDeep = await tenant.RefusedAsync("POST", "/resources", $$"""
            { "categoryId": {{tenant.CategoryId}}, "name": "Level 6", "parentId": {{ids[^1]}} }
            """);
        var circle = await tenant.RefusedAsync("PATCH", $"/resources/{ids[0]}", $$"""{ "parentId": {{ids[2]}} }""");
        var itself = await tenant.RefusedAsync("PATCH", $"/resources/{ids[0]}", $$"""{ "parentId": {{ids[0]}} }""");

        Assert.All([tooDeep, circle, itself], refused => Assert.Equal((422, Codes.InvalidParent, "parentId"), refused));
    }

    [Fact]
    public async Task A_resource_that_is_used_is_deactivated_and_an_unused_one_deleted_with_its_hours()
    {
        var tenant = await platform.NewTenantAsync();
        var spare = await tenant.SentAsync<ResourceResponse>(
            "POST", "/resources", $$"""{ "categoryId": {{tenant.CategoryId}}, "name": "Spare" }""");
        await tenant.SentAsync<ScheduleResponse>("PUT", $"/resources/{spare.Id}/schedule", """
            { "rules": [{ "days": ["monday"], "start": "09:00", "end": "10:00" }] }
            """);

        var used = await tenant.RefusedAsync("DELETE", $"/resources/{tenant.DoctorId}");
        await tenant.SentAsync<ResourceResponse>("PATCH", $"/resources/{tenant.DoctorId}", """{ "active": false }""");
        using var deleted = await tenant.SendAsync("DELETE", $"/resources/{spare.Id}");
        var active = await tenant.SentAsync<List<ResourceResponse>>("GET", "/resources");
        var inactive = await tenant.SentAsync<List<ResourceResponse>>("GET", "/resources?active=false");
        var all = await tenant.SentAsync<List<ResourceResponse>>("GET", $"/resources?active=all&categoryId={tenant.CategoryId}");

        Assert.Equal((409, Codes.InUse, null), used);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal((0, 1, 1), (active.Count, inactive.Count, all.Count));
        Assert.Equal((400, Codes.ValidationFailed, "active"), await tenant.RefusedAsync("GET", "/resources?active=maybe"));
    }

    [Fact]
    public async Task A_change_with_stale_version_returns_412()
    {
        var tenant = await platform.NewTenantAsync();
        var path = $"/resources/{tenant.DoctorId}";
        using var read = await tenant.SendAsync("GET", path);
        using var first = await tenant.SendAsync("PATCH", path, """{ "name": "First" }""", version: 1);

        var second = await tenant.RefusedAsync("PATCH", path, """{ "name": "Second" }""", version: 1);

        Assert.Equal(("\"1\"", "\"2\""), (read.Headers.ETag?.Tag, first.Headers.ETag?.Tag));
        Assert.Equal((412, Codes.VersionMismatch, null), second);
        Assert.Equal("First", (await tenant.SentAsync<ResourceResponse>("GET", path)).Name);
    }

    [Fact]
    public async Task The_same_request_with_the_same_key_creates_one_resource_and_replays_the_response()
    {
        var tenant = await platform.NewTenantAsync();
        var body = $$"""{ "categoryId": {{tenant.CategoryId}}, "name": "Ünïque 🦄", "attributes": { "price": 1.50 } }""";
        var same = body.Replace(" \"name\"", "\n\"name\"");

        using var first = await tenant.SendAsync("POST", "/resources", body, key: "a-key");
        using var again = await tenant.SendAsync("POST", "/resources", same, key: "a-key");
        using var other = await tenant.SendAsync("POST", "/resources", body.Replace("1.50", "2"), key: "a-key");

        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal((first.Headers.Location, first.Headers.ETag), (again.Headers.Location, again.Headers.ETag));
        Assert.True(again.Headers.Contains("Idempotency-Replayed"));
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal((422, Codes.IdempotencyKeyReused), await other.ProblemAsync());
        Assert.Equal(2, await tenant.QueryAsync(db => db.Resources.CountAsync()));
    }

    [Fact]
    public async Task A_refused_request_leaves_its_key_unused_and_concurrent_requests_create_one()
    {
        var tenant = await platform.NewTenantAsync();
        var body = $$"""{ "categoryId": {{tenant.CategoryId}}, "name": "X" }""";
        using var refused = await tenant.SendAsync("POST", "/resources", body.Replace("}", ", \"timeZone\": \"No/Where\" }"), key: "k");

        var responses = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => tenant.SendAsync("POST", "/resources", body, key: "k")));

        Assert.Equal((422, Codes.UnknownTimeZone), await refused.ProblemAsync());
        Assert.Contains(responses, r => r.StatusCode == HttpStatusCode.Created);
        foreach (var response in responses.Where(r => r.StatusCode != HttpStatusCode.Created))
        {
            Assert.Equal((409, Codes.IdempotencyInProgress), await response.ProblemAsync());
        }

        Assert.Equal(1, await tenant.QueryAsync(db => db.Resources.CountAsync(r => r.Name == "X")));
    }

    [Theory]
    [InlineData(1, 403)] // operations
    [InlineData(2, 201)] // manager
    [InlineData(3, 201)] // admin
    public async Task Managers_and_admins_may_change_the_catalogue_and_others_may_read_it(int userType, int status)
    {
        var tenant = await platform.NewTenantAsync();
        await platform.ExecutePlatformAsync($"""
            update memberships set user_type_id_fk = {userType} where user_id_fk = {tenant.UserId};
            delete from membership_roles where membership_id_fk = {tenant.UserId};
            """); // the role permits as much as the type of an admin

        using var written = await tenant.SendAsync("POST", "/categories", """{ "name": "X" }""");
        using var read = await tenant.SendAsync("GET", "/categories");

        Assert.Equal(status, (int)written.StatusCode);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }
}
