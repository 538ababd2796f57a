using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace Platform.Tests.Worker;

/// <summary>The far end of SMTP, on loopback: keeps what it is sent, or does whatever a mail server may do.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    /// <summary>Instead of an answer: the connection stays open and silent, or ends.</summary>
    public const string Hang = "hang", HangUp = "hang up";

    /// <summary>As a command: the dot that ends a message.</summary>
    public const string End = ".";

    private readonly CancellationTokenSource _stop = new();
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private Task _accepting = Task.CompletedTask;

    public MailServer() => Open();

    public int Port { get; private set; }

    public string Url => $"smtp://127.0.0.1:{Port}";

    /// <summary>Header and body of each message that was accepted, as they were sent.</summary>
    public ConcurrentQueue<string> Messages { get; } = new();

    /// <summary>The commands of all clients, in order, over all connections.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    public int Attempts, Connections;

    /// <summary>The answer to RCPT TO; by default yes.</summary>
    public Func<int, string> Recipient { get; set; } = _ => "250 fine";

    /// <summary>The answer to a command; null: what is usual.</summary>
    public Func<string, string?> Reply { get; set; } = _ => null;

    /// <summary>Offers STARTTLS, or speaks TLS from the first byte.</summary>
    public X509Certificate2? Certificate { get; init; }
    public bool IsEncryptedAtOnce { get; init; }

    /// <summary>In addition to STARTTLS.</summary>
    public string[] Extensions { get; init; } = ["8BITMIME"];

    public IEnumerable<MimeMessage> Mails => Messages.Select(Parsed);

    public static MimeMessage Parsed(string raw) => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(raw)));

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
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(_stop.Token), _stop.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or InvalidOperationException)
        {
            // Closed.
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        Interlocked.Increment(ref Connections);
        using var connection = client;
        try
        {
            Stream stream = client.GetStream();
            if (IsEncryptedAtOnce) stream = await EncryptAsync(stream);
            if (!await AnswerAsync(stream, Reply("CONNECT") ?? "220 test", stop)) return;

            while (await TalkAsync(stream, stop)) stream = await EncryptAsync(stream); // STARTTLS was asked for
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client is gone, or the test is over.
        }
    }

    private async Task<Stream> EncryptAsync(Stream stream)
    {
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsServerAsync(Certificate!);
        return encrypted;
    }

    /// <returns>True: the connection is to be encrypted now. False: it has ended.</returns>
    private async Task<bool> TalkAsync(Stream stream, CancellationToken stop)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            Commands.Enqueue(line);
            if (!await AnswerAsync(stream, Reply(line) ?? Usual(line, stream), stop)) return false;
            if (Is(line, "STARTTLS")) return true;
            if (Is(line, "QUIT")) return false;
            if (!Is(line, "DATA")) continue;
            if (await MessageAsync(reader, stop) is not { } message) return false; // an incomplete message is dropped

            var answer = Reply(End) ?? "250 fine";
            if (!answer.StartsWith('4') && !answer.StartsWith('5')) Messages.Enqueue(message);
            if (!await AnswerAsync(stream, answer, stop)) return false;
        }

        return false;
    }

    private static async Task<string?> MessageAsync(StreamReader reader, CancellationToken stop)
    {
        var message = new StringBuilder();
        while (await reader.ReadLineAsync(stop) is { } text)
        {
            if (text == ".") return message.ToString();
            message.Append(text.StartsWith('.') ? text[1..] : text).Append("\r\n");
        }

        return null;
    }

    private static async Task<bool> AnswerAsync(Stream stream, string answer, CancellationToken stop)
    {
        if (answer == HangUp) return false;
        if (answer == Hang) await Task.Delay(Timeout.Infinite, stop);
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{answer}\r\n"), stop);
        return true;
    }

    private string Usual(string line, Stream stream)
    {
        if (Is(line, "EHLO"))
        {
            string[] offered = [.. Extensions, .. Certificate is not null && stream is not SslStream ? ["STARTTLS"] : Array.Empty<string>()];
            return string.Join("\r\n", ["250-test", .. offered.Select(name => $"250-{name}"), "250 HELP"]);
        }

        if (Is(line, "RCPT")) return Recipient(Interlocked.Increment(ref Attempts));
        if (Is(line, "AUTH")) return "235 welcome";
        if (Is(line, "DATA")) return "354 go on";
        if (Is(line, "STARTTLS")) return "220 go on";
        return Is(line, "QUIT") ? "221 bye" : "250 fine";
    }

    private static bool Is(string line, string command) => line.StartsWith(command, StringComparison.OrdinalIgnoreCase);
}
