using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;

namespace Platform.Core.Audit;

/// <summary>
/// What the trail keeps of a change: the members that differ, and of personal ones their names alone. A chain cannot
/// forget, so values that a person may ask to erase never enter it.
/// </summary>
/// <param name="Before">Null for what is new, and for an act that changes no row.</param>
/// <param name="After">Null for what is gone.</param>
public sealed record AuditDiff(JsonObject? Before, JsonObject? After)
{
    /// <summary>Holds the names of personal members that differ.</summary>
    public const string Personal = "personal";

    /// <summary>They follow from a change; where they alone differ, nothing has changed.</summary>
    private static readonly string[] Bookkeeping = ["version", "createdAt", "createdBy", "updatedAt", "updatedBy"];

    /// <param name="personal">Members of either, in camelCase.</param>
    /// <returns>Null if both are there and nothing differs.</returns>
    public static AuditDiff? Between(object? before, object? after, params IReadOnlyList<string> personal)
    {
        var (was, now) = (ToObject(before), ToObject(after));
        if (was is not null && now is not null)
        {
            foreach (var name in was.Select(member => member.Key).Intersect(now.Select(member => member.Key)).ToList())
            {
                if (!JsonNode.DeepEquals(was[name], now[name])) continue;

                was.Remove(name);
                now.Remove(name);
            }

            if (was.Count == 0 && now.Count == 0) return null;
        }

        var names = personal.Where(name => was?[name] is not null || now?[name] is not null).ToList();
        foreach (var name in personal)
        {
            was?.Remove(name);
            now?.Remove(name);
        }

        if (names.Count > 0) (now ?? was)![Personal] = JsonSerializer.SerializeToNode(names, PlatformJson.Options);
        return new(was, now);
    }

    private static JsonObject? ToObject(object? value)
    {
        if (value is null) return null;

        var members = JsonSerializer.SerializeToNode(value, value.GetType(), PlatformJson.Options)!.AsObject();
        foreach (var name in Bookkeeping) members.Remove(name);
        return members;
    }
}
