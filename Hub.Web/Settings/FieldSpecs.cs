using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Settings;

/// <summary>A member that a tenant has described: an attribute of a category, or a custom field.</summary>
/// <param name="Type"><c>text</c>, <c>number</c>, <c>boolean</c>, <c>date</c> or <c>choice</c>.</param>
public sealed record FieldSpec(string Key, string Label, string Type, bool Required, IReadOnlyList<string> Choices)
{
    public static FieldSpec Of(CustomFieldResponse field) =>
        new(field.Key, field.Label, field.Type, field.Required, field.Choices);
}

/// <summary>Values of such members, as a form has them: texts by key.</summary>
internal static class FieldValues
{
    /// <summary>The attributes that a category's schema describes.</summary>
    public static IReadOnlyList<FieldSpec> Of(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties))
        {
            return [];
        }

        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet()
            : [];
        return [.. properties.EnumerateObject().Select(property => new FieldSpec(
            property.Name,
            Member(property.Value, "title")?.GetString() ?? property.Name,
            TypeOf(property.Value),
            required.Contains(property.Name) || Member(property.Value, "required")?.ValueKind == JsonValueKind.True,
            [.. Member(property.Value, "enum")?.EnumerateArray().Select(choice => choice.ToString()) ?? []]))];
    }

    public static Dictionary<string, string?> Read(JsonElement? values) =>
        values is { ValueKind: JsonValueKind.Object } json
        ? json.EnumerateObject().ToDictionary(
            member => member.Name,
            member => (string?)(member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? (member.Value.GetBoolean() ? "true" : "false")
                : member.Value.ToString()))
        : [];

    /// <summary>Empty values are left out. A value that does not fit its type stays a text, which the API rejects.</summary>
    public static JsonElement Write(IReadOnlyDictionary<string, string?> values, IReadOnlyList<FieldSpec> fields)
    {
        var members = new JsonObject();
        foreach (var field in fields)
        {
            if (values.GetValueOrDefault(field.Key)?.Trim() is not { Length: > 0 } text) continue;
            members[field.Key] = field.Type switch
            {
                "boolean" => text == "true",
                "number" when decimal.TryParse(text, NumberStyles.Number, CultureInfo.CurrentCulture, out var number) =>
                    number,
                _ => text,
            };
        }

        return JsonSerializer.SerializeToElement(members);
    }

    private static string TypeOf(JsonElement property) => Member(property, "enum") is not null ? "choice"
        : Member(property, "type")?.GetString() switch
        {
            "number" or "integer" => "number",
            "boolean" => "boolean",
            _ => "text",
        };

    private static JsonElement? Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) ? member : null;
}

/// <summary>What draws such members: <c>{Name}[{key}]</c>.</summary>
public sealed record FieldSet(
    string Name, IReadOnlyList<FieldSpec> Fields, IReadOnlyDictionary<string, string?> Values);
