using Platform.Contracts;
using Platform.Tests.People;
using Platform.Tests.Support;
using static Platform.Tests.Scim.ScimCalls;

namespace Platform.Tests.Scim;

/// <summary>Invalid requests of a directory.</summary>
[Collection(typeof(WithIdentity))]
public sealed class ScimFaultTests(InvitingPlatform world)
{
    private readonly PlatformFixture _platform = world.Platform;

    [Theory]
    [InlineData("userName")]
    [InlineData("userName eq")]
    [InlineData("userName eq bob")]
    [InlineData("userName eq \"bob")]
    [InlineData("userName eq \"bob\" or userName eq \"eve\"")]
    [InlineData("userName sw \"b\"")]
    [InlineData("userName pr")]
    [InlineData("not (userName eq \"bob\")")]
    [InlineData("password eq \"x\"")]
    [InlineData("userName eq \"a\" and userName eq \"b\"")]
    [InlineData("(userName eq \"bob\"")]
    [InlineData("userName eq \"bob\") or 1=1 --")]
    [InlineData("' or 1=1; drop table users; --")]
    [InlineData("userName = 'bob'")]
    [InlineData("urn:nothing:userName eq \"bob\"")]
    [InlineData("emails[type eq \"work\" and]")]
    [InlineData("((((((((((((((((")]
    public async Task A_filter_that_is_malformed_or_not_supported_is_refused(string filter)
    {
        using var client = await _platform.DirectoryAsync(await _platform.NewCustomerAsync());

        var refused = (await client.ScimAsync("GET", $"/Users?filter={Uri.EscapeDataString(filter)}")).Failure;

        Assert.Equal((400, "invalidFilter", Codes.MalformedRequest), refused);
    }

    [Theory]
    [InlineData("x' or '1'='1")]
    [InlineData("%")]
    [InlineData("x\\\" or userName pr or userName eq \\\"")]
    [InlineData("'; drop table scim_users; --")]
    public async Task A_filter_value_that_looks_like_SQL_matches_no_user(string name)
    {
        using var client = await _platform.DirectoryAsync(await _platform.NewCustomerAsync());

        var filter = Uri.EscapeDataString($"userName eq \"{name}\"");

        Assert.Empty((await client.ScimAsync("GET", $"/Users?filter={filter}")).Good().Ids);
    }

    public static TheoryData<string, string?, string, string?> Malformed => new()
    {
        { "POST", "", "invalidSyntax", null },
        { "POST", "{", "invalidSyntax", null },
        { "POST", "[]", "invalidSyntax", null },
        { "POST", "null", "invalidSyntax", null },
        { "POST", "{}", "invalidValue", null },
        { "POST", """{ "userName": " " }""", "invalidValue", null },
        { "POST", """{ "userName": 7 }""", "invalidValue", null },
        { "POST", """{ "userName": "no address" }""", "invalidValue", null },
        { "POST", """{ "userName": "a@b.example", "active": "maybe" }""", "invalidValue", null },
        { "POST", """{ "userName": "a@b.example", "name": "Bob" }""", "invalidValue", null },
        { "POST", """{ "userName": "a@b.example", "emails": [7] }""", "invalidValue", null },
        { "POST", """{ "userName": "a@b.example", "displayName": "a\u0001b" }""", "invalidValue", null },
        { "POST", """{ "userName": "a@b.example", "displayName": "a\u0000b" }""", "invalidSyntax", null },
        { "POST", """{ "userName": "a@b.example", "displayName": "\ud800" }""", "invalidSyntax", null },
        { "POST", """{ "userName": "a@b.example", "userName": "c@d.example" }""", "invalidSyntax", null },
        { "PUT", """{ "displayName": "No name" }""", "invalidValue", null },
        { "PATCH", "{}", "invalidSyntax", null },
        { "PATCH", """{ "Operations": [] }""", "invalidSyntax", null },
        { "PATCH", """{ "Operations": {} }""", "invalidSyntax", null },
        { "PATCH", """{ "Operations": [7] }""", "invalidSyntax", null },
        { "PATCH", null, "invalidSyntax", """{ "op": "move", "path": "title", "value": "x" }""" },
        { "PATCH", null, "invalidSyntax", """{ "op": 1, "path": "title" }""" },
        { "PATCH", null, "invalidSyntax", """{ "op": "replace", "value": 7 }""" },
        { "PATCH", null, "noTarget", """{ "op": "remove" }""" },
        { "PATCH", null, "mutability", """{ "op": "replace", "path": "id", "value": "7" }""" },
        { "PATCH", null, "mutability", """{ "op": "add", "path": "groups", "value": [{ "value": "2" }] }""" },
        { "PATCH", null, "invalidPath", """{ "op": "add", "path": "emails[type eq", "value": "x" }""" },
        { "PATCH", null, "invalidPath", """{ "op": "add", "path": "a.b.c", "value": "x" }""" },
        { "PATCH", null, "invalidPath", """{ "op": "add", "path": "title[x eq 1]", "value": "x" }""" },
        { "PATCH", null, "noTarget", """{ "op": "replace", "path": "emails[type co \"x\" or display pr].display", "value": "x" }""" },
        { "PATCH", null, "invalidValue", """{ "op": "remove", "path": "userName" }""" },
        { "PATCH", null, "invalidValue", """{ "op": "add", "path": "active", "value": "perhaps" }""" },
        { "PATCH", null, "invalidValue", """{ "op": "add", "path": "name", "value": [] }""" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public async Task A_malformed_request_returns_400_with_its_SCIM_type(
        string method, string? body, string type, string? operation)
    {
        var tenant = await _platform.NewCustomerAsync();
        using var client = await _platform.DirectoryAsync(tenant);

        var refused = (await client.ScimAsync(
            method, method == "POST" ? "/Users" : $"/Users/{tenant.UserId}", body ?? Patch(operation!))).Failure;

        Assert.Equal((400, type), (refused.Status, refused.Type));
    }

    [Fact]
    public async Task Bodies_of_another_media_type_or_too_large_are_refused()
    {
        using var client = await _platform.DirectoryAsync(await _platform.NewCustomerAsync());

        var xml = (await client.ScimAsync("POST", "/Users", "<user/>", contentType: "application/xml")).Failure;
        var json = await client.ScimAsync("POST", "/Users", Person(NewName()), contentType: "application/json");
        var huge = (await client.ScimAsync("POST", "/Users", Person(NewName(), $", \"title\": \"{new string('x', 1_100_000)}\""))).Failure;
        var text = (await client.ScimAsync("POST", "/Users", Person(NewName(), $", \"title\": \"{new string('x', 1001)}\""))).Failure;
        var deep = (await client.ScimAsync("POST", "/Users", string.Concat(Enumerable.Repeat("[", 5000)))).Failure;

        Assert.Equal((415, null, Codes.UnsupportedMediaType), xml);
        Assert.Equal(201, json.Status);
        Assert.Equal((413, null, Codes.PayloadTooLarge), huge);
        Assert.Equal((400, "invalidValue", Codes.MalformedRequest), text);
        Assert.Equal((400, "invalidSyntax"), (deep.Status, deep.Type));
    }
}
