using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.Api.Access;
using Platform.Api.Public;
using Platform.Contracts;
using Platform.ServiceDefaults.RateLimits;

namespace Platform.Api.Http;

/// <summary>Callers that exceed a limit get 429 <c>RATE_LIMITED</c> with <c>Retry-After</c>.</summary>
internal static class Rates
{
    private const int SegmentsPerMinute = 6;

    /// <summary>Where nothing better is known: a segment of the windows.</summary>
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(1) / SegmentsPerMinute;

    extension(WebApplicationBuilder builder)
    {
        public void AddRates()
        {
            builder.AddSharedRateLimits();
            builder.Services
                .AddSingleton<IValidateOptions<PublicRateOptions>, PublicRateOptionsValidator>()
                .AddSingleton<IValidateOptions<CallerRateOptions>, CallerRateOptionsValidator>()
                .AddOptions<PublicRateOptions>().BindConfiguration(PublicRateOptions.Section).ValidateOnStart()
                .Services
                .AddOptions<CallerRateOptions>().BindConfiguration(CallerRateOptions.Section).ValidateOnStart();

            builder.Services.AddRateLimiter(limits => limits.OnRejected = RefuseAsync)
                .AddOptions<RateLimiterOptions>()
                .Configure<SharedRateLimits, IOptions<PublicRateOptions>>((limits, shared, rates) =>
                    limits.GlobalLimiter = new AreaLimiter(
                        PublicRates.NewLimiter(shared, rates.Value), CallerRates.NewLimiter()));
        }
    }

    /// <summary>So many requests in any minute, counted to ten seconds, on this node.</summary>
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

    /// <summary>
    /// Public routes count for an address, the others for a caller: requests of tenants never wait for the counters in
    /// Redis.
    /// </summary>
    private sealed class AreaLimiter(
        PartitionedRateLimiter<HttpContext> ofAddresses, PartitionedRateLimiter<HttpContext> ofCallers)
        : PartitionedRateLimiter<HttpContext>
    {
        public override RateLimiterStatistics? GetStatistics(HttpContext resource) => null;

        protected override RateLimitLease AttemptAcquireCore(HttpContext resource, int permitCount) =>
            Of(resource).AttemptAcquire(resource, permitCount);

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(
            HttpContext resource, int permitCount, CancellationToken cancellationToken) =>
            Of(resource).AcquireAsync(resource, permitCount, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                ofAddresses.Dispose();
                ofCallers.Dispose();
            }

            base.Dispose(disposing);
        }

        private PartitionedRateLimiter<HttpContext> Of(HttpContext context) =>
            context.GetEndpoint()?.Metadata.GetMetadata<LimitedByAddress>() is null ? ofCallers : ofAddresses;
    }
}
