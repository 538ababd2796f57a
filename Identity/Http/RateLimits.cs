using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.RateLimits;

namespace Platform.Identity.Http;

/// <summary>
/// How often one address (of IPv6: one /64 network) may try, per minute, at all replicas together. Guessing one
/// account's password ends earlier, at its lock; these limits are against trying many accounts, and against work for
/// nothing.
/// </summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>
    /// Posts of the sign-in form, and of the forms of accounts, from one address. An office of many people may share
    /// one.
    /// </summary>
    [Range(1, 100_000)]
    public int SignIns { get; init; } = 30;

    /// <summary>Token requests from one address, whatever client they name.</summary>
    [Range(1, 1_000_000)]
    public int TokensPerAddress { get; init; } = 3_000;

    /// <summary>
    /// Token requests of one client from one address: refreshes of all its users come from there. Less than
    /// <see cref="TokensPerAddress"/> leaves something to the other clients at that address.
    /// </summary>
    [Range(1, 1_000_000)]
    public int Tokens { get; init; } = 1_200;
}

/// <summary>Limits by address; <see cref="ClientRateLimit"/> comes next.</summary>
internal static class RateLimits
{
    extension(WebApplicationBuilder builder)
    {
        public void AddRateLimits()
        {
            // The limits do without Redis when they have to, and nothing else here needs it.
            builder.AddRedisClient("redis", settings => settings.DisableHealthChecks = true);
            builder.AddSharedRateLimits();
            builder.Services.AddOptions<RateLimitOptions>()
                .BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();

            builder.Services
                .AddRateLimiter(limiter => limiter.OnRejected = (rejected, _) =>
                {
                    Refuse(rejected.HttpContext, rejected.Lease);
                    return default;
                })
                .AddOptions<RateLimiterOptions>()
                .Configure<SharedRateLimits, IOptions<RateLimitOptions>>((limiter, shared, options) =>
                    // By path, not by endpoint: the provider's endpoints are not routed.
                    limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(
                        context => Partition(context, shared, options.Value)));
        }
    }

    extension(HttpRequest request)
    {
        /// <summary>Whether it asks for tokens, or for what belongs to them, such as revocation.</summary>
        public bool IsForTokens => HttpMethods.IsPost(request.Method)
            && request.Path.StartsWithSegments("/connect", StringComparison.OrdinalIgnoreCase);

        /// <summary>Each form of these pages takes a password, a code or a link, or sends a mail.</summary>
        private bool IsSignIn => HttpMethods.IsPost(request.Method)
            && request.Path.StartsWithSegments("/account", StringComparison.OrdinalIgnoreCase);
    }

    public static void Refuse(HttpContext context, RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : SharedRateLimits.Window;
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    private static RateLimitPartition<string> Partition(
        HttpContext context, SharedRateLimits shared, RateLimitOptions options)
    {
        if (context.Request.IsSignIn) return shared.PerMinute("sign_in", ClientNetwork.Of(context), options.SignIns);

        return context.Request.IsForTokens
            ? shared.PerMinute("token", ClientNetwork.Of(context), options.TokensPerAddress)
            : RateLimitPartition.GetNoLimiter("");
    }
}
