using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Platform.AppHost.Reporting;

/// <summary>Says where everything is once the stack is ready: a file for programs, a table for people.</summary>
internal sealed class StackSummary(
    DistributedApplicationModel model, StackFile file, IConfiguration configuration, IHostEnvironment environment)
{
    private const string DashboardName = "aspire-dashboard";
    private const string HttpEndpoint = "http";

    /// <summary>
    /// Whether it starts with the stack. Aspire adds resources of its own: the dashboard, a rebuilder per project.
    /// </summary>
    public static bool IsProcess(IResource resource) =>
        resource is ProjectResource or ExecutableResource or ContainerResource
        && resource.Name != DashboardName
        && !resource.Annotations.OfType<ExplicitStartupAnnotation>().Any();

    /// <param name="ready">The replicas of all resources.</param>
    public async Task<string> PublishAsync(IReadOnlyCollection<ResourceEvent> ready, TimeSpan started, CancellationToken ct)
    {
        var dashboard = DashboardUrl();
        var urls = (
            from resource in model.Resources
            from url in ready.FirstOrDefault(replica => replica.Resource == resource)?.Snapshot.Urls ?? []
            where !url.IsInternal
            select (Resource: resource.Name, Endpoint: url.Name, Page: url.DisplayProperties.DisplayName, url.Url)).ToList();

        var addresses = urls.Where(url => url.Endpoint == HttpEndpoint)
            .ToDictionary(url => url.Resource, url => new Uri(url.Url).GetLeftPart(UriPartial.Authority));
        await file.WriteAsync(new(Environment.ProcessId, dashboard, addresses, await ConnectionStringsAsync(ct)), ct);

        // What people open first was declared last, because it builds on the rest.
        var pages = urls.Where(url => url.Page is { Length: > 0 }).Select(url => new StackLink(url.Page, url.Url)).Reverse();
        var links = dashboard is null ? pages : pages.Append(new("Dashboard", dashboard));
        return StackTable.Of([.. links], started, environment.IsDevelopment());
    }

    private async Task<Dictionary<string, string>> ConnectionStringsAsync(CancellationToken ct)
    {
        var found = new Dictionary<string, string>();
        foreach (var resource in model.Resources.OfType<IResourceWithConnectionString>())
        {
            if (await resource.GetConnectionStringAsync(ct) is { } value) found[resource.Name] = value;
        }

        return found;
    }

    private string? DashboardUrl()
    {
        var dashboard = model.Resources.OfType<IResourceWithEndpoints>().SingleOrDefault(resource => resource.Name == DashboardName);
        if (dashboard?.GetEndpoint(HttpEndpoint) is not { IsAllocated: true } endpoint) return null;

        return configuration["AppHost:BrowserToken"] is { Length: > 0 } token ? $"{endpoint.Url}/login?t={token}" : endpoint.Url;
    }
}
