using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Platform.Portable.Hosting;

/// <summary>The AppHost of <c>Demo.Faults</c> as a process of its own, with a folder of its own as its checkout.</summary>
internal sealed partial class HostProcess : IAsyncDisposable
{
    public const int Interrupt = 2, Kill = 9, Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;
    private readonly string _checkout;

    private HostProcess(string checkout, string? path)
    {
        _checkout = checkout;
        // Whoever runs the tests in the background has Ctrl+C ignored, and children inherit that.
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo("/usr/bin/env")
        {
            ArgumentList = { "--default-signal=INT", dotnet, typeof(Projects.Demo_Faults).Assembly.Location },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DEMO_CHECKOUT"] = checkout;
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        if (path is not null) start.Environment["PATH"] = path;

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => _lines.Enqueue(e.Data ?? "");
        _process.ErrorDataReceived += (_, e) => _lines.Enqueue(e.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _lines);

    public static HostProcess Start(string checkout, string? path = null) => new(checkout, path);

    public static string NewCheckout()
    {
        var folder = Directory.CreateTempSubdirectory("platform-checkout-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        return folder;
    }

    /// <summary>A whole word of the last table: that is, all have settled.</summary>
    public Task SettledAsync() => SaysAsync("RESOURCE");

    public async Task SaysAsync(string text)
    {
        await EventuallyAsync(() => Output.Contains(text, StringComparison.Ordinal), () => $"It does not say '{text}':\n{Output}");
    }

    public void Signal(int signal) => Assert.Equal(0, NativeKill(_process.Id, signal));

    public async Task<int> EndsAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>
    /// Every process started for a checkout: by the variable that they inherit, or by where they work, since Redis writes
    /// its title over its environment.
    /// </summary>
    public static List<(int Pid, string Command)> Relatives(string checkout)
    {
        var found = new List<(int, string)>();

        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                if (File.ReadAllText($"{folder}/environ").Split('\0').Contains($"DEMO_CHECKOUT={checkout}")
                    || File.ResolveLinkTarget($"{folder}/cwd", returnFinalTarget: false)?.FullName.StartsWith($"{checkout}/", StringComparison.Ordinal) == true)
                {
                    found.Add((int.Parse(Path.GetFileName(folder)), File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ')));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or belongs to somebody else.
            }
        }

        return found;
    }

    public static Task NobodyIsLeftAsync(string checkout) => EventuallyAsync(
        () => Relatives(checkout).Count == 0, () => $"Left: {string.Join("\n", Relatives(checkout))}");

    public static void KillNow(int pid) => _ = NativeKill(pid, Kill);

    public async ValueTask DisposeAsync()
    {
        var endsNow = !_process.HasExited;

        if (endsNow)
        {
            Signal(Terminate);
            await EndsAsync();
        }

        _process.Dispose();

        if (endsNow) await NobodyIsLeftAsync(_checkout);
    }

    private static async Task EventuallyAsync(Func<bool> condition, Func<string> complaint)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); await Task.Delay(100))
        {
            if (clock.Elapsed > Patience) Assert.Fail(complaint());
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeKill(int pid, int signal);
}
