using Platform.Contracts.Events;
using StackExchange.Redis;

namespace Platform.Worker.Streams;

/// <summary>The right of one consumer to handle a partition for its group, as long as it keeps renewing it.</summary>
internal sealed class PartitionLease(
    IConnectionMultiplexer redis, string group, int partition, RedisValue consumer, TimeSpan length, TimeProvider clock)
{
    private readonly RedisKey _key = EventKeys.Lease(group, partition);
    private long _asked;

    /// <summary>
    /// Counted from before Redis was asked, so it ends here before it ends there. It is looked at before each commit;
    /// should a pause of the process fall between, the inbox still keeps an effect from happening twice.
    /// </summary>
    public bool IsHeld => clock.GetElapsedTime(_asked) < length;

    public async Task<bool> TakeAsync()
    {
        var asked = clock.GetTimestamp();
        if (!await redis.GetDatabase().LockTakeAsync(_key, consumer, length)) return false;

        _asked = asked;
        return true;
    }

    public async Task<bool> RenewAsync()
    {
        var asked = clock.GetTimestamp();
        if (!await redis.GetDatabase().LockExtendAsync(_key, consumer, length)) return false;

        _asked = asked;
        return true;
    }

    public Task ReleaseAsync() => redis.GetDatabase().LockReleaseAsync(_key, consumer);
}
