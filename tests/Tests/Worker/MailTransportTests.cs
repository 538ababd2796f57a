using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Platform.Mail;

namespace Platform.Tests.Worker;

/// <summary>One process's way to a mail server, whatever that server does.</summary>
public sealed class MailTransportTests : IDisposable
{
    private const string Credentials = "user:p%40ss@";

    private readonly X509Certificate2 _certificate = NewCertificate();
    private readonly string _authorities = Path.GetTempFileName();

    public MailTransportTests() => File.WriteAllText(_authorities, _certificate.ExportCertificatePem());

    public void Dispose()
    {
        File.Delete(_authorities);
        _certificate.Dispose();
    }

    [Fact]
    public async Task Mails_are_encrypted_where_the_server_offers_it_and_only_then_is_a_password_sent()
    {
        await using var server = new MailServer { Certificate = _certificate, Extensions = ["AUTH PLAIN"] };
        await using var transport = Transport(server, Credentials);

        await SendAsync(transport);

        var commands = server.Commands.Select(command => command.Split(' ')[0]).ToList();
        Assert.Single(server.Messages);
        Assert.True(commands.IndexOf("STARTTLS") < commands.IndexOf("AUTH") && commands.Contains("STARTTLS"));
    }

    [Fact]
    public async Task Smtps_is_encrypted_from_the_first_byte()
    {
        await using var server = new MailServer { Certificate = _certificate, IsEncryptedAtOnce = true };
        await using var transport = Transport(server, scheme: "smtps");

        await SendAsync(transport);

        Assert.Single(server.Messages);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)] // Development says so
    public async Task A_password_is_not_sent_unencrypted(bool allowed, int mails)
    {
        await using var server = new MailServer { Extensions = ["AUTH PLAIN"] };
        await using var transport = Transport(server, Credentials, passwordWithoutTls: allowed);

        var refused = await Record.ExceptionAsync(() => SendAsync(transport));

        Assert.Equal(mails, server.Messages.Count);
        Assert.Equal(!allowed, refused is MailServerUnavailableException);
        Assert.Equal(allowed, server.Commands.Any(command => command.StartsWith("AUTH", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("CONNECT", "554 not here")]
    [InlineData("CONNECT", MailServer.HangUp)]
    [InlineData("CONNECT", MailServer.Hang)]
    [InlineData("STARTTLS", "454 no TLS today")]
    [InlineData("STARTTLS", MailServer.HangUp)]
    [InlineData("AUTH", "535 who are you")]
    public async Task A_server_error_does_not_fail_the_mail(string command, string answer)
    {
        await using var server = new MailServer
        {
            Certificate = _certificate,
            Extensions = ["AUTH PLAIN"],
            Reply = line => line.StartsWith(command, StringComparison.Ordinal) ? answer : null,
        };
        await using var transport = Transport(server, Credentials);

        await Assert.ThrowsAsync<MailServerUnavailableException>(() => SendAsync(transport));

        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task A_server_with_an_untrusted_certificate_gets_no_mail()
    {
        await using var server = new MailServer { Certificate = _certificate };
        await using var transport = new SmtpTransport(
            Options.Create(new MailOptions { Url = new(server.Url) }), TimeProvider.System);

        await Assert.ThrowsAsync<MailServerUnavailableException>(() => SendAsync(transport));

        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData("RCPT", "550 no such mailbox", true)]
    [InlineData("MAIL", "553 not from you", true)]
    [InlineData(MailServer.End, "554 no", true)]
    [InlineData("RCPT", "450 later", false)]
    [InlineData(MailServer.End, "451 later", false)]
    [InlineData("RCPT", "421 closing", false)]
    [InlineData("DATA", MailServer.HangUp, false)]
    [InlineData(MailServer.End, MailServer.HangUp, false)]
    [InlineData(MailServer.End, MailServer.Hang, false)]
    public async Task Only_a_5xx_is_final_and_the_next_mail_is_sent_all_the_same(string command, string answer, bool isFinal)
    {
        var asked = 0;
        await using var server = new MailServer
        {
            Reply = line => line.StartsWith(command, StringComparison.Ordinal) && asked++ == 0 ? answer : null,
        };
        await using var transport = Transport(server);

        var fault = await Record.ExceptionAsync(() => SendAsync(transport));
        await SendAsync(transport);

        Assert.True(fault is not null && SmtpTransport.IsFault(fault) && fault is not MailServerUnavailableException);
        Assert.Equal(isFinal, SmtpTransport.IsFinal(fault));
        Assert.NotEmpty(server.Messages);
    }

    [Fact]
    public async Task Mails_share_a_connection_until_the_server_closes_it()
    {
        await using var server = new MailServer();
        await using var transport = Transport(server);

        for (var n = 0; n < 5; n++) await SendAsync(transport);

        Assert.Equal((5, 1), (server.Messages.Count, server.Connections));
    }

    [Theory]
    [InlineData("josé@example.org", true, true)]
    [InlineData("josé@example.org", false, false)]
    [InlineData("ana@bücher.example", false, true)] // has an ASCII form
    public async Task A_non_ASCII_address_requires_a_server_that_accepts_it(string address, bool hasUtf8, bool isSent)
    {
        await using var server = new MailServer { Extensions = hasUtf8 ? ["8BITMIME", "SMTPUTF8"] : ["8BITMIME"] };
        await using var transport = Transport(server);

        var fault = await Record.ExceptionAsync(() => SendAsync(transport, address));

        Assert.Equal(isSent ? 1 : 0, server.Messages.Count);
        Assert.True(fault is null == isSent && (fault is null || SmtpTransport.IsFinal(fault)), fault?.ToString());
    }

    [Theory]
    [InlineData("maria silva@c.example")]
    [InlineData("Maria <maria@c.example>")]
    [InlineData("a@c.example, b@c.example")]
    [InlineData("x@y@z\r\nBcc: all@example.org")]
    public async Task A_recipient_that_is_not_one_address_is_not_sent(string address)
    {
        await using var server = new MailServer();
        await using var transport = Transport(server);

        var fault = await Assert.ThrowsAsync<FormatException>(() => SendAsync(transport, address));

        Assert.True(SmtpTransport.IsFinal(fault));
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("smtp://mail.example", 587)]
    [InlineData("smtps://mail.example", 465)]
    [InlineData("smtp://mail.example:2525", 2525)]
    public void Ports_are_those_of_submission_by_default(string url, int port) =>
        Assert.Equal(port, MailUrls.PortOf(new(url)));

    private static Task SendAsync(SmtpTransport transport, string to = "ana@example.org") =>
        transport.SendAsync(new("1.test", to, "Olá", "Bom dia."), TestContext.Current.CancellationToken);

    private SmtpTransport Transport(
        MailServer server, string credentials = "", string scheme = "smtp", bool passwordWithoutTls = false) => new(
        Options.Create(new MailOptions
        {
            Url = new($"{scheme}://{credentials}localhost:{server.Port}"),
            CertificateAuthorities = _authorities,
            PasswordWithoutTls = passwordWithoutTls,
            Timeout = TimeSpan.FromSeconds(2),
        }),
        TimeProvider.System);

    private static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
