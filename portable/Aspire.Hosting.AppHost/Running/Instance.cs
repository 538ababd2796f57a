using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Portable;

/// <summary>One of the replicas of a resource, with the ports on which it listens itself.</summary>
internal sealed class Instance(IResource resource, int number)
{
    private static readonly AsyncLocal<Instance?> Flow = new();

    public IResource Resource { get; } = resource;
    public int Number { get; } = number;

    /// <summary>Letters that are the instance's own in telemetry too.</summary>
    public string Suffix { get; } = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 8);

    public string Id => field ??= $"{Resource.Name}-{Suffix}";

    public Dictionary<EndpointAnnotation, int> Ports { get; } = [];

    /// <summary>The port of the instance whose environment is being put together, which may sit behind a proxy.</summary>
    public static int ListeningPort(EndpointAnnotation endpoint) =>
        Flow.Value is { } instance && instance.Ports.TryGetValue(endpoint, out var port) ? port
            : endpoint.TargetPort ?? endpoint.AllocatedEndpoint?.Port
            ?? throw new InvalidOperationException($"The endpoint '{endpoint.Name}' has no port yet.");

    /// <summary>Whatever is asked for the port inside this call is about this instance.</summary>
    public async Task<T> AsCurrentAsync<T>(Func<Task<T>> action)
    {
        Flow.Value = this;
        return await action();
    }
}

/// <summary>
/// Makes a container resource runnable here: given the arguments and variables that the container would have had, it says
/// which local program to start instead.
/// </summary>
internal sealed record LocalServerAnnotation(Func<LocalServerStart, CancellationToken, Task<ProcessPlan>> PlanAsync)
    : IResourceAnnotation;

/// <param name="Arguments">Those of the container's command line.</param>
/// <param name="Variables">Those of the container's environment.</param>
/// <param name="Say">Tells the person at the console.</param>
internal sealed record LocalServerStart(
    int Port, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables, LocalFolders Folders,
    Action<string> Say);
