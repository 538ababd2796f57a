using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Platform.Tests.Ui;

/// <summary>One window on a web app, which remembers everything that a person would have noticed as wrong.</summary>
public sealed class Visit : IAsyncDisposable
{
    private const string Rules = """
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        """;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

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
        var runsScripts = await Page.EvaluateAsync<bool>("() => matchMedia('(scripting: enabled)').matches");
        Assert.True(runsScripts, "axe never ends in a window that runs no scripts: open another one");
        if (await Page.EvaluateAsync<bool>("() => typeof axe === 'undefined'")) await Page.EvaluateAsync(Axe);

        await ExpectNothingFoundAsync(name, $$"""{ {{Rules}} }""");
        Assert.Equal(1, await Page.Locator("h1").CountAsync());
        await ExpectToFitAsync(name);
    }

    /// <summary>
    /// The same in the light theme, then the colours of the dark theme, and all but the colours in a phone's window. The
    /// page is loaded once.
    /// </summary>
    public async Task ExpectAccessibleInEveryViewAsync(string name)
    {
        await ExpectAccessibleAsync($"{name}-light");

        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark, ReducedMotion = ReducedMotion.Reduce });
        await ExpectNothingFoundAsync($"{name}-dark", """{ "runOnly": ["color-contrast", "link-in-text-block"] }""");

        var size = Page.ViewportSize!;
        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        await Page.SetViewportSizeAsync(390, 844);
        await ExpectNothingFoundAsync($"{name}-phone", $$"""{ {{Rules}}, "rules": { "color-contrast": { "enabled": false } } }""");
        await ExpectToFitAsync($"{name}-phone");
        await Page.SetViewportSizeAsync(size.Width, size.Height);
    }

    private async Task ExpectNothingFoundAsync(string name, string options)
    {
        if (Shots is not null)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(Shots, $"{name}.png"), FullPage = true });
        }

        var axe = Page.EvaluateAsync<string[]>(
            """
            async options => (await axe.run(document, { resultTypes: ['violations'], ...JSON.parse(options) })).violations
                .flatMap(rule => rule.nodes.map(node => `${rule.id} (${rule.impact}) ${node.target} ${node.failureSummary}`))
            """,
            options);

        var found = await axe.WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.True(found.Length == 0, $"{name}: {string.Join('\n', found)}");
    }

    private async Task ExpectToFitAsync(string name)
    {
        var tooWide = await Page.EvaluateAsync<int>(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(tooWide <= 0, $"{name} is {tooWide} px wider than the window");
    }

    public void ExpectNoProblems() => Assert.Equal("", string.Join('\n', _problems));

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}

/// <summary>The three ways in which pages are looked at.</summary>
public static class Views
{
    public static BrowserNewContextOptions Named(string name) => new()
    {
        ViewportSize = name == "phone" ? new() { Width = 390, Height = 844 } : new() { Width = 1280, Height = 860 },
        ColorScheme = name == "dark" ? ColorScheme.Dark : ColorScheme.Light,
    };
}
