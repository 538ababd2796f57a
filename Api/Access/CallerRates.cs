using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.Api.Http;

namespace Platform.Api.Access;

internal sealed class CallerRateOptions
{
    public const string Section = "CallerRates";

    /// <summary>
    /// Requests that one user or client may send in a minute: far more than a person or a healthy program does.
    /// </summary>
    [Range(1, 100_000_000)]
    public int PrincipalPerMinute { get; init; } = 60_000;

    /// <summary>Requests that all users of one tenant together may send in a minute.</summary>
    [Range(1, 100_000_000)]
    public int TenantPerMinute { get; init; } = 300_000;
}

[OptionsValidator]
internal sealed partial class CallerRateOptionsValidator : IValidateOptions<CallerRateOptions>;

/// <summary>
/// How often somebody with a token may ask, on each node: nobody's program that runs wild takes the platform from the
/// others. The tenant is that of the token; what a header says would let anybody spend what is another's.
/// </summary>
internal static class CallerRates
{
    public static PartitionedRateLimiter<HttpContext> NewLimiter() => PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(
            context, context.User.Identity?.IsAuthenticated is true ? Caller.Of(context.User).Actor : null,
            rates => rates.PrincipalPerMinute)),
        PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(
            context, Caller.Of(context.User).TenantId is { } tenant ? $"{tenant}" : null, rates => rates.TenantPerMinute)));

    private static RateLimitPartition<string> Partition(
        HttpContext context, string? who, Func<CallerRateOptions, int> permits)
    {
        if (who is null) return RateLimitPartition.GetNoLimiter("");

        return Rates.PerMinute(who, permits(context.RequestServices.GetRequiredService<IOptions<CallerRateOptions>>().Value));
    }
}
