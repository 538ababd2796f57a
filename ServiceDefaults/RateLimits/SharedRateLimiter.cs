using System.Threading.RateLimiting;

namespace Platform.ServiceDefaults.RateLimits;

/// <summary>One counter in Redis, and that of this node for the time in which Redis is unavailable.</summary>
internal sealed class SharedRateLimiter(SharedRateLimits limits, string limit, RateLimiter shared, int permits)
    : RateLimiter
{
    private readonly Lazy<FixedWindowRateLimiter> _ofNode = new(() => new(new()
    {
        PermitLimit = permits,
        Window = SharedRateLimits.Window,
        QueueLimit = 0,
    }));

    /// <summary>Null while the node counts, so that nobody takes this limiter and its count for unused.</summary>
    public override TimeSpan? IdleDuration =>
        _ofNode is { IsValueCreated: true, Value.IdleDuration: null } ? null : shared.IdleDuration;

    public override RateLimiterStatistics? GetStatistics() => null;

    /// <summary>The middleware tries this first; it then asks for what may wait, as Redis makes it.</summary>
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => CountedLease.Refused;

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(
        int permitCount, CancellationToken cancellationToken) =>
        await limits.TryCountAsync(shared, limit, permitCount, cancellationToken)
        ?? _ofNode.Value.AttemptAcquire(permitCount);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (_ofNode.IsValueCreated) _ofNode.Value.Dispose();
            shared.Dispose();
        }

        base.Dispose(disposing);
    }

    protected override ValueTask DisposeAsyncCore()
    {
        Dispose(disposing: true);
        return base.DisposeAsyncCore();
    }
}
