using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

public sealed class EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) : IResourceAnnotation
{
    public Func<EnvironmentCallbackContext, Task> Callback { get; } = callback;
}

public class EnvironmentCallbackContext(
    DistributedApplicationExecutionContext executionContext, IResource resource,
    Dictionary<string, object>? environmentVariables = null, CancellationToken cancellationToken = default)
{
    public Dictionary<string, object> EnvironmentVariables { get; } = environmentVariables ?? [];
    public CancellationToken CancellationToken { get; } = cancellationToken;
    public IResource Resource { get; } = resource;
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;
}

public sealed class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback)
    : IResourceAnnotation
{
    public Func<CommandLineArgsCallbackContext, Task> Callback { get; } = callback;
}

public sealed class CommandLineArgsCallbackContext(
    IList<object> args, IResource resource, CancellationToken cancellationToken = default)
{
    public IList<object> Args { get; } = args;
    public CancellationToken CancellationToken { get; } = cancellationToken;
    public required DistributedApplicationExecutionContext ExecutionContext { get; init; }
    public IResource Resource { get; } = resource;
}

public enum WaitType
{
    WaitUntilHealthy,
    WaitForCompletion,
    WaitUntilStarted,
}

public enum WaitBehavior
{
    WaitOnResourceUnavailable,
    StopOnResourceUnavailable,
}

public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;
    public WaitType WaitType { get; } = waitType;
    public WaitBehavior? WaitBehavior { get; init; }
    public int ExitCode { get; } = exitCode;
}

public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key { get; } = key;
}

public class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    public int Replicas { get; } = replicas;
}

public class ExplicitStartupAnnotation : IResourceAnnotation;

public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;
    public string Type { get; } = type;
}

public enum ContainerLifetime
{
    Session,
    Persistent,
}

public enum ContainerMountType
{
    BindMount,
    Volume,
}

public sealed class ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly)
    : IResourceAnnotation
{
    public string? Source { get; } = source;
    public string Target { get; } = target;
    public ContainerMountType Type { get; } = type;
    public bool IsReadOnly { get; } = isReadOnly;
}

public enum UrlDisplayLocation
{
    SummaryAndDetails,
    DetailsOnly,
}

public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    public required string Url { get; set; }
    public string? DisplayText { get; set; }
    public EndpointReference? Endpoint { get; init; }
    public UrlDisplayLocation DisplayLocation { get; set; }
}

public sealed class ResourceUrlsCallbackAnnotation(Func<ResourceUrlsCallbackContext, Task> callback) : IResourceAnnotation
{
    public Func<ResourceUrlsCallbackContext, Task> Callback { get; } = callback;
}

public class ResourceUrlsCallbackContext(
    DistributedApplicationExecutionContext executionContext, IResource resource,
    List<ResourceUrlAnnotation>? urls = null, CancellationToken cancellationToken = default)
{
    public IResource Resource { get; } = resource;
    [SuppressMessage("Design", "CA1002:Do not expose generic lists", Justification = "The package does.")]
    public List<ResourceUrlAnnotation> Urls { get; } = urls ?? [];
    public CancellationToken CancellationToken { get; } = cancellationToken;
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    public EndpointReference? GetEndpoint(string name) =>
        (Resource as IResourceWithEndpoints)?.GetEndpoints().FirstOrDefault(endpoint => endpoint.EndpointName == name);
}
