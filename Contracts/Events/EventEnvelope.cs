using System.Text.Json;

namespace Platform.Contracts.Events;

/// <summary>
/// One event as it travels: the fields of an entry of the streams <c>platform:events:{n}</c>, by the names of
/// <see cref="EventFields"/>. Unknown fields are ignored; an unknown major version goes to the dead letters.
/// </summary>
/// <param name="EventId">UUIDv7; the same at every delivery, so consumers can recognise a repetition.</param>
/// <param name="EventType">Dotted, in the past tense: <c>booking.created</c>.</param>
/// <param name="AggregateVersion">The version of the aggregate after the change; grows by one.</param>
/// <param name="OccurredAt">UTC.</param>
/// <param name="Actor">Who did it: <c>user:17</c>, <c>client:…</c> or <c>system</c>.</param>
/// <param name="TraceParent">W3C trace context of the request that made the change; null if it was not traced.</param>
/// <param name="Data">The payload, one of the records beside this file.</param>
public sealed record EventEnvelope(
    Guid EventId,
    string EventType,
    int EventVersion,
    long TenantId,
    string AggregateType,
    long AggregateId,
    long AggregateVersion,
    DateTimeOffset OccurredAt,
    string Actor,
    string? TraceParent,
    JsonElement Data);

/// <summary>Names of the fields of a stream entry.</summary>
public static class EventFields
{
    public const string EventId = "event_id";
    public const string EventType = "event_type";
    public const string EventVersion = "event_version";
    public const string TenantId = "tenant_id";
    public const string AggregateType = "aggregate_type";
    public const string AggregateId = "aggregate_id";
    public const string AggregateVersion = "aggregate_version";
    public const string OccurredAt = "occurred_at";
    public const string Actor = "actor";
    public const string TraceParent = "traceparent";
    public const string Data = "data";

    /// <summary>The one group that an entry is for, where it was replayed for that group; absent otherwise.</summary>
    public const string OnlyGroup = "only_group";
}

/// <summary>What a dead letter has besides the fields of its event.</summary>
public static class DeadLetterFields
{
    public const string Stream = "stream";
    public const string EntryId = "entry_id";
    public const string Group = "group";
    public const string Reason = "reason";
    public const string Deliveries = "deliveries";
    public const string FailedAt = "failed_at";

    public static readonly IReadOnlyList<string> All = [Stream, EntryId, Group, Reason, Deliveries, FailedAt];
}

/// <summary>Keys in Redis that events travel by; <c>docs/events.md</c> describes them.</summary>
public static class EventKeys
{
    public const string DeadLetters = "platform:dead-letters";

    /// <summary>The braces are part of the key: a Redis Cluster keeps each stream in a slot of its own.</summary>
    public static string Stream(int partition) => $"platform:events:{{{partition}}}";

    /// <summary>Holds the name of the worker that handles the partition for the group.</summary>
    public static string Lease(string group, int partition) => $"platform:leases:{group}:{partition}";
}

/// <summary>The payload of an event. Each names its type, version and aggregate once, for everyone.</summary>
public interface IEventData
{
    static abstract string EventType { get; }
    static abstract int EventVersion { get; }
    static abstract string AggregateType { get; }
}
