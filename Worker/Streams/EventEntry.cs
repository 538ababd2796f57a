using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Platform.Contracts.Events;
using StackExchange.Redis;

namespace Platform.Worker.Streams;

/// <summary>An event as the fields of a stream entry, and back.</summary>
internal static class EventEntry
{
    /// <param name="traceparent">The span that publishes, so that the handler continues its trace.</param>
    public static NameValueEntry[] ToFields(EventEnvelope e, string? traceparent)
    {
        List<NameValueEntry> fields =
        [
            new(EventFields.EventId, e.EventId.ToString()),
            new(EventFields.EventType, e.EventType),
            new(EventFields.EventVersion, e.EventVersion),
            new(EventFields.TenantId, e.TenantId),
            new(EventFields.AggregateType, e.AggregateType),
            new(EventFields.AggregateId, e.AggregateId),
            new(EventFields.AggregateVersion, e.AggregateVersion),
            new(EventFields.OccurredAt, e.OccurredAt.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)),
            new(EventFields.Actor, e.Actor),
            new(EventFields.Data, e.Data.GetRawText()),
        ];
        if (traceparent is not null) fields.Add(new(EventFields.TraceParent, traceparent));

        return [.. fields];
    }

    /// <summary>
    /// Fields it does not know are ignored; one that is missing or unreadable makes the entry malformed.
    /// </summary>
    public static bool TryRead(
        StreamEntry entry, [NotNullWhen(true)] out EventEnvelope? e, [NotNullWhen(false)] out string? reason)
    {
        try
        {
            e = Read(entry);
            reason = null;
            return true;
        }
        catch (Exception malformed) when (malformed is FormatException or OverflowException or JsonException)
        {
            e = null;
            reason = malformed.Message;
            return false;
        }
    }

    private static EventEnvelope Read(StreamEntry entry)
    {
        string? Optional(string field) => entry[field];
        string Text(string field) => Optional(field) ?? throw new FormatException($"The field {field} is missing.");
        long Number(string field) => long.Parse(Text(field), CultureInfo.InvariantCulture);

        return new(
            Guid.Parse(Text(EventFields.EventId)),
            Text(EventFields.EventType),
            checked((int)Number(EventFields.EventVersion)),
            Number(EventFields.TenantId),
            Text(EventFields.AggregateType),
            Number(EventFields.AggregateId),
            Number(EventFields.AggregateVersion),
            DateTimeOffset.Parse(Text(EventFields.OccurredAt), CultureInfo.InvariantCulture),
            Text(EventFields.Actor),
            Optional(EventFields.TraceParent),
            JsonSerializer.Deserialize<JsonElement>(Text(EventFields.Data)));
    }
}
