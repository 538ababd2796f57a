using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;

namespace Platform.Core.Bookings;

/// <summary>
/// The content of a row of a booking's history: the snapshots before and after, why, and the names of members that no
/// snapshot holds, because events are no place for notes and answers.
/// </summary>
public static class BookingHistory
{
    private const string ReasonMember = "reason", ChangedMember = "changed";

    private static readonly string[] Fields = ["status", "start", "end", "timeZone", "price", "clientId"];

    internal static JsonElement After(BookingSnapshot after, string? reason, IReadOnlyList<string> changed)
    {
        var json = JsonSerializer.SerializeToNode(after, PlatformJson.Options)!.AsObject();
        if (reason is not null) json[ReasonMember] = reason;
        if (changed.Count > 0) json[ChangedMember] = JsonSerializer.SerializeToNode(changed);
        return JsonSerializer.SerializeToElement(json);
    }

    public static BookingEventResponse ToResponse(this BookingEvent e) => new(
        e.Version, e.EventType, e.OccurredAt, e.Actor,
        Member(e.After, ReasonMember)?.GetString(),
        e.After is { } after ? [.. Changes(e.Before, after)] : []);

    private static IEnumerable<BookingFieldChange> Changes(JsonElement? before, JsonElement after)
    {
        foreach (var field in Fields)
        {
            var (was, isNow) = (Member(before, field), Member(after, field));
            if (!Same(was, isNow)) yield return new(field, was, isNow);
        }

        var (resources, others) = (Resources(before), Resources(after));
        if (!Same(resources, others)) yield return new("resources", resources, others);

        if (Member(after, ChangedMember) is not { } changed) yield break;
        foreach (var name in changed.EnumerateArray()) yield return new(name.GetString()!, null, null);
    }

    /// <summary>Null when it is absent or null.</summary>
    private static JsonElement? Member(JsonElement? snapshot, string name) =>
        snapshot is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(name, out var value)
            && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonElement? Resources(JsonElement? snapshot) =>
        Member(snapshot, "resourceIds") is { } ids && Member(snapshot, "resourceNames") is { } names
            ? JsonSerializer.SerializeToElement(
                ids.EnumerateArray().Zip(
                    names.EnumerateArray(), (id, name) => new BookedResource(id.GetInt64(), name.GetString()!)),
                PlatformJson.Options)
            : null;

    private static bool Same(JsonElement? one, JsonElement? other) =>
        one is { } a && other is { } b ? JsonElement.DeepEquals(a, b) : one is null && other is null;
}
