using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace Platform.Tests.Support;

/// <summary>A Redis of one test's own, which may fall silent.</summary>
internal sealed class OwnRedis : IAsyncDisposable
{
    private readonly Process _process;

    private OwnRedis(Process process, string address) => (_process, Address) = (process, address);

    /// <summary><c>host:port</c></summary>
    public string Address { get; }

    public static async Task<OwnRedis> StartAsync()
    {
        var port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            WorkingDirectory = Path.GetTempPath(),
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        process.BeginOutputReadLine();

        var redis = new OwnRedis(process, $"127.0.0.1:{port}");
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.Address},abortConnect=false,connectRetry=30");
        await Worker.Eventually.TrueAsync(() => connection.IsConnected);
        return redis;
    }

    /// <summary>It keeps its connections and answers nothing.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
