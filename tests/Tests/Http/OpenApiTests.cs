using System.Text.Json;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>The description of the API, as people and generators of clients read it.</summary>
public sealed class OpenApiTests(PlatformFixture platform)
{
    public static TheoryData<string> Documents => ["tenant", "public", "global"];

    [Theory, MemberData(nameof(Documents))]
    public async Task Every_body_has_an_example(string name)
    {
        var document = await ReadAsync(name);
        var bodies = (
            from path in document.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            where operation.Value.TryGetProperty("requestBody", out _)
            from content in operation.Value.GetProperty("requestBody").GetProperty("content").EnumerateObject()
            select (Name: $"{operation.Name} {path.Name} {content.Name}", Content: content.Value)).ToList();

        Assert.True(bodies.Count > 0 || name == "global", "There is no body at all.");
        Assert.Empty(bodies.Where(body => !HasExample(document, body.Content)).Select(body => body.Name));
    }

    [Theory]
    [InlineData("UpdateClientRequest", "phone", "string null", "")]
    [InlineData("UpdateClientRequest", "name", "string", "maxLength 200")]
    [InlineData("ChangeResourceRequest", "capacity", "integer", "maximum 1000")]
    [InlineData("ChangeResourceRequest", "parentId", "integer null", "")]
    [InlineData("ChangeResourceRequest", "active", "boolean", "")]
    [InlineData("ChangeServiceRequest", "durationsMinutes", "array", "maxItems 20")]
    [InlineData("ChangeServiceRequest", "beforeBufferMinutes", "integer", "maximum 1440")]
    [InlineData("ChangeServiceRequest", "price", "object null", "")]
    [InlineData("ChangeSettingsRequest", "openingHours", "array", "maxItems 200")]
    public async Task A_patch_member_is_described_with_the_type_of_its_value(
        string schema, string member, string types, string limit)
    {
        var document = await ReadAsync("tenant");
        var request = document.GetProperty("components").GetProperty("schemas").GetProperty(schema);
        var described = request.GetProperty("properties").GetProperty(member);

        var type = described.GetProperty("type");
        string[] found = type.ValueKind is JsonValueKind.Array
            ? [.. type.EnumerateArray().Select(t => t.GetString()!)]
            : [type.GetString()!];
        Assert.Equal(types.Split(' ').Order(), found.Order());
        Assert.False(request.TryGetProperty("required", out _), "A PATCH needs no member.");
        if (limit.Split(' ') is [var rule, var value]) Assert.Equal(value, described.GetProperty(rule).ToString());
    }

    private static bool HasExample(JsonElement document, JsonElement content)
    {
        if (content.TryGetProperty("example", out _) || content.TryGetProperty("examples", out _)) return true;

        var schema = content.GetProperty("schema");
        if (schema.TryGetProperty("oneOf", out var any)) schema = any.EnumerateArray().Last();
        return schema.TryGetProperty("examples", out _)
            || (schema.TryGetProperty("$ref", out var reference)
                && document.GetProperty("components").GetProperty("schemas")
                    .GetProperty(reference.GetString()!.Split('/')[^1]).TryGetProperty("examples", out _));
    }

    private async Task<JsonElement> ReadAsync(string name)
    {
        using var anybody = platform.Client();
        return JsonDocument.Parse(await anybody.GetStringAsync($"/openapi/{name}.json")).RootElement;
    }
}
