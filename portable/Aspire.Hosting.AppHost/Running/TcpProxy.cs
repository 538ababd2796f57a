using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Portable;

/// <summary>The public port of several replicas: each new connection goes to the next one that answers.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly IReadOnlyList<int> _targets;
    private readonly TcpListener[] _listeners;
    private readonly Task[] _loops;
    private readonly CancellationTokenSource _stop = new();
    private int _next = -1;

    public TcpProxy(int port, IReadOnlyList<int> targets)
    {
        _targets = targets;
        _listeners = [.. Ports.Loopbacks.Select(address => new TcpListener(address, port))];

        foreach (var listener in _listeners) listener.Start();

        _loops = [.. _listeners.Select(AcceptAsync)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();

        foreach (var listener in _listeners) listener.Dispose();

        await Task.WhenAll(_loops);
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptSocketAsync(_stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // Either the end, or a client that had gone before it was accepted.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            using var server = await ConnectAsync();

            if (server is null) return;

            client.NoDelay = true;
            server.NoDelay = true;

            try
            {
                await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side hung up; closing the other is all there is to do.
            }
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        for (var tries = 0; tries < _targets.Count; tries++)
        {
            var port = _targets[(int)((uint)Interlocked.Increment(ref _next) % (uint)_targets.Count)];
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
                return socket;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                socket.Dispose();
            }
        }

        return null;
    }

    /// <summary>Copies until one side has said all it had to, and tells the other so; it may still answer.</summary>
    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];

        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception)
        {
            from.Dispose();
            to.Dispose();
            throw;
        }
    }
}
