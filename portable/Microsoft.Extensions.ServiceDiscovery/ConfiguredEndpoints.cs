using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>The addresses in <c>services:{service}:{endpoint or scheme}:{index}</c>, taken in turn.</summary>
internal sealed class ConfiguredEndpoints(IConfiguration configuration)
{
    private readonly ConcurrentDictionary<string, uint> _turns = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The URI to send to. One that names no configured service keeps its host.</summary>
    public Uri Resolve(Uri wanted)
    {
        var schemes = wanted.Scheme.Split('+');
        var (service, endpoint) = Split(wanted.Host);
        var addresses = Addresses(service, endpoint, schemes);

        if (addresses.Count == 0) return WithScheme(wanted, schemes[0]);

        var turn = _turns.AddOrUpdate($"{endpoint}.{service}", 0, (_, last) => last + 1);
        return WithAddress(wanted, addresses[(int)(turn % (uint)addresses.Count)]);
    }

    /// <summary><c>_dashboard.basket</c> is the endpoint <c>dashboard</c> of the service <c>basket</c>.</summary>
    private static (string Service, string? Endpoint) Split(string host) =>
        host.StartsWith('_') && host.IndexOf('.', StringComparison.Ordinal) is > 1 and var dot
            ? (host[(dot + 1)..], host[1..dot])
            : (host, null);

    private List<Uri> Addresses(string service, string? endpoint, string[] schemes)
    {
        var section = configuration.GetSection("services").GetSection(service);
        string[] names = endpoint is null ? ["default", .. schemes] : [endpoint];

        if (names.Select(section.GetSection).FirstOrDefault(named => named.Exists()) is not { } found) return [];

        var all = (found.Value is { Length: > 0 } single ? [single] : found.GetChildren().Select(child => child.Value))
            .Select(value => Parse(value, service, schemes[0]))
            .ToList();

        // Of an endpoint that has both, the scheme named first in the request wins.
        return schemes
            .Select(scheme => all.Where(address => address.Scheme == scheme).ToList())
            .FirstOrDefault(matching => matching.Count > 0) ?? [];
    }

    private static Uri Parse(string? value, string service, string scheme)
    {
        var text = value is not null && !value.Contains("://", StringComparison.Ordinal) ? $"{scheme}://{value}" : value;

        return Uri.TryCreate(text, UriKind.Absolute, out var address)
            ? address
            : throw new KeyNotFoundException($"'{value}' is no address for the service '{service}'.");
    }

    private static Uri WithScheme(Uri wanted, string scheme) =>
        wanted.Scheme == scheme ? wanted : new UriBuilder(wanted) { Scheme = scheme, Port = wanted.Port }.Uri;

    private static Uri WithAddress(Uri wanted, Uri address)
    {
        var uri = new UriBuilder(wanted) { Scheme = address.Scheme, Host = address.Host, Port = address.Port };

        if (address.AbsolutePath.Length > 1)
        {
            uri.Path = $"{address.AbsolutePath.TrimEnd('/')}/{wanted.AbsolutePath.TrimStart('/')}";
        }

        return uri.Uri;
    }
}

internal sealed class ResolvingHandler(ConfiguredEndpoints endpoints) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } wanted)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        request.RequestUri = endpoints.Resolve(wanted);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.RequestUri = wanted; // the next attempt asks again
        }
    }
}
