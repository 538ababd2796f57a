namespace Platform.Contracts.Operations;

/// <summary>
/// <c>GET /internal/api/v1/events/streams</c>: what waits to be published, and where published events are.
/// </summary>
/// <param name="DeadLetters">How many there are.</param>
public sealed record EventStreamsResponse(
    IReadOnlyList<OutboxResponse> Outboxes, IReadOnlyList<EventStreamResponse> Streams, long DeadLetters);

/// <param name="Database"><c>tenantdb</c> or <c>platformdb</c>.</param>
/// <param name="AgeSeconds">Of the oldest event that waits; null if none does.</param>
public sealed record OutboxResponse(string Database, long Waiting, double? AgeSeconds);

/// <param name="Stream">Its key in Redis.</param>
/// <param name="OldestAt">When its oldest entry was published; null if it is empty.</param>
public sealed record EventStreamResponse(string Stream, long Length, DateTimeOffset? OldestAt, DateTimeOffset? NewestAt);

/// <summary><c>GET /internal/api/v1/events/groups</c>: how far the consumers have come.</summary>
/// <param name="Lag">Events that it has not read yet.</param>
/// <param name="Pending">Events that it has read and not handled yet.</param>
/// <param name="AgeSeconds">Age of the oldest event that it has not handled; null when it has handled all.</param>
public sealed record EventGroupResponse(
    string Group, long Lag, int Pending, double? AgeSeconds, IReadOnlyList<EventGroupPartition> Partitions);

/// <param name="Worker">Who handles it now: machine, process and a number of its own; null if nobody does.</param>
public sealed record EventGroupPartition(string Stream, long Lag, int Pending, double? AgeSeconds, string? Worker);

/// <summary>An event that a group could not handle.</summary>
/// <param name="Id">Of the dead letter.</param>
/// <param name="Group">Who could not handle it; the other groups have.</param>
/// <param name="Stream">Where the event was, with <paramref name="EntryId"/>.</param>
/// <param name="EventId">Null, as what follows, where the entry was unreadable.</param>
/// <param name="Fields">All that the entry holds, personal data included; null in lists.</param>
public sealed record DeadLetterResponse(
    string Id,
    string? Group,
    string? Reason,
    int? Deliveries,
    DateTimeOffset? FailedAt,
    string? Stream,
    string? EntryId,
    string? EventId,
    string? EventType,
    long? TenantId,
    string? AggregateType,
    long? AggregateId,
    DateTimeOffset? OccurredAt,
    IReadOnlyDictionary<string, string>? Fields = null);
