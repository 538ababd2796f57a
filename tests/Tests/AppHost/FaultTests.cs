using Platform.Stack.Support;
using Platform.Tests.Worker;

namespace Platform.Tests.AppHost;

/// <summary>Each failure to start ends with a sentence that says what to do.</summary>
public sealed class FaultTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"platform-faults-{Guid.CreateVersion7():n}"));

    [Fact]
    public async Task A_taken_port_ends_the_start_and_names_its_holder()
    {
        const int HubPort = 5104;
        using var listener = AppHostProgram.TryListen(HubPort);

        var (exitCode, output) = await AppHostProgram.RunAsync(new Dictionary<string, string>(), $"--Local:Folder={_folder}");

        Assert.Equal(1, exitCode);
        Assert.Matches($@"Port {HubPort} is taken by \S+ \(process \d+\)\.", output);
        Assert.Contains("./platform up --isolated", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_data_folder_ends_the_start_and_leads_to_reset()
    {
        _folder.CreateSubdirectory("data/postgres");

        var (exitCode, output) = await AppHostProgram.RunAsync(AppHostProgram.Isolated, $"--Local:Folder={_folder}");

        Assert.Equal(1, exitCode);
        Assert.Contains("problem: postgres stopped with exit code 1.", output, StringComparison.Ordinal);
        Assert.Contains("PG_VERSION cannot be read", output, StringComparison.Ordinal);
        Assert.Contains("./platform reset", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_server_ends_the_start_and_names_the_package_to_install()
    {
        // A PATH with everything but Redis.
        var programs = _folder.CreateSubdirectory("programs");
        foreach (var program in Directory.EnumerateFiles("/usr/bin").Concat(Directory.EnumerateFiles("/bin")))
        {
            var link = Path.Combine(programs.FullName, Path.GetFileName(program));
            if (!Path.GetFileName(program).StartsWith("redis", StringComparison.Ordinal) && !File.Exists(link)) File.CreateSymbolicLink(link, program);
        }

        var (exitCode, output) = await AppHostProgram.RunAsync(
            new Dictionary<string, string>(AppHostProgram.Isolated) { ["PATH"] = programs.FullName }, $"--Local:Folder={_folder}");

        Assert.Equal(1, exitCode);
        Assert.Contains("redis stopped with exit code 127. Redis is not installed", output, StringComparison.Ordinal);
        Assert.Contains("redis-server", output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await Eventually.TrueAsync(() => Task.FromResult(StackProcesses.With(_folder.FullName).Count == 0)); // all it had started ends
        _folder.Delete(recursive: true);
    }
}
