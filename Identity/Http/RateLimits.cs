using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Platform.Identity.Http;

/// <summary>
/// How often one caller may try, per minute. Guessing one account's password ends earlier, at its lock; these limits are
/// against trying many accounts, and against work for nothing.
/// </summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>
    /// Posts of the sign-in form, and of that for first passwords, from one address. An office of many people may share one.
    /// </summary>
    [Range(1, 100_000)]
    public int SignIns { get; init; } = 30;

    /// <summary>Token requests of one client from one address: refreshes of all its users come from there.</summary>
    [Range(1, 1_000_000)]
    public int Tokens { get; init; } = 1_200;
}

internal static class RateLimits
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    extension(WebApplicationBuilder builder)
    {
        public void AddRateLimits()
        {
            builder.Services.AddOptions<RateLimitOptions>()
                .BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();

            builder.Services.AddRateLimiter(limiter =>
            {
                limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                limiter.OnRejected = (rejected, _) =>
                {
                    var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
                    rejected.HttpContext.Response.Headers.RetryAfter =
                        Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                    return ValueTask.CompletedTask;
                };

                // By path, not by endpoint: the provider's endpoints are not routed.
                limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition);
            });
        }
    }

    private static RateLimitPartition<string> Partition(HttpContext context)
    {
        var limits = context.RequestServices.GetRequiredService<IOptions<RateLimitOptions>>().Value;
        var address = context.Connection.RemoteIpAddress?.ToString();

        if (HttpMethods.IsPost(context.Request.Method))
        {
            if (context.Request.Path.StartsWithSegments("/account/login", StringComparison.OrdinalIgnoreCase)
                || context.Request.Path.StartsWithSegments("/account/accept", StringComparison.OrdinalIgnoreCase))
            {
                return Limit($"sign-in {address}", limits.SignIns);
            }

            if (context.Request.Path.StartsWithSegments("/connect", StringComparison.OrdinalIgnoreCase))
            {
                return Limit($"token {address} {ClientOf(context.Request)}", limits.Tokens);
            }
        }

        return RateLimitPartition.GetNoLimiter("");
    }

    private static RateLimitPartition<string> Limit(string key, int perWindow) =>
        RateLimitPartition.GetFixedWindowLimiter(key, _ => new()
        {
            PermitLimit = perWindow,
            Window = Window,
            QueueLimit = 0,
        });

    /// <summary>The client's name in HTTP Basic; not verified yet, so it only ever narrows an address's limit.</summary>
    private static string ClientOf(HttpRequest request)
    {
        const string Scheme = "Basic ";
        if (request.Headers.Authorization is not [{ Length: > 6 and < 1_000 } header]) return "";
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return "";

        var bytes = new byte[header.Length];
        return Convert.TryFromBase64String(header[Scheme.Length..], bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Split(':')[0]
            : "";
    }
}
