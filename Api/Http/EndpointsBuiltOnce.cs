using Microsoft.Extensions.Primitives;

namespace Platform.Api.Http;

/// <summary>
/// All endpoints of the process, built once. Routing and authorization each ask for them, and a route group compiles
/// its endpoints whenever it is asked: that took half a second of processor at every start.
/// </summary>
internal sealed class EndpointsBuiltOnce(IEnumerable<EndpointDataSource> sources) : EndpointDataSource
{
    private readonly Lazy<IReadOnlyList<Endpoint>> _endpoints = new(
        () => new CompositeEndpointDataSource(sources).Endpoints);

    public override IReadOnlyList<Endpoint> Endpoints => _endpoints.Value;

    /// <summary>They never change.</summary>
    public override IChangeToken GetChangeToken() => new CancellationChangeToken(CancellationToken.None);

    /// <summary>Call it after the last route is mapped.</summary>
    public static void Use(IEndpointRouteBuilder routes)
    {
        var sources = routes.DataSources.ToList();
        routes.DataSources.Clear();
        routes.DataSources.Add(new EndpointsBuiltOnce(sources));
    }
}
