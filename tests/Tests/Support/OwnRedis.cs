using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace Platform.Tests.Support;

/// <summary>A Redis of one test's own, which may fall silent.</summary>
internal sealed class OwnRedis : IAsyncDisposable
{
    private readonly string _port;
    private Process _process;

    private OwnRedis(string port) => (_port, _process) = (port, Start(port));

    /// <summary><c>host:port</c></summary>
    public string Address => $"127.0.0.1:{_port}";

    public static async Task<OwnRedis> StartAsync()
    {
        var redis = new OwnRedis(Ports.Free().ToString(CultureInfo.InvariantCulture));
        await redis.UntilItAnswersAsync();
        return redis;
    }

    /// <summary>As by <c>kill -9</c>: what it had is lost.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Empty, at the same address.</summary>
    public async Task StartAgainAsync()
    {
        _process = Start(_port);
        await UntilItAnswersAsync();
    }

    /// <summary>It keeps its connections and answers nothing.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    public async ValueTask DisposeAsync() => await KillAsync();

    private static Process Start(string port)
    {
        var process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            WorkingDirectory = Path.GetTempPath(),
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        process.BeginOutputReadLine();
        return process;
    }

    private async Task UntilItAnswersAsync()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{Address},abortConnect=false,connectRetry=30");
        await Worker.Eventually.TrueAsync(() => connection.IsConnected);
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
