using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Portable;

/// <summary>
/// The real Aspire dashboard, where <c>portable/dashboard.sh</c> has installed it: traces, metrics and structured logs of all
/// processes. Its page of resources stays empty, for which the table on the console stands in.
/// </summary>
internal sealed class Dashboard(
    LocalFolders folders, HostConsole console, Ports ports, DistributedApplicationOptions options,
    ResourceLoggerService loggers, IDistributedApplicationBuilder builder)
{
    private const string Name = "dashboard";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private ChildProcess? _process;
    private Task _ended = Task.CompletedTask;

    /// <summary>Starts it, and from then on every project sends its telemetry there.</summary>
    public async Task StartAsync(Guardian guardian, CancellationToken ct)
    {
        var program = Path.Combine(folders.Dashboard, "managed", "aspire-managed");

        if (options.DisableDashboard) return;

        if (!File.Exists(program))
        {
            console.Say("There is no dashboard here; portable/dashboard.sh installs it.");
            return;
        }

        var configuration = builder.Configuration;
        var (page, grpc, http) = (
            Address("ASPNETCORE_URLS"), Address("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"), Address("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"));
        var token = configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
        var isOpen = configuration.GetValue<bool>("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS");

        _process = ChildProcess.Start(
            new ProcessPlan(program, ["dashboard"])
            {
                WorkingDirectory = Path.GetDirectoryName(program)!,
                Rank = Guardian.ServerRank, // takes what the others have to say while they stop
                Environment = new Dictionary<string, string>
                {
                    ["ASPNETCORE_URLS"] = page,
                    ["ASPNETCORE_ENVIRONMENT"] = "Production",
                    ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = grpc,
                    ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = http,
                    ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
                    ["DASHBOARD__FRONTEND__AUTHMODE"] = isOpen ? "Unsecured" : "BrowserToken",
                    ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = token,
                    ["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey",
                    ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = configuration["AppHost:OtlpApiKey"]!,
                    ["DASHBOARD__APPLICATIONNAME"] = options.DashboardApplicationName ?? builder.Environment.ApplicationName,
                },
            },
            Name, folders, guardian, line => loggers.Add(Name, HostConsole.WithoutColours(line)));

        _ended = WatchAsync(_process);

        // Processes that sent to nobody would take long to stop.
        if (!await ListensAsync(new Uri(grpc).Port, ct)) return;

        configuration[Telemetry.EndpointKey] ??= grpc;
        console.Footer = $"Dashboard: {(isOpen ? page : $"{page}/login?t={token}")}";
        console.Say(console.Footer);
    }

    public async Task StopAsync()
    {
        if (_process is not { } process) return;

        _process = null;
        await process.StopAsync(Grace);
        await _ended;
        process.Dispose();
    }

    private async Task WatchAsync(ChildProcess process)
    {
        var code = await process.WaitForExitAsync();

        if (_process is not null) console.Problem(Name, $"Ended with code {code}. The log: {loggers.FileOf(Name)}");
    }

    private async Task<bool> ListensAsync(int port, CancellationToken ct)
    {
        for (var tries = 0; tries < 150 && !_ended.IsCompleted; tries++)
        {
            using var client = new TcpClient();

            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, ct);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, ct);
            }
        }

        return false;
    }

    /// <summary>The one configured (the AppHost's launch profile does), unless its port is taken.</summary>
    private string Address(string key)
    {
        var wanted = builder.Configuration[key]?.Split(';')[0] is { } url ? new Uri(url).Port : 0;
        var port = wanted != 0 && ports.TryTake(wanted) ? wanted : ports.TakeAny();
        ports.Release(port);
        return $"http://localhost:{port}";
    }
}
