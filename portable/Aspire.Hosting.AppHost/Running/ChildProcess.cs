using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Portable;

/// <summary>What to run. The signal is the one that asks it to end in an orderly way.</summary>
internal sealed record ProcessPlan(string FileName, IReadOnlyList<string> Arguments)
{
    public required string WorkingDirectory { get; init; }
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    public int StopSignal { get; init; } = ChildProcess.Terminate;
    public string Rank { get; init; } = Guardian.ProgramRank;
}

/// <summary>A process in a session of its own, so that Ctrl+C reaches it only through the host, in the host's order.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    public const int Interrupt = 2, Kill = 9, Terminate = 15;

    // Writes down who it is before it becomes the program, and does not become it if nobody would stop it any more.
    private const string Launcher = """
        field() { shift 19; echo "$1"; }
        file=$1 signal=$2 guardian=$3; shift 3
        read -r boot < /proc/sys/kernel/random/boot_id
        read -r stat < "/proc/$$/stat"
        echo "$$ $(field ${stat##*) }) $boot $signal" > "$file"
        kill -0 "$guardian" || exit 125
        exec "$@"
        """;

    /// <summary>Set for the host by whoever started it, and not meant for its processes.</summary>
    private static readonly string[] NotInherited =
        ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "DOTNET_URLS", "HTTP_PORTS", "HTTPS_PORTS",
        "DOTNET_LAUNCH_PROFILE", "ASPIRE_ALLOW_UNSECURED_TRANSPORT", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL",
        "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH", "MSBuildLoadMicrosoftTargetsReadOnly"];

    private readonly Process _process;
    private readonly string _identityFile;
    private readonly ProcessPlan _plan;
    private readonly Task _output;

    private ChildProcess(Process process, string identityFile, ProcessPlan plan, Action<string> onLine)
    {
        (_process, _identityFile, _plan) = (process, identityFile, plan);
        _output = Task.WhenAll(Pump(process.StandardOutput, onLine), Pump(process.StandardError, onLine));
    }

    public int Id => _process.Id;

    public static ChildProcess Start(ProcessPlan plan, string id, LocalFolders folders, Guardian guardian, Action<string> onLine)
    {
        var identityFile = Path.Combine(folders.Runs, $"{plan.Rank}-{id}.pid");
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = plan.WorkingDirectory,
        };

        string[] wrapper = ["sh", "-c", Launcher, "sh", identityFile, $"{plan.StopSignal}", $"{guardian.Id}", plan.FileName];

        foreach (var argument in wrapper.Concat(plan.Arguments)) start.ArgumentList.Add(argument);

        foreach (var name in NotInherited) start.Environment.Remove(name);

        foreach (var (name, value) in plan.Environment) start.Environment[name] = value;

        var process = Process.Start(start)
            ?? throw new DistributedApplicationException($"{plan.FileName} could not be started.");
        process.StandardInput.Close();
        return new(process, identityFile, plan, onLine);
    }

    /// <returns>The exit code, once the output that the process itself wrote has been read.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);

        // Whoever inherited its output may keep it open for ever; those are of its group, and go with it.
        _ = SendSignal(-_process.Id, Kill);
        await Task.WhenAny(_output, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, CancellationToken.None));
        File.Delete(_identityFile);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end, and makes it after the grace period.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (_process.HasExited) return;

        _ = SendSignal(_process.Id, _plan.StopSignal);
        using var patience = new CancellationTokenSource(grace, TimeProvider.System);

        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _ = SendSignal(-_process.Id, Kill);
            _ = SendSignal(_process.Id, Kill);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _process.Dispose();

    /// <summary>Runs a helper to its end.</summary>
    /// <exception cref="DistributedApplicationException">It failed; the message holds what it wrote.</exception>
    public static async Task<string> RunAsync(
        string fileName, IEnumerable<string> arguments, CancellationToken ct, string? input = null, string workingDirectory = "/")
    {
        var start = new ProcessStartInfo(fileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingDirectory,
        };

        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        using var process = Process.Start(start) ?? throw new DistributedApplicationException($"{fileName} could not be started.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));

        if (input is not null) await process.StandardInput.WriteAsync(input);

        process.StandardInput.Close();
        await process.WaitForExitAsync(ct);

        var (said, complained) = (await output, await errors);

        return process.ExitCode == 0 ? said : throw new DistributedApplicationException(
            $"{Path.GetFileName(fileName)} ended with code {process.ExitCode}: {complained.Trim()} {said.Trim()}");
    }

    public static int SendSignal(int pid, int signal) => NativeKill(pid, signal);

    private static async Task Pump(StreamReader reader, Action<string> onLine)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line) onLine(line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The pipe went away with the process.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeKill(int pid, int signal);
}
