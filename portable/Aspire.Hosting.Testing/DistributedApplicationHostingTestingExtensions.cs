using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client whose base address is the endpoint asked for, or else https, or else http.</summary>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = default)
    {
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.BaseAddress = app.GetEndpoint(resourceName, endpointName);
        return client;
    }

    public static async ValueTask<string?> GetConnectionStringAsync(
        this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default)
    {
        var resource = app.Find(resourceName) as IResourceWithConnectionString
            ?? throw new ArgumentException($"Resource '{resourceName}' has no connection string.", nameof(resourceName));
        return await resource.GetConnectionStringAsync(cancellationToken);
    }

    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = default)
    {
        var resource = app.Find(resourceName) as IResourceWithEndpoints
            ?? throw new ArgumentException($"Resource '{resourceName}' has no endpoints.", nameof(resourceName));
        var endpoints = resource.GetEndpoints().ToList();
        var endpoint = endpointName is null
            ? endpoints.Find(e => e.Scheme == "https") ?? endpoints.Find(e => e.Scheme == "http")
            : endpoints.Find(e => e.EndpointName == endpointName);

        return endpoint is null
            ? throw new ArgumentException($"Endpoint '{endpointName}' for resource '{resourceName}' not found.", nameof(endpointName))
            : new Uri(endpoint.Url);
    }

    private static IResource Find(this DistributedApplication app, string name) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .FirstOrDefault(resource => string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"Resource '{name}' not found.", nameof(name));
}
