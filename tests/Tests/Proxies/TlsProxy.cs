using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Platform.Tests.Proxies;

/// <summary>
/// A reverse proxy in front of the platform: it ends TLS for names of its own, and its requests come from an address of
/// its own. It appends the client's address to what the client sent in <c>X-Forwarded-For</c>, as most proxies do.
/// </summary>
internal sealed class TlsProxy : IAsyncDisposable
{
    public const string Domain = "platform.test";

    /// <summary>Where its requests come from.</summary>
    public static readonly IPAddress Address = IPAddress.Parse("127.0.0.9");

    private readonly Dictionary<string, string> _targets = [];
    private readonly X509Certificate2 _certificate = NewCertificate();
    private readonly WebApplication _app;

    private TlsProxy()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate));
        });
        builder.Services.AddReverseProxy()
            .LoadFromMemory([], [])
            .ConfigureHttpClient((_, handler) =>
                handler.ConnectCallback = (context, ct) => ConnectAsync(Address, context, ct));
        _app = builder.Build();
        _app.MapReverseProxy();
    }

    private int Port => new Uri(_app.Urls.Single()).Port;

    public static async Task<TlsProxy> StartAsync()
    {
        var proxy = new TlsProxy();
        await proxy._app.StartAsync();
        return proxy;
    }

    /// <summary>The URL under which browsers know the process of this name.</summary>
    public string UrlOf(string name) => $"https://{name}.{Domain}:{Port}";

    /// <summary>From now on, what is asked of the name goes to this URL.</summary>
    public void Forward(string name, string url)
    {
        _targets[name] = url;
        _app.Services.GetRequiredService<InMemoryConfigProvider>().Update(
            [.. _targets.Keys.Select(RouteOf)],
            [.. _targets.Select(target => new ClusterConfig
            {
                ClusterId = target.Key,
                Destinations = new Dictionary<string, DestinationConfig>
                {
                    ["only"] = new() { Address = target.Value },
                },
            })]);
    }

    /// <summary>Finds the proxy by its names and accepts its certificate, and no other.</summary>
    /// <param name="from">The address that the proxy sees.</param>
    public SocketsHttpHandler NewHandler(string from = "127.0.0.1") => new()
    {
        AllowAutoRedirect = false,
        ConnectCallback = (context, ct) => ConnectAsync(IPAddress.Parse(from), context, ct),
        SslOptions = { RemoteCertificateValidationCallback = IsOurs },
    };

    /// <summary>A client with this address, of the process of this name.</summary>
    public HttpClient NewClient(string name, string from) => new(NewHandler(from)) { BaseAddress = new(UrlOf(name)) };

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private bool IsOurs(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate?.GetCertHashString() == _certificate.GetCertHashString()
        && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);

    private static RouteConfig RouteOf(string name) => new RouteConfig
    {
        RouteId = name,
        ClusterId = name,
        Match = new() { Hosts = [$"{name}.{Domain}"], Path = "{**all}" },
    }.WithTransformXForwarded(xFor: ForwardedTransformActions.Append);

    private static async ValueTask<Stream> ConnectAsync(
        IPAddress from, SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=*.{Domain}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName($"*.{Domain}");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
