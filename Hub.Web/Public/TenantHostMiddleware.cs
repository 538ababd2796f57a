using System.Net;
using Microsoft.Extensions.Caching.Memory;

namespace Platform.Hub.Web.Public;

/// <summary>
/// On a host of a tenant (its own domain, or its slug below the platform's) the public pages are at the root: the slug is
/// put before the path. The other pages of this app are not there.
/// </summary>
internal sealed class TenantHostMiddleware(RequestDelegate next) : IDisposable
{
    /// <summary>How late a changed domain may be seen.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    /// <summary>What pages of any host load.</summary>
    private static readonly PathString[] Shared = ["/ui", "/health", "/alive", "/embed.js"];

    private readonly MemoryCache _slugs = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    public async Task InvokeAsync(HttpContext context, PublicApi api)
    {
        var request = context.Request;
        if (MayBeTenants(request) && await FindAsync(request.Host.Host, api, context.RequestAborted) is { } slug)
        {
            context.Features.Set(new TenantHost(slug));
            request.Path = request.Path.Value is "/" or "" ? $"/{slug}" : $"/{slug}{request.Path}";
        }

        await next(context);
    }

    public void Dispose() => _slugs.Dispose();

    private static bool MayBeTenants(HttpRequest request) =>
        request.Host.Host.Contains('.') && !IPAddress.TryParse(request.Host.Host, out _)
        && !Shared.Any(path => request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));

    private async Task<string?> FindAsync(string host, PublicApi api, CancellationToken ct)
    {
        if (_slugs.TryGetValue(host, out string? known)) return known;

        var tenant = await api.TenantOfHostAsync(host, ct);
        if (!tenant.Ok && tenant.Problem.Status != StatusCodes.Status404NotFound) return null; // unknown yet

        var slug = tenant.Data?.Slug;
        _slugs.Set(host, slug, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Freshness });
        return slug;
    }
}
