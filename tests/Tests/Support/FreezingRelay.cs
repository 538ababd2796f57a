using System.Net;
using System.Net.Sockets;

namespace Platform.Tests.Support;

/// <summary>
/// Forwards to a server. While frozen, connections stay open and no data passes, as with a stopped process.
/// </summary>
public sealed class FreezingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly (string Host, int Port) _server;
    private readonly CancellationTokenSource _end = new();
    private volatile TaskCompletionSource _passes = new();

    public FreezingRelay(string host, int port)
    {
        _server = (host, port);
        _passes.SetResult();
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Freeze() => _passes = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _passes.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Thaw();
        await _end.CancelAsync();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // the end
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await _passes.Task;
                await server.ConnectAsync(_server.Host, _server.Port, _end.Token);
                await Task.WhenAny(
                    CopyAsync(client.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // one of the two has closed its connection
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, _end.Token) is var length and > 0)
        {
            await _passes.Task;
            await to.WriteAsync(buffer.AsMemory(0, length), _end.Token);
        }
    }
}
