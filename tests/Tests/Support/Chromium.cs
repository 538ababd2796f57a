using Microsoft.Playwright;
using Platform.Tests.Proxies;
using Platform.Tests.Support;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Platform.Tests.Support;

/// <summary>
/// The machine's own Chromium, started by the first test that asks; Playwright is only the driver. Debian's package
/// <c>chromium-headless-shell </c> has the same engine without the browser's own windows and takes a third of the
/// processor.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Programs = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

    private readonly Lazy<Task<(IPlaywright Driver, IBrowser Browser)>> _started = new(StartAsync);

    /// <summary>A window of its own, with cookies of its own.</summary>
    public async Task<IBrowserContext> NewWindowAsync(BrowserNewContextOptions options)
    {
        var context = await (await _started.Value).Browser.NewContextAsync(options);
        context.SetDefaultTimeout(30_000);
        return context;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (!_started.IsValueCreated) return;
        var (driver, browser) = await _started.Value;
        await browser.DisposeAsync();
        driver.Dispose();
    }

    private static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        var driver = await Playwright.CreateAsync();
        var browser = await driver.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? Programs.First(File.Exists),
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                $"--host-resolver-rules=MAP *.{TlsProxy.Domain} 127.0.0.1",
            ],
        });
        return (driver, browser);
    }
}
