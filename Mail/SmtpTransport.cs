using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Platform.Mail;

/// <summary>No mail can be sent now, whichever it is: no connection, no encryption, no sign-in.</summary>
internal sealed class MailServerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Hands mails to the mail server, over connections that are kept for the next ones.</summary>
internal sealed class SmtpTransport(IOptions<MailOptions> options, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>A server may close what has been idle for longer; until then it is asked before it is used.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan SurelyOpen = TimeSpan.FromSeconds(1);

    /// <summary>Servers limit how many they take over one connection.</summary>
    private const int MaxMails = 100;

    private readonly ConcurrentBag<Connection> _idle = [];

    private readonly X509Certificate2Collection _authorities = AuthoritiesOf(options.Value.CertificateAuthorities);

    /// <exception cref="MailServerUnavailableException">It is not this mail's fault.</exception>
    public async Task SendAsync(MailContent content, CancellationToken ct)
    {
        using var message = MailMessages.Of(content, options.Value.From);
        using var limit = new CancellationTokenSource(options.Value.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);

        var connection = await RentAsync(either.Token);
        try
        {
            await connection.Client.SendAsync(FormatFor(message, connection.Client), message, either.Token);
            connection.Mails++;
        }
        catch (SmtpCommandException) when (connection.Client.IsConnected)
        {
            Return(connection); // it refused the mail, and waits for the next one
            throw;
        }
        catch
        {
            connection.Client.Dispose();
            throw;
        }

        Return(connection);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(SurelyOpen, clock);
        while (_idle.TryTake(out var connection))
        {
            try
            {
                await connection.Client.DisconnectAsync(quit: true, limit.Token);
            }
            catch (Exception e) when (IsFault(e))
            {
                // It is closed anyway.
            }

            connection.Client.Dispose();
        }
    }

    /// <summary>Whether the server refuses the mail for good (5xx), or no server could take it.</summary>
    public static bool IsFinal(Exception e) =>
        e is SmtpCommandException { StatusCode: >= SmtpStatusCode.CommandUnrecognized }
            or NotSupportedException or FormatException;

    /// <summary>What a mail server or the way to it may do; anything else is a bug.</summary>
    public static bool IsFault(Exception e) =>
        e is CommandException or ProtocolException or IOException or SocketException or TimeoutException or OperationCanceledException
            or System.Security.Authentication.AuthenticationException or MailKit.Security.AuthenticationException
            or SslHandshakeException or ServiceNotConnectedException or ServiceNotAuthenticatedException
            or NotSupportedException or FormatException;

    private async Task<Connection> RentAsync(CancellationToken ct)
    {
        while (_idle.TryTake(out var connection))
        {
            if (await IsOpenAsync(connection, ct)) return connection;
            connection.Client.Dispose();
        }

        var client = new SmtpClient
        {
            CheckCertificateRevocation = false, // the lists are not reachable from everywhere
            Timeout = (int)options.Value.Timeout.TotalMilliseconds,
        };
        if (_authorities.Count > 0) client.ServerCertificateValidationCallback = IsTrusted;

        try
        {
            await ConnectAsync(client, options.Value, ct);
            return new(client, clock.GetTimestamp());
        }
        catch (Exception e) when (IsFault(e))
        {
            client.Dispose();
            throw new MailServerUnavailableException(
                $"No connection to the mail server: {e.GetType().Name}: {e.Message}", e);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task ConnectAsync(SmtpClient client, MailOptions options, CancellationToken ct)
    {
        var url = options.Url!;
        var implicitTls = url.Scheme == MailUrls.Encrypted;
        await client.ConnectAsync(
            url.Host, MailUrls.PortOf(url),
            implicitTls ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTlsWhenAvailable, ct);

        if (MailUrls.CredentialsOf(url) is not var (user, password)) return;
        if (!client.IsSecure && !options.PasswordWithoutTls)
        {
            throw new MailServerUnavailableException(
                "The mail server offers no encryption, so the password was not sent.");
        }

        await client.AuthenticateAsync(user, password, ct);
    }

    private async Task<bool> IsOpenAsync(Connection connection, CancellationToken ct)
    {
        var idle = clock.GetElapsedTime(connection.UsedAt);
        if (!connection.Client.IsConnected || idle > MaxIdle) return false;
        if (idle < SurelyOpen) return true;

        try
        {
            await connection.Client.NoOpAsync(ct);
            return true;
        }
        catch (Exception e) when (IsFault(e))
        {
            return false;
        }
    }

    private void Return(Connection connection)
    {
        connection.UsedAt = clock.GetTimestamp();
        if (connection.Mails < MaxMails) _idle.Add(connection);
        else connection.Client.Dispose();
    }

    /// <summary>Addresses beyond ASCII need a server that knows of them (RFC 6531).</summary>
    private static FormatOptions FormatFor(MimeMessage message, SmtpClient client)
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        if (!message.To.Mailboxes.Any(mailbox => mailbox.IsInternational)) return format;
        if (client.Capabilities.HasFlag(SmtpCapabilities.UTF8)) format.International = true;
        else if (message.To.Mailboxes.Any(mailbox => !mailbox.LocalPart.All(char.IsAscii)))
        {
            throw new NotSupportedException("The mail server takes no addresses beyond ASCII (SMTPUTF8).");
        }

        return format;
    }

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors) return false;
        if (certificate is not X509Certificate2 server) return false;

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        return own.Build(server);
    }

    private static X509Certificate2Collection AuthoritiesOf(string? file)
    {
        X509Certificate2Collection authorities = [];
        if (file is not null) authorities.ImportFromPemFile(file);
        return authorities;
    }

    private sealed class Connection(SmtpClient client, long usedAt)
    {
        public SmtpClient Client => client;
        public long UsedAt { get; set; } = usedAt;
        public int Mails { get; set; }
    }
}
