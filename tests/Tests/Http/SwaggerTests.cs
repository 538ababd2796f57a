using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.Http;

public sealed class SwaggerTests(PlatformFixture platform, Chromium chromium)
{
    [Fact]
    public async Task The_page_shows_the_operations_under_its_own_content_policy()
    {
        await using var visit = await Visit.StartAsync(
            await chromium.NewWindowAsync(new() { BaseURL = $"{platform.Api.ClientOptions.BaseAddress}" }));

        await visit.GoAsync("/swagger/index.html");
        await visit.Page.Locator(".opblock-summary").First.ClickAsync();
        await visit.Page.GetByText("Try it out").First.WaitForAsync();

        visit.ExpectNoProblems();
    }
}
