using Microsoft.Extensions.Configuration;
using Platform.AppHost.Ports;

namespace Aspire.Hosting;

internal static class PortExtensions
{
    private static readonly string[] DashboardUrls =
    [
        "ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL",
        "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL",
    ];

    /// <summary>
    /// Ends the start when a fixed port is taken. Aspire would say nothing: the resource would stay unhealthy, and the
    /// others would wait for it for ever.
    /// </summary>
    public static IDistributedApplicationBuilder CheckPorts(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode || builder.Configuration.GetValue("DcpPublisher:RandomizePorts", false)) return builder;

        var fixedPorts = builder.Resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>())
            .Select(endpoint => endpoint.Port ?? 0)
            .Concat(DashboardUrls.Select(key => builder.Configuration[key]).OfType<string>().Select(url => new Uri(url).Port))
            .Where(port => port > 0)
            .ToHashSet();
        var taken = PortHolders.Of(fixedPorts).OrderBy(holder => holder.Port).ToList();
        if (taken is []) return builder;

        foreach (var holder in taken.GroupBy(port => (port.ProcessId, port.Name), port => port.Port))
        {
            var ports = holder.Count() == 1 ? $"Port {holder.First()} is" : $"Ports {string.Join(", ", holder)} are";
            var process = holder.Key.ProcessId is { } id ? $" (process {id})" : "";
            Console.Error.WriteLine($"{ports} taken by {holder.Key.Name}{process}.");
        }

        Console.Error.WriteLine("Stop what uses the port, or run `./platform up --isolated`, which takes free ports.");
        Environment.Exit(1);
        return builder;
    }
}
