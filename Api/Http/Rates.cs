using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.Api.Access;
using Platform.Api.Public;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>Who asks too often is told when to come back: 429 <c>RATE_LIMITED</c> with <c>Retry-After</c>.</summary>
internal static class Rates
{
    private const int SegmentsPerMinute = 6;

    /// <summary>Where nothing better is known: a segment of the windows.</summary>
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(1) / SegmentsPerMinute;

    extension(WebApplicationBuilder builder)
    {
        public void AddRates()
        {
            builder.Services
                .AddSingleton<IValidateOptions<PublicRateOptions>, PublicRateOptionsValidator>()
                .AddSingleton<IValidateOptions<CallerRateOptions>, CallerRateOptionsValidator>()
                .AddOptions<PublicRateOptions>().BindConfiguration(PublicRateOptions.Section).ValidateOnStart()
                .Services
                .AddOptions<CallerRateOptions>().BindConfiguration(CallerRateOptions.Section).ValidateOnStart();

            builder.Services.AddRateLimiter(limits =>
            {
                limits.GlobalLimiter = CallerRates.NewLimiter();
                limits.AddPolicy(PublicRates.Policy, PublicRates.PartitionOf);
                limits.OnRejected = RefuseAsync;
            });
        }
    }

    /// <summary>So many requests in any minute, counted to ten seconds.</summary>
    public static RateLimitPartition<TKey> PerMinute<TKey>(TKey who, int permits) =>
        RateLimitPartition.GetSlidingWindowLimiter(who, _ => new()
        {
            PermitLimit = permits,
            Window = TimeSpan.FromMinutes(1),
            SegmentsPerWindow = SegmentsPerMinute,
        });

    private static async ValueTask RefuseAsync(OnRejectedContext context, CancellationToken ct)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : DefaultWait;
        context.HttpContext.Response.Headers.RetryAfter =
            Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await context.HttpContext.WriteAsync(
            Problems.Of(StatusCodes.Status429TooManyRequests, Codes.RateLimited, "Too many requests; wait a little."));
    }
}
