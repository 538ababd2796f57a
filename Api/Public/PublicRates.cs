using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.Api.Http;

namespace Platform.Api.Public;

internal sealed class PublicRateOptions
{
    public const string Section = "PublicRates";

    /// <summary>Requests that one address may send to one tenant's pages in a minute.</summary>
    [Range(1, 1_000_000)]
    public int ReadsPerMinute { get; init; } = 600;

    /// <inheritdoc cref="ReadsPerMinute"/>
    [Range(1, 1_000_000)]
    public int WritesPerMinute { get; init; } = 120;
}

[OptionsValidator]
internal sealed partial class PublicRateOptionsValidator : IValidateOptions<PublicRateOptions>;

/// <summary>How often somebody without an account may ask: counted by address and tenant, on each node.</summary>
internal static class PublicRates
{
    public const string Policy = "public";

    public static RateLimitPartition<(string Address, string Slug, bool IsWrite)> PartitionOf(HttpContext context)
    {
        var rates = context.RequestServices.GetRequiredService<IOptions<PublicRateOptions>>().Value;
        var slug = context.Request.RouteValues["slug"] as string ?? "";
        var isWrite = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);

        return Rates.PerMinute(
            (Address(context), slug, isWrite), isWrite ? rates.WritesPerMinute : rates.ReadsPerMinute);
    }

    /// <summary>Where a request comes from; also who holds slots, as far as somebody without an account is known.</summary>
    public static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
}
