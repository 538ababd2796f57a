using System.Text.Json;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class DescriptionTests(PlatformFixture platform)
{
    [Fact]
    public async Task Members_of_a_change_are_described_by_what_they_hold()
    {
        using var anybody = platform.Client();

        var document = JsonDocument.Parse(await anybody.GetStringAsync("/openapi/tenant.json")).RootElement;

        var change = document.GetProperty("components").GetProperty("schemas").GetProperty("ChangeResourceRequest");
        var name = Resolved(document, change.GetProperty("properties").GetProperty("name"));
        Assert.Equal("string", name.GetProperty("type").GetString());
        Assert.False(change.TryGetProperty("required", out _));
    }

    private static JsonElement Resolved(JsonElement document, JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference)
            ? document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1])
            : schema;
}
