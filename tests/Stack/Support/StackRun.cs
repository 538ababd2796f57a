using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Platform.Tests.Support;

namespace Platform.Stack.Support;

/// <summary>
/// The stack as a developer starts it: <c>./platform up</c>, on free ports and with its own data, so that other stacks
/// can run at the same time.
/// </summary>
internal sealed class StackRun : IAsyncDisposable
{
    public const string DashboardApiKey = "a-key-of-the-tests";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly DirectoryInfo _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"platform-stack-{Guid.CreateVersion7():n}"));
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    private StackRun(IEnumerable<string> arguments)
    {
        _process = Platform([
            "up", "--isolated", "--no-build", $"--Local:Folder={_folder}", $"--AppHost:DashboardApiKey={DashboardApiKey}", .. arguments,
        ]);
        // The AppHost ends by itself when this process is gone, whatever happens to it.
        _process.StartInfo.Environment["ASPIRE_CLI_PID"] = $"{Environment.ProcessId}";
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where its data is.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The console output so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Where everything is; known when the stack is ready.</summary>
    public StackAddresses Addresses { get; private set; } = null!;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a stack and waits until it is ready.</summary>
    public static async Task<StackRun> StartAsync(params IEnumerable<string> arguments)
    {
        var run = Begin(arguments);
        await run.UntilAsync(() => File.Exists(Path.Combine(run._folder.FullName, "stack.json")), "a ready stack");
        await using var file = File.OpenRead(Path.Combine(run._folder.FullName, "stack.json"));
        run.Addresses = (await JsonSerializer.DeserializeAsync<StackAddresses>(file, JsonSerializerOptions.Web))!;
        return run;
    }

    /// <summary>Starts a stack and does not wait for it.</summary>
    public static StackRun Begin(params IEnumerable<string> arguments) => new(arguments);

    /// <summary>Runs a command of <c>./platform</c> against this stack to its end.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(params IEnumerable<string> arguments)
    {
        using var process = Platform(arguments);
        process.StartInfo.Environment["IDENTITY_ISSUER"] = Addresses.Urls["identity"];
        process.StartInfo.Environment["PLATFORM_API"] = Addresses.Urls["api"];
        process.StartInfo.RedirectStandardInput = true;
        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var waited = TimeSpan.Zero; !condition(); waited += Pause)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The stack ended before there was {what}:\n{Output}");
            if (waited > StartLimit) throw new TimeoutException($"There was never {what}:\n{Output}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>
    /// Kills the AppHost alone, as <c>kill -9</c> does, and waits until everything it had started is gone.
    /// </summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await NothingRemainsAsync();
    }

    /// <summary>
    /// Ends the stack as an orchestrator does, by SIGTERM, and waits until everything it had started is gone.
    /// </summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await NothingRemainsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited) await StopAsync();
        }
        finally
        {
            _process.Dispose();
            _folder.Delete(recursive: true);
        }
    }

    private async Task NothingRemainsAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
        while (StackProcesses.With(_folder.FullName) is { Count: > 0 } left)
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"Processes were left behind: {string.Join(", ", left)}");
            await Task.Delay(Pause);
        }
    }

    private void Keep(string? line)
    {
        if (line is not null) _output.Enqueue(line);
    }

    private static Process Platform(IEnumerable<string> arguments) => new()
    {
        StartInfo = new ProcessStartInfo(Repository.PathOf("platform"), arguments)
        {
            WorkingDirectory = Repository.PathOf(""),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        },
    };
}

/// <summary>The content of <c>stack.json</c>, which AppHost writes.</summary>
internal sealed record StackAddresses(
    int ProcessId, string Dashboard, IReadOnlyDictionary<string, string> Urls, IReadOnlyDictionary<string, string> ConnectionStrings);
