using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.RateLimits;

namespace Platform.Api.Public;

/// <summary>
/// What one address (of IPv6: one /64 network) may send to the public routes in a minute, to all replicas together.
/// </summary>
internal sealed class PublicRateOptions
{
    public const string Section = "PublicRates";

    /// <summary>Requests to public routes of whatever tenant.</summary>
    [Range(1, 1_000_000)]
    public int AddressPerMinute { get; init; } = 3_000;

    /// <summary>Reads of one tenant's pages.</summary>
    [Range(1, 1_000_000)]
    public int ReadsPerMinute { get; init; } = 600;

    /// <summary>Other requests to one tenant's pages.</summary>
    [Range(1, 1_000_000)]
    public int WritesPerMinute { get; init; } = 120;
}

[OptionsValidator]
internal sealed partial class PublicRateOptionsValidator : IValidateOptions<PublicRateOptions>;

/// <summary>Marks a route for everybody, which is limited by address instead of by caller.</summary>
/// <param name="OfTenant">
/// Whether it also counts for the address and the tenant of the path. One with a secret in its path does not: a provider
/// of calendars reads the feeds of many people from few addresses.
/// </param>
internal sealed record LimitedByAddress(bool OfTenant = true);

/// <summary>
/// How often somebody without an account may ask: by address first, then by address and tenant. Slugs are what the
/// caller says they are; one that does not exist gains nothing, because each request has counted for its address.
/// </summary>
internal static class PublicRates
{
    /// <summary>No tenant has a longer slug; nor shall the key of a counter.</summary>
    private const int MaxSlugLength = 63;

    public static PartitionedRateLimiter<HttpContext> NewLimiter(SharedRateLimits limits, PublicRateOptions rates) =>
        PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                limits.PerMinute("public", ClientNetwork.Of(context), rates.AddressPerMinute)),
            PartitionedRateLimiter.Create<HttpContext, string>(context => OfTenant(context, limits, rates)));

    private static RateLimitPartition<string> OfTenant(
        HttpContext context, SharedRateLimits limits, PublicRateOptions rates)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<LimitedByAddress>() is { OfTenant: false })
        {
            return RateLimitPartition.GetNoLimiter("");
        }

        var slug = context.Request.RouteValues["slug"] is string { Length: <= MaxSlugLength } known ? known.ToLowerInvariant() : "";
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        var key = $"{ClientNetwork.Of(context)} {slug}";

        return isRead
            ? limits.PerMinute("public_reads", key, rates.ReadsPerMinute)
            : limits.PerMinute("public_writes", key, rates.WritesPerMinute);
    }
}
