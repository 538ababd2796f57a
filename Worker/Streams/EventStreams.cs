using System.Text;
using Microsoft.Extensions.Options;
using Platform.Contracts.Events;
using Platform.Core;
using StackExchange.Redis;

namespace Platform.Worker.Streams;

/// <summary>The streams events travel on. All events of one aggregate travel on the same one, in order.</summary>
internal sealed class EventStreams(IOptions<EventsOptions> options)
{
    /// <summary>
    /// When the last events of <c>tenantdb </c> that reached the streams were published; see <c>OutboxRelay </c>.
    /// </summary>
    public static readonly RedisKey Marker = "platform:events:published";

    /// <summary>Likewise of <c>platformdb</c>.</summary>
    public static readonly RedisKey PlatformMarker = "platform:events:published:platformdb";

    public int Count { get; } = options.Value.Partitions;

    public IEnumerable<RedisKey> All => Enumerable.Range(0, Count).Select(Key);

    public static RedisKey Key(int partition) => EventKeys.Stream(partition);

    public RedisKey KeyOf(EventEnvelope e) => Key(PartitionOf(e));

    public int PartitionOf(EventEnvelope e) => Partition(e.TenantId, e.AggregateType, e.AggregateId);

    public int Partition(long tenantId, string aggregateType, long aggregateId) =>
        (int)(StableHash.Of(Encoding.UTF8.GetBytes($"{tenantId}:{aggregateType}:{aggregateId}")) % (ulong)Count);
}
