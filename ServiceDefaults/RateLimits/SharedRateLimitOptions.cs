using System.ComponentModel.DataAnnotations;

namespace Platform.ServiceDefaults.RateLimits;

/// <summary>The counters in Redis by which all replicas limit requests together.</summary>
public sealed class SharedRateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Begins the name of each counter. Platforms that share a Redis need different ones.</summary>
    [Required, StringLength(100)]
    public string KeyPrefix { get; init; } = "platform";

    /// <summary>How long a request waits for Redis before it is counted by its node alone.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0100000", "00:00:10")]
    public TimeSpan RedisTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long requests go without Redis after it has failed; then one of them tries it again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5000000", "01:00:00")]
    public TimeSpan RedisRetryInterval { get; init; } = TimeSpan.FromSeconds(5);
}
