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
}

/// <summary>The payload of an event. Each names its type, version and aggregate once, for everyone.</summary>
public interface IEventData
{
    static abstract string EventType { get; }
    static abstract int EventVersion { get; }
    static abstract string AggregateType { get; }
}
