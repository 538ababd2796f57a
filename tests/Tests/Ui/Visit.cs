using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Platform.Tests.Ui;

/// <summary>One window on a web app, which remembers everything that a person would have noticed as wrong.</summary>
public sealed class Visit : IAsyncDisposable
{
    private static readonly AxeRunOptions AxeOptions = new()
    {
        RunOnly = new()
        {
            Type = "tag",
            Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        },
        ResultTypes = [ResultType.Violations],
    };

    private static readonly string? Shots = Environment.GetEnvironmentVariable("UI_SHOTS");

    private readonly List<string> _problems = [];

    private Visit(IPage page) => Page = page;

    public IPage Page { get; }

    public static async Task<Visit> StartAsync(IBrowserContext window)
    {
        var visit = new Visit(await window.NewPageAsync());
        visit.Page.PageError += (_, error) => visit._problems.Add($"exception: {error}");
        visit.Page.Console += (_, message) =>
        {
            // Chromium reports refused forms as errors of the network; those are answers.
            var isAnswer = message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal);
            if (message.Type is "error" or "warning" && !isAnswer) visit._problems.Add(message.Text);
        };
        visit.Page.Response += (_, response) =>
        {
            var isRefusedForm = response is { Request.Method: "POST", Status: 409 or 412 or 422 }; // shown in its dialog
            if (response.Status is >= 500 || response.Status >= 400 && response.Request.ResourceType != "document" && !isRefusedForm)
            {
                visit._problems.Add($"{response.Status} {response.Url}");
            }
        };
        return visit;
    }

    public Task GoAsync(string path) => Page.GotoAsync(path);

    public Task ClickAsync(string role, string name) =>
        Page.GetByRole(Enum.Parse<AriaRole>(role, ignoreCase: true), new() { Name = name, Exact = true }).ClickAsync();

    public Task<string> TextOfAsync(string selector) => Page.Locator(selector).InnerTextAsync();

    public Task<string> HeadingAsync() => Page.Locator("h1").InnerTextAsync();

    /// <summary>
    /// Nothing that axe finds (WCAG 2.2 A and AA, and good practice), one main heading, and no wider than the window.
    /// </summary>
    public async Task ExpectAccessibleAsync(string name)
    {
        if (Shots is not null)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(Shots, $"{name}.png"), FullPage = true });
        }

        var runsScripts = await Page.EvaluateAsync<bool>("() => matchMedia('(scripting: enabled)').matches");
        Assert.True(runsScripts, "axe never ends in a window that runs no scripts: open another one");
#pragma warning disable CS0618 // RunAxe also finds what is in frames, but opens a second page for that: it costs twice as much
        var axe = Page.RunAxeLegacy(options: AxeOptions);
        var violations = (await axe.WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken)).Violations;
#pragma warning restore CS0618
        var tooWide = await Page.EvaluateAsync<int>(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth");

        Assert.True(violations.Length == 0, $"{name}: {string.Join('\n', violations.SelectMany(Described))}");
        Assert.Equal(1, await Page.Locator("h1").CountAsync());
        Assert.True(tooWide <= 0, $"{name} is {tooWide} px wider than the window");
    }

    private static IEnumerable<string> Described(AxeResultItem rule) =>
        rule.Nodes.Select(node => $"{rule.Id} ({rule.Impact}) {node.Target} {string.Join(' ', node.Any.Concat(node.All).Concat(node.None).Select(check => check.Message))}");

    public void ExpectNoProblems() => Assert.Equal("", string.Join('\n', _problems));

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}

/// <summary>The three ways in which every page is looked at.</summary>
public static class Views
{
    public static TheoryData<string> All => ["light", "dark", "phone"];

    public static BrowserNewContextOptions Named(string name) => new()
    {
        ViewportSize = name == "phone" ? new() { Width = 390, Height = 844 } : new() { Width = 1280, Height = 860 },
        ColorScheme = name == "dark" ? ColorScheme.Dark : ColorScheme.Light,
    };
}
