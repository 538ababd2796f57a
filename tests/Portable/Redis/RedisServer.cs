using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Platform.Portable.Redis;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(RedisServer))]

namespace Platform.Portable.Redis;

/// <summary>A redis-server of these tests' own, empty and in memory, on a free port.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private Process? _process;

    public string Endpoint { get; } = $"127.0.0.1:{FreePort()}";

    public ConnectionMultiplexer Connection { get; private set; } = null!;

    public IDatabase Database => Connection.GetDatabase();

    public async ValueTask InitializeAsync()
    {
        Start();
        Connection = await ConnectionMultiplexer.ConnectAsync($"{Endpoint},abortConnect=false");
        await Eventually.TrueAsync(() => Connection.IsConnected);
    }

    public void Start() => _process = Process.Start(new ProcessStartInfo("redis-server")
    {
        ArgumentList = { "--port", Endpoint.Split(':')[1], "--bind", "127.0.0.1", "--save", "", "--appendonly", "no" },
        RedirectStandardOutput = true,
        UseShellExecute = false,
    });

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Connection.Dispose();
        Kill();
        return ValueTask.CompletedTask;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, int seconds = 60)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds < seconds, "It did not happen in time.");
            await Task.Delay(20);
        }
    }

    public static Task TrueAsync(Func<bool> condition, int seconds = 60) =>
        TrueAsync(() => Task.FromResult(condition()), seconds);
}
