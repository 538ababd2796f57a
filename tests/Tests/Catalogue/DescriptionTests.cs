using System.Text.Json;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class DescriptionTests(PlatformFixture platform)
{
    [Fact]
    public async Task Changes_of_the_catalogue_are_in_the_description_of_the_api()
    {
        using var anybody = platform.Client();

        var document = JsonDocument.Parse(await anybody.GetStringAsync("/openapi/tenant.json")).RootElement;

        Assert.Contains(
            document.GetProperty("paths").EnumerateObject(),
            path => path.Name.StartsWith("/api/v1/resources/{id}", StringComparison.Ordinal)
                && path.Value.TryGetProperty("patch", out _));
    }
}
