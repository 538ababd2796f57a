using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Platform.Tests.Support;

namespace Platform.Tests.AppHost;

/// <summary>The AppHost as its own process, run until it ends.</summary>
internal static class AppHostProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>On free ports, so that other stacks can run at the same time.</summary>
    public static readonly IReadOnlyDictionary<string, string> Isolated = new Dictionary<string, string>
    {
        ["DcpPublisher__RandomizePorts"] = "true",
        ["ASPNETCORE_URLS"] = "http://localhost:0",
        ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:0",
        ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = "http://localhost:0",
        ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = "http://localhost:0",
        ["Servers__Containers"] = "false",
    };

    public static async Task<(int ExitCode, string Output)> RunAsync(
        IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var folder = Repository.PathOf("AppHost");
        var start = new ProcessStartInfo(Path.Combine(folder, "bin", "Debug", "net10.0", "Platform.AppHost"), arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["ASPIRE_CLI_PID"] = $"{Environment.ProcessId}"; // it ends with this process, whatever happens
        foreach (var (name, value) in environment) start.Environment[name] = value;

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Listens on a port of 127.0.0.1, unless another program already does.</summary>
    public static TcpListener? TryListen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
