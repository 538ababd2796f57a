using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;
using RedisRateLimiting;

namespace Platform.ServiceDefaults.RateLimits;

/// <summary>What Redis said of a request, with the framework's own name for the time to wait.</summary>
internal sealed class CountedLease(bool isAcquired, TimeSpan? retryAfter) : RateLimitLease
{
    /// <summary>The counter works in whole seconds, and its window ends with the second it names.</summary>
    private static readonly TimeSpan LastSecond = TimeSpan.FromSeconds(1);

    public static readonly CountedLease Refused = new(isAcquired: false, retryAfter: null);

    public override bool IsAcquired => isAcquired;

    public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

    public static CountedLease Of(RateLimitLease counted) => new(
        counted.IsAcquired,
        !counted.IsAcquired && counted.TryGetMetadata(RateLimitMetadataName.RetryAfter, out var seconds)
            ? TimeSpan.FromSeconds(seconds) + LastSecond
            : null);

    public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
    {
        metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
        return metadata is not null;
    }
}
