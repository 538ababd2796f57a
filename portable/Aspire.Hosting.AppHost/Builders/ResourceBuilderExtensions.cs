using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Portable;

namespace Aspire.Hosting;

/// <summary>Environment, references, arguments and waiting.</summary>
public static class ResourceBuilderExtensions
{
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment =>
        builder.SetVariable(name, value ?? "");

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, in ReferenceExpression.ExpressionInterpolatedStringHandler value)
        where T : IResourceWithEnvironment =>
        builder.SetVariable(name, ReferenceExpression.Create(value));

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, ReferenceExpression value) where T : IResourceWithEnvironment =>
        builder.SetVariable(name, value);

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, Func<string> callback)
        where T : IResourceWithEnvironment =>
        builder.WithEnvironment(context => context.EnvironmentVariables[name] = callback());

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, EndpointReference endpointReference) where T : IResourceWithEnvironment =>
        builder.SetVariable(name, endpointReference);

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment =>
        builder.SetVariable(name, parameter.Resource);

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string envVarName, IResourceBuilder<IResourceWithConnectionString> resource)
        where T : IResourceWithEnvironment =>
        builder.SetVariable(envVarName, resource.Resource);

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, Action<EnvironmentCallbackContext> callback) where T : IResourceWithEnvironment =>
        builder.WithEnvironment(context =>
        {
            callback(context);
            return Task.CompletedTask;
        });

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, Func<EnvironmentCallbackContext, Task> callback) where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new EnvironmentCallbackAnnotation(callback));

    /// <summary>
    /// Hands over a connection string: <c>ConnectionStrings__name</c>, and its parts as <c>NAME_HOST</c>, <c>NAME_PORT</c>, …
    /// </summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null, bool optional = false) where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        builder.WithRelationship(resource, "Reference");

        return builder.WithEnvironment(async context =>
        {
            if (optional && await resource.GetConnectionStringAsync(context.CancellationToken) is null) return;

            context.EnvironmentVariables[resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}"] = resource;

            foreach (var (part, value) in resource.GetConnectionProperties())
            {
                context.EnvironmentVariables[$"{ResourceNames.AsVariable(name)}_{ResourceNames.AsVariable(part)}"] = value;
            }
        });
    }

    /// <summary>Hands over the addresses of a project: <c>services__name__http__0</c> and <c>NAME_HTTP</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment =>
        builder.WithReference(source, source.Resource.Name);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where TDestination : IResourceWithEnvironment
    {
        builder.WithRelationship(source.Resource, "Reference");

        return builder.WithEnvironment(context =>
        {
            foreach (var endpoint in source.Resource.GetEndpoints().Where(endpoint => !endpoint.ExcludeReferenceEndpoint))
            {
                ReferToEndpoint(context.EnvironmentVariables, name, endpoint);
            }
        });
    }

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment =>
        builder.WithEnvironment(context =>
            ReferToEndpoint(context.EnvironmentVariables, endpointReference.Resource.Name, endpointReference));

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, string name, Uri uri) where TDestination : IResourceWithEnvironment
    {
        if (!uri.IsAbsoluteUri || uri.AbsolutePath != "/")
        {
            throw new InvalidOperationException("The uri of a service reference is absolute and has no path.");
        }

        return builder.WithEnvironment(context =>
        {
            context.EnvironmentVariables[$"services__{name}__default__0"] = uri.ToString();
            context.EnvironmentVariables[ResourceNames.AsVariable(name)] = uri.ToString();
        });
    }

    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : IResourceWithArgs =>
        builder.WithArgs(args.Cast<object>().ToArray());

    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params object[] args)
        where T : IResourceWithArgs =>
        builder.WithArgs(context =>
        {
            foreach (var arg in args) context.Args.Add(arg);
        });

    public static IResourceBuilder<T> WithArgs<T>(
        this IResourceBuilder<T> builder, Action<CommandLineArgsCallbackContext> callback) where T : IResourceWithArgs =>
        builder.WithArgs(context =>
        {
            callback(context);
            return Task.CompletedTask;
        });

    public static IResourceBuilder<T> WithArgs<T>(
        this IResourceBuilder<T> builder, Func<CommandLineArgsCallbackContext, Task> callback) where T : IResourceWithArgs =>
        builder.WithAnnotation(new CommandLineArgsCallbackAnnotation(callback));

    /// <summary>Starts only once the other runs and is healthy. Waiting for a database waits for its server too.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport =>
        builder.Wait(dependency.Resource, WaitType.WaitUntilHealthy, null);

    public static IResourceBuilder<T> WaitFor<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport =>
        builder.Wait(dependency.Resource, WaitType.WaitUntilHealthy, waitBehavior);

    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport =>
        builder.Wait(dependency.Resource, WaitType.WaitUntilStarted, null);

    public static IResourceBuilder<T> WaitForCompletion<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport
    {
        builder.WithRelationship(dependency.Resource, "WaitFor");
        return builder.WithAnnotation(new WaitAnnotation(dependency.Resource, WaitType.WaitForCompletion, exitCode));
    }

    private static IResourceBuilder<T> Wait<T>(
        this IResourceBuilder<T> builder, IResource dependency, WaitType type, WaitBehavior? behavior)
        where T : IResourceWithWaitSupport
    {
        if (ReferenceEquals(builder.Resource, dependency))
        {
            throw new DistributedApplicationException($"The resource '{dependency.Name}' cannot wait for itself.");
        }

        if (dependency is IResourceWithParent { Parent: { } parent }) builder.Wait(parent, type, behavior);

        builder.WithRelationship(dependency, "WaitFor");
        return builder.WithAnnotation(new WaitAnnotation(dependency, type) { WaitBehavior = behavior });
    }

    private static IResourceBuilder<T> SetVariable<T>(this IResourceBuilder<T> builder, string name, object value)
        where T : IResourceWithEnvironment =>
        builder.WithEnvironment(context => context.EnvironmentVariables[name] = value);

    private static void ReferToEndpoint(Dictionary<string, object> variables, string name, EndpointReference endpoint)
    {
        // An endpoint named after its scheme is found by scheme, any other one by its own name.
        var scheme = endpoint.EndpointName == endpoint.Scheme ? endpoint.Scheme : endpoint.EndpointName;
        var index = 0;

        while (variables.ContainsKey($"services__{name}__{scheme}__{index}")) index++;

        variables[$"services__{name}__{scheme}__{index}"] = endpoint;
        variables[$"{ResourceNames.AsVariable(name)}_{ResourceNames.AsVariable(endpoint.EndpointName)}"] = endpoint;
    }
}
