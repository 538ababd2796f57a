using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Core.Scim;

/// <summary>
/// Resources as directories write them, brought into one form: names as the schema has them, booleans that came as
/// text, lists where one value was sent. Unknown and null attributes are left out.
/// </summary>
public static class ScimDocuments
{
    private const int MaxText = 1000, MaxValues = 10_000;

    /// <param name="extension">Its attributes are in a member named by its URN.</param>
    /// <exception cref="ScimException">A value is not of the type of its attribute, <c>invalidValue</c>.</exception>
    public static JsonObject Read(ScimSchema schema, ScimSchema? extension, JsonElement resource)
    {
        if (resource.ValueKind is not JsonValueKind.Object) throw NotAnObject;

        var document = ReadMembers(schema.Attributes, resource);
        foreach (var member in resource.EnumerateObject())
        {
            if (extension is null || !member.Name.Equals(extension.Id, StringComparison.OrdinalIgnoreCase)) continue;
            if (member.Value.ValueKind is JsonValueKind.Null) continue;
            if (member.Value.ValueKind is not JsonValueKind.Object) throw WrongType(member.Name);
            if (ReadMembers(extension.Attributes, member.Value) is { Count: > 0 } own) document[extension.Id] = own;
        }

        return document;
    }

    /// <summary>Null when the value is empty.</summary>
    public static JsonNode? Value(ScimDefinition attribute, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return null;
        if (!attribute.Multi) return Single(attribute, value);

        var values = Values(attribute, value);
        return values.Count == 0 ? null : new JsonArray([.. values]);
    }

    /// <summary>The values of a multi-valued attribute, of which one may come alone.</summary>
    public static List<JsonObject> Values(ScimDefinition attribute, JsonElement value)
    {
        IEnumerable<JsonElement> values = value.ValueKind is JsonValueKind.Array ? value.EnumerateArray() : [value];
        List<JsonObject> read = [.. values.Select(one => Complex(attribute, one)).Where(one => one.Count > 0)];
        return read.Count <= MaxValues ? read : throw new ScimException(
            ScimErrorTypes.InvalidValue, $"{attribute.Name} has more than {MaxValues} values.");
    }

    private static JsonObject ReadMembers(IReadOnlyList<ScimDefinition> attributes, JsonElement value)
    {
        var read = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            if (ScimSchemas.Find(attributes, member.Name) is not { ReadOnly: false } attribute) continue;

            read.Remove(attribute.Name);
            if (Value(attribute, member.Value) is { } node) read[attribute.Name] = node;
        }

        return read;
    }

    /// <summary>Entra ID also writes one value as a list of it, <c>[{ "$ref": null, "value": "…" }]</c>.</summary>
    private static JsonNode? Single(ScimDefinition attribute, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Array && value.GetArrayLength() == 1) value = value[0];
        if (attribute.Type == "complex") return Complex(attribute, value) is { Count: > 0 } complex ? complex : null;
        if (value.ValueKind is JsonValueKind.Object && value.TryGetProperty("value", out var only)) value = only;

        return attribute.Type == "boolean" ? Boolean(attribute, value) : Text(attribute, value);
    }

    /// <summary>A text alone is the <c>value</c>: Entra ID writes the manager so.</summary>
    private static JsonObject Complex(ScimDefinition attribute, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object) return ReadMembers(attribute.Sub, value);
        if (value.ValueKind is not JsonValueKind.String || ScimSchemas.Find(attribute.Sub, "value") is not { } main)
        {
            throw WrongType(attribute.Name);
        }

        return Text(main, value) is { } text ? new() { ["value"] = text } : [];
    }

    private static JsonValue Boolean(ScimDefinition attribute, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => JsonValue.Create(true),
        JsonValueKind.False => JsonValue.Create(false),
        JsonValueKind.String when bool.TryParse(value.GetString(), out var flag) => JsonValue.Create(flag),
        _ => throw WrongType(attribute.Name),
    };

    private static JsonValue? Text(ScimDefinition attribute, JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.String) throw WrongType(attribute.Name);

        var text = value.GetString()!;
        if (text.Length > MaxText)
        {
            throw new ScimException(
                ScimErrorTypes.InvalidValue, $"{attribute.Name} is longer than {MaxText} characters.");
        }

        return text.Length == 0 ? null : JsonValue.Create(text);
    }

    private static ScimException WrongType(string name) =>
        new(ScimErrorTypes.InvalidValue, $"{name} is not of its type.");

    public static ScimException NotAnObject => new(ScimErrorTypes.InvalidSyntax, "The body must be a JSON object.");
}
