using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Platform.Tests.Worker;

/// <summary>The far end of SMTP, on loopback: keeps what it is sent, or refuses as it is told.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private Task _accepting = Task.CompletedTask;

    public MailServer() => Open();

    public int Port { get; private set; }

    public string Url => $"smtp://127.0.0.1:{Port}";

    /// <summary>Header and body of each message, as they were sent.</summary>
    public ConcurrentQueue<string> Messages { get; } = new();

    public int Attempts;

    /// <summary>The answer to RCPT TO; by default yes.</summary>
    public Func<int, string> Recipient { get; set; } = _ => "250 fine";

    public void Close() => _listener.Stop();

    public void Open()
    {
        _listener = new(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = TalkAsync(await listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var connection = client;
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\r\n" };

        await writer.WriteLineAsync("220 test");
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("354 go on");
                var message = new StringBuilder();
                string? text;
                while ((text = await reader.ReadLineAsync()) is not (null or "."))
                {
                    message.Append(text.StartsWith('.') ? text[1..] : text).Append("\r\n");
                }

                if (text is null) return; // who sent it died: half a message is none
                Messages.Enqueue(message.ToString());
            }

            await writer.WriteLineAsync(Answer(line));
            if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase)) return;
        }
    }

    private string Answer(string line)
    {
        if (line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase)) return Recipient(Interlocked.Increment(ref Attempts));
        return line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase) ? "221 bye" : "250 fine";
    }
}
