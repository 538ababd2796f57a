using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Aspire.Hosting.Portable;

/// <summary>
/// Picks ports and holds on to them (bound, not listening) until the process that shall have them starts, so that nobody else
/// gets them in between.
/// </summary>
internal sealed class Ports : IDisposable
{
    // Below the range from which the kernel takes the ports of outgoing connections.
    private const int First = 20_000, Last = 32_000;
    private readonly ConcurrentDictionary<int, Socket[]> _held = new();

    /// <summary>Takes the port if it is free on this machine's loopback addresses.</summary>
    public bool TryTake(int port)
    {
        var sockets = new List<Socket>();

        foreach (var address in Loopbacks)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);

            try
            {
                // SO_REUSEADDR alone: connections of a server that has just ended (TIME_WAIT) are no obstacle.
                socket.SetRawSocketOption(1, 2, [1, 0, 0, 0]);
                socket.Bind(new IPEndPoint(address, port));
                if (Listens(port, address)) throw new SocketException((int)SocketError.AddressAlreadyInUse);
            }
            catch (SocketException)
            {
                sockets.ForEach(taken => taken.Dispose());
                return false;
            }
        }

        return _held.TryAdd(port, [.. sockets]);
    }

    public int TakeAny()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
            if (!_held.ContainsKey(port) && TryTake(port)) return port;
        }
    }

    /// <summary>Lets go of a port, just before its process binds it.</summary>
    public void Release(int port)
    {
        if (!_held.TryRemove(port, out var sockets)) return;

        foreach (var socket in sockets) socket.Dispose();
    }

    public void Dispose()
    {
        foreach (var port in _held.Keys) Release(port);
    }

    public static IReadOnlyList<IPAddress> Loopbacks { get; } =
        HasIPv6Loopback() ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];

    private static bool HasIPv6Loopback()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A wildcard listener does not keep a loopback address from being bound with SO_REUSEADDR on every system.</summary>
    private static bool Listens(int port, IPAddress address)
    {
        var table = address.AddressFamily == AddressFamily.InterNetwork ? "/proc/net/tcp" : "/proc/net/tcp6";
        return File.Exists(table)
            && File.ReadLines(table).Any(line => line.Contains($":{port:X4} 0", StringComparison.Ordinal)
                && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, "0A", ..]
                && local.EndsWith($":{port:X4}", StringComparison.Ordinal));
    }
}
