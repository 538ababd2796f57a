using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Platform.Tests.Support;

namespace Platform.Tests.Identity.Support;

/// <summary>The certified provider <c>oidc-provider</c> (npm), as a process of its own.</summary>
public sealed class CertifiedProvider : IAsyncDisposable
{
    private readonly Process _node;

    private CertifiedProvider(Process node, string issuer) => (_node, Issuer) = (node, issuer);

    public string Issuer { get; }

    /// <param name="clients">In the words of OpenID Connect Dynamic Client Registration.</param>
    /// <param name="accounts">
    /// With <c>sub </c>, <c>email </c> and other claims; the first signs in unless <c>login_hint </c> names another.
    /// </param>
    /// <param name="audience">Of access tokens; null if no API reads them.</param>
    public static async Task<CertifiedProvider> StartAsync(
        object[] clients, object[] accounts, string? audience = null, string? issuer = null)
    {
        issuer ??= FreeIssuer();
        var port = new Uri(issuer).Port;
        var node = Process.Start(new ProcessStartInfo("node", "provider.mjs")
        {
            WorkingDirectory = Repository.PathOf("tests/Tests/Identity/certified"),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var errors = new List<string?>();
        node.ErrorDataReceived += (_, line) => errors.Add(line.Data);
        node.BeginErrorReadLine();

        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(new { issuer, port, clients, accounts, audience }));
        node.StandardInput.Close();
        Assert.True(await node.StandardOutput.ReadLineAsync() == "ready", string.Join('\n', errors));
        _ = node.StandardOutput.ReadToEndAsync();
        return new(node, issuer);
    }

    public async ValueTask DisposeAsync()
    {
        _node.Kill();
        await _node.WaitForExitAsync();
        _node.Dispose();
    }

    /// <summary>For a client that has to know its provider before the provider knows the client.</summary>
    public static string FreeIssuer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
