using System.Net.Sockets;
using Aspire.Hosting.Portable;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where a resource can be reached. The port is the public one; each process may listen on another.</summary>
public sealed class EndpointAnnotation(
    ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null, int? port = null,
    int? targetPort = null, bool? isExternal = null, bool? isProxied = null) : IResourceAnnotation
{
    private readonly TaskCompletionSource<AllocatedEndpoint> _allocated =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name { get; set; } = name ?? uriScheme ?? "tcp";
    public ProtocolType Protocol { get; set; } = protocol;
    public int? Port { get; set; } = port;
    public int? TargetPort { get; set; } = targetPort;
    public string UriScheme { get; set; } = uriScheme ?? "tcp";
    public string TargetHost { get; set; } = "localhost";
    public string Transport { get; set; } = transport ?? (uriScheme is "http" or "https" ? "http" : "tcp");
    public bool IsExternal { get; set; } = isExternal ?? false;
    public bool IsProxied { get; set; } = isProxied ?? true;
    public bool ExcludeReferenceEndpoint { get; set; }
    public bool TlsEnabled { get; set; } = uriScheme == "https";

    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => _allocated.Task.IsCompletedSuccessfully ? _allocated.Task.Result : null;
        set
        {
            if (value is not null) _allocated.TrySetResult(value);
        }
    }

    /// <summary>The name of the environment variable that tells an executable its port.</summary>
    internal string? PortVariable { get; set; }

    /// <summary>Comes from a launch profile: the process learns it from ASPNETCORE_URLS.</summary>
    internal bool FromLaunchProfile { get; init; }

    internal Task<AllocatedEndpoint> WaitForAllocationAsync(CancellationToken ct) => _allocated.Task.WaitAsync(ct);
}

public class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port)
{
    public EndpointAnnotation Endpoint { get; } = endpoint;
    public string Address { get; } = address;
    public int Port { get; } = port;
    public string UriScheme => Endpoint.UriScheme;
    public string EndPointString => $"{Address}:{Port}";
    public string UriString => $"{UriScheme}://{EndPointString}";

    public override string ToString() => UriString;
}

public enum EndpointProperty
{
    Url,
    Host,
    IPV4Host,
    Port,
    Scheme,
    TargetPort,
    HostAndPort,
    TlsEnabled,
}

/// <summary>Speaks of an endpoint before its port is known, and even before it is declared.</summary>
public sealed class EndpointReference : IExpressionValue, IValueWithReferences
{
    private EndpointAnnotation? _annotation;

    public EndpointReference(IResourceWithEndpoints owner, EndpointAnnotation endpoint)
    {
        Resource = owner;
        EndpointName = endpoint.Name;
        _annotation = endpoint;
    }

    public EndpointReference(IResourceWithEndpoints owner, string endpointName)
    {
        Resource = owner;
        EndpointName = endpointName;
    }

    public IResourceWithEndpoints Resource { get; }
    public string EndpointName { get; }
    public string? ErrorMessage { get; init; }

    public EndpointAnnotation EndpointAnnotation => Find() ?? throw new InvalidOperationException(
        ErrorMessage ?? $"The endpoint '{EndpointName}' is not defined for the resource '{Resource.Name}'.");

    public bool Exists => Find() is not null;
    public bool IsAllocated => Find()?.AllocatedEndpoint is not null;
    public bool IsHttp => Scheme == "http";
    public bool IsHttps => Scheme == "https";
    public bool TlsEnabled => EndpointAnnotation.TlsEnabled;
    public bool ExcludeReferenceEndpoint => EndpointAnnotation.ExcludeReferenceEndpoint;
    public string Scheme => EndpointAnnotation.UriScheme;
    public int? TargetPort => EndpointAnnotation.TargetPort;
    public int Port => Allocated.Port;
    public string Host => Allocated.Address;
    public string Url => Allocated.UriString;
    public string ValueExpression => $"{{{Resource.Name}.bindings.{EndpointName}.url}}";

    IEnumerable<object> IValueWithReferences.References => [Resource];

    private AllocatedEndpoint Allocated => EndpointAnnotation.AllocatedEndpoint ?? throw new InvalidOperationException(
        $"The endpoint '{EndpointName}' of '{Resource.Name}' has no port before the application starts.");

    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        Property(EndpointProperty.Url).GetValueAsync(cancellationToken);

    private EndpointAnnotation? Find() => _annotation ??= Resource.Annotations.OfType<EndpointAnnotation>()
        .FirstOrDefault(endpoint => string.Equals(endpoint.Name, EndpointName, StringComparison.OrdinalIgnoreCase));
}

public class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property)
    : IExpressionValue, IValueWithReferences
{
    public EndpointReference Endpoint { get; } = endpointReference;
    public EndpointProperty Property { get; } = property;

#pragma warning disable CA1308 // the manifest's words are in lower case
    public string ValueExpression => $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{Property.ToString().ToLowerInvariant()}}}";
#pragma warning restore CA1308

    IEnumerable<object> IValueWithReferences.References => [Endpoint];

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var annotation = Endpoint.EndpointAnnotation;
        var allocated = await annotation.WaitForAllocationAsync(cancellationToken);

        return Property switch
        {
            EndpointProperty.Url => allocated.UriString,
            EndpointProperty.Host => allocated.Address,
            EndpointProperty.IPV4Host => "127.0.0.1",
            EndpointProperty.Port => $"{allocated.Port}",
            EndpointProperty.Scheme => allocated.UriScheme,
            EndpointProperty.TargetPort => $"{Instance.ListeningPort(annotation)}",
            EndpointProperty.HostAndPort => allocated.EndPointString,
            EndpointProperty.TlsEnabled => annotation.TlsEnabled ? bool.TrueString : bool.FalseString,
            _ => throw new InvalidOperationException($"Unknown property {Property} of an endpoint."),
        };
    }
}
