using System.Text.Json.Nodes;

namespace Platform.Core.Clients;

/// <summary>
/// Takes a person out of a stored snapshot, event or answer. It goes by the names of members, so that one that is added
/// to a snapshot later is also found.
/// </summary>
public static class ErasureRules
{
    /// <summary>What people wrote about a booking, and where the person can be reached.</summary>
    private static readonly HashSet<string> Personal =
        ["answers", "cancelReason", "email", "metadata", "note", "phone", "reason"];

    /// <summary>The same text without the person; the ids stay, so that history still says what happened.</summary>
    public static string Redact(string json)
    {
        var node = JsonNode.Parse(json);
        Redact(node);
        return node?.ToJsonString() ?? "null";
    }

    private static void Redact(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items) Redact(item);
        }

        if (node is not JsonObject members) return;

        foreach (var (name, value) in members.ToList())
        {
            if (Personal.Contains(name)) members[name] = value is JsonObject ? new JsonObject() : null;
            else if (name is "clientName" && value is not null) members[name] = ClientRules.ErasedName;
            else if (name is "client" && value is JsonObject client) RedactClient(client);
            else if (name.StartsWith("client", StringComparison.Ordinal) && name is not "clientId") members[name] = null;
            else Redact(value);
        }
    }

    private static void RedactClient(JsonObject client)
    {
        foreach (var (name, _) in client.ToList())
        {
            if (name is not ("id" or "locale")) client[name] = name is "name" ? ClientRules.ErasedName : null;
        }
    }
}
