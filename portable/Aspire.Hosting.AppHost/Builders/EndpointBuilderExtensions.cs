using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Portable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Endpoints, health and what the table shows.</summary>
public static class EndpointBuilderExtensions
{
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints =>
        new(builder.Resource, name);

    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null,
        string? env = null, bool? isProxied = null, bool? isExternal = null, ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = new EndpointAnnotation(
            protocol ?? ProtocolType.Tcp, scheme, null, name, port, targetPort, isExternal, isProxied)
        {
            PortVariable = env,
        };

        if (builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(other => other.Name == endpoint.Name))
        {
            throw new DistributedApplicationException(
                $"The resource '{builder.Resource.Name}' already has an endpoint named '{endpoint.Name}'.");
        }

        return builder.WithAnnotation(endpoint);
    }

    /// <summary>Changes an endpoint, or adds it if there is none of that name.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.Name == endpointName);

        if (endpoint is null)
        {
            if (!createIfNotExists) return builder;

            endpoint = new(ProtocolType.Tcp, name: endpointName);
            builder.WithAnnotation(endpoint);
        }

        callback(endpoint);
        return builder;
    }

    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null,
        bool? isProxied = null) where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (endpoint.UriScheme is "http" or "https") endpoint.IsExternal = true;
        }

        return builder;
    }

    /// <summary>Healthy while a GET of the path answers with the status code.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var resource = builder.Resource;
        var name = endpointName ?? resource.Annotations.OfType<EndpointAnnotation>()
            .FirstOrDefault(endpoint => endpoint.UriScheme is "http" or "https")?.Name
            ?? throw new DistributedApplicationException(
                $"The resource '{resource.Name}' has no HTTP endpoint to check the health of.");
        var endpoint = resource.GetEndpoint(name);
        var (wanted, where) = (statusCode ?? 200, path ?? "/");
        var key = $"{resource.Name}_{name}_{where}_{wanted}_check";

        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new(
            key, services => new HttpHealthCheck(services.GetRequiredService<IHttpClientFactory>(), endpoint, where, wanted),
            HealthStatus.Unhealthy, tags: null));

        return builder.WithHealthCheck(key);
    }

    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key) where T : IResource =>
        builder.WithAnnotation(new HealthCheckAnnotation(key));

    public static IResourceBuilder<T> WithUrlForEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<ResourceUrlAnnotation> callback) where T : IResource =>
        builder.WithUrls(context =>
        {
            foreach (var url in context.Urls.Where(url => url.Endpoint?.EndpointName == endpointName)) callback(url);
        });

    public static IResourceBuilder<T> WithUrls<T>(this IResourceBuilder<T> builder, Action<ResourceUrlsCallbackContext> callback)
        where T : IResource =>
        builder.WithAnnotation(new ResourceUrlsCallbackAnnotation(context =>
        {
            callback(context);
            return Task.CompletedTask;
        }));

    public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder) where T : IResource =>
        builder.WithAnnotation(new ExplicitStartupAnnotation());

    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> parent)
        where T : IResource =>
        builder.WithRelationship(parent.Resource, "Parent");

    public static IResourceBuilder<T> WithRelationship<T>(this IResourceBuilder<T> builder, IResource resource, string type)
        where T : IResource =>
        builder.WithAnnotation(new ResourceRelationshipAnnotation(resource, type));

    /// <summary>Nothing to do: the portable host writes no manifest.</summary>
    public static IResourceBuilder<T> ExcludeFromManifest<T>(this IResourceBuilder<T> builder) where T : IResource => builder;
}
