using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Contracts;
using Platform.Contracts.Catalogue;

namespace Platform.Core.Catalogue;

/// <summary>What the attributes of a category's resources may be, in a small part of JSON Schema.</summary>
public static partial class AttributeRules
{
    private const int MaxProperties = 50;
    private const string Schema = "attributeSchema";

    private static readonly string[] SchemaMembers = ["type", "title", "properties", "required", "additionalProperties"];
    private static readonly string[] PropertyMembers =
        ["type", "title", "enum", "required", "maxLength", "minimum", "maximum"];

    /// <summary>Whether a schema is one that <see cref="Check"/> understands in full.</summary>
    public static Rejection? CheckSchema(JsonElement schema)
    {
        if (schema.ValueKind is not JsonValueKind.Object) return BadSchema(Schema, "The value must be an object.");

        var members = schema.EnumerateObject().Select(
            member => (Field: $"{Schema}.{member.Name}", Error: ErrorOf(schema, member)))
            .Where(member => member.Error is not null)
            .Select(member => BadSchema(member.Field, member.Error!)).ToList();
        var properties = Properties(schema);
        if (properties.Count > MaxProperties)
        {
            members.Add(BadSchema($"{Schema}.properties", $"There are at most {MaxProperties}."));
        }

        return Rejection.All([.. members, .. properties.Select(p => CheckProperty(p.Key, p.Value))]);
    }

    private static string? ErrorOf(JsonElement schema, JsonProperty member)
    {
        if (!SchemaMembers.Contains(member.Name)) return "It is not supported.";

        var isGood = member.Name switch
        {
            "type" => IsText(member.Value, "object"),
            "title" => member.Value.ValueKind is JsonValueKind.String,
            "additionalProperties" => member.Value.ValueKind is JsonValueKind.False,
            "required" => Required(schema) is { } names && names.All(Properties(schema).ContainsKey),
            _ => member.Value.ValueKind is JsonValueKind.Object,
        };
        return isGood ? null : "The value is invalid.";
    }

    /// <summary>
    /// Whether attributes match the category's schema. Those that are the organisation's custom fields of
    /// resources must match these fields.
    /// </summary>
    public static Rejection? Check(
        JsonElement schema, JsonElement attributes, params IReadOnlyList<FieldRule> fields)
    {
        var properties = Properties(schema);
        var ofFields = CustomFieldRules.Check(fields, attributes, "attributes", Codes.InvalidAttributes, _ => true);
        if (properties.Count == 0 || attributes.ValueKind is not JsonValueKind.Object) return ofFields;

        var missing = properties.Where(p => IsTrue(p.Value, "required")).Select(p => p.Key).Union(Required(schema) ?? [])
            .Where(name => !attributes.TryGetProperty(name, out _))
            .Select(name => BadValue($"attributes.{name}", "It is required."));
        var wrong = attributes.EnumerateObject()
            .Where(member => !fields.Any(field => field.Key == member.Name))
            .Select(member => CheckMember(properties, member, "attributes"));
        return Rejection.All([ofFields, .. missing, .. wrong]);
    }

    /// <summary>Whether resources of a category can have the attributes that a requirement asks for.</summary>
    public static Rejection? CheckWanted(JsonElement schema, JsonElement wanted, string field)
    {
        if (wanted.ValueKind is not JsonValueKind.Object) return BadValue(field, "The values must be an object.");

        var properties = Properties(schema);
        return Rejection.All(wanted.EnumerateObject().Select(member =>
            member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null
                ? BadValue($"{field}.{member.Name}", "The value must be a text, a number, true or false.")
            : properties.Count == 0 ? null
            : CheckMember(properties, member, field)));
    }

    private static Rejection? CheckProperty(string name, JsonElement property)
    {
        var field = $"{Schema}.properties.{name}";
        if (!Name().IsMatch(name))
        {
            return BadSchema(field, "A name must begin with a letter, followed by letters, digits and underscores.");
        }

        if (property.ValueKind is not JsonValueKind.Object) return BadSchema(field, "The value must be an object.");

        var type = property.TryGetProperty("type", out var t) && t.ValueKind is JsonValueKind.String ? t.GetString()! : "";
        if (type is not ("string" or "number" or "integer" or "boolean"))
        {
            return BadSchema($"{field}.type", "The type must be string, number, integer or boolean.");
        }

        List<Rejection> errors = [];
        foreach (var member in property.EnumerateObject())
        {
            var isGood = PropertyMembers.Contains(member.Name) && member.Name switch
            {
                "type" => true,
                "title" => member.Value.ValueKind is JsonValueKind.String,
                "required" => member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False,
                "maxLength" => type == "string" && member.Value.ValueKind is JsonValueKind.Number
                    && member.Value.TryGetInt32(out var length) && length is > 0 and <= CustomFieldRules.MaxTextLength,
                "enum" => IsEnum(member.Value, type),
                _ => type is "number" or "integer" && IsOf(member.Value, "number"),
            };
            if (!isGood) errors.Add(BadSchema($"{field}.{member.Name}", $"The constraint is not allowed for the type {type}, or its value is invalid."));
        }

        if (errors.Count > 0) return Rejection.All(errors);

        return Bound(property, "minimum") is { } least && Bound(property, "maximum") is { } most && least > most
            ? BadSchema($"{field}.maximum", "It is below the minimum.")
            : null;
    }

    private static Rejection? CheckMember(
        Dictionary<string, JsonElement> properties, JsonProperty member, string path)
    {
        var field = $"{path}.{member.Name}";
        if (!properties.TryGetValue(member.Name, out var property)) return BadValue(field, "The category has no such attribute.");

        var type = property.GetProperty("type").GetString()!;
        if (!IsOf(member.Value, type)) return BadValue(field, $"The value must be a {type}.");
        if (property.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(c => IsSame(c, member.Value)))
        {
            return BadValue(field, "The value must be one of the choices.");
        }

        if (type is "string")
        {
            var most = property.TryGetProperty("maxLength", out var length)
                ? length.GetInt32()
                : CustomFieldRules.MaxTextLength;
            return member.Value.GetString()!.Length <= most
                ? null
                : BadValue(field, $"The value must have at most {most} characters.");
        }

        if (type is "boolean") return null;

        var number = member.Value.GetDouble();
        return number < Bound(property, "minimum") || number > Bound(property, "maximum")
            ? BadValue(field, "The number is too small or too large.")
            : null;
    }

    private static Dictionary<string, JsonElement> Properties(JsonElement schema) =>
        schema.TryGetProperty("properties", out var properties) && properties.ValueKind is JsonValueKind.Object
            ? properties.EnumerateObject().ToDictionary(p => p.Name, p => p.Value)
            : [];

    /// <summary>Null if the list of required attributes is no list of texts.</summary>
    private static List<string>? Required(JsonElement schema)
    {
        if (!schema.TryGetProperty("required", out var names)) return [];

        return names.ValueKind is JsonValueKind.Array
            && names.EnumerateArray().All(name => name.ValueKind is JsonValueKind.String)
                ? [.. names.EnumerateArray().Select(name => name.GetString()!)]
                : null;
    }

    private static bool IsEnum(JsonElement choices, string type) =>
        choices.ValueKind is JsonValueKind.Array
        && choices.GetArrayLength() is > 0 and <= FieldLimits.Choices
        && choices.EnumerateArray().All(choice => IsOf(choice, type));

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "string" => value.ValueKind is JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _),
        _ => value.ValueKind is JsonValueKind.Number,
    };

    private static bool IsSame(JsonElement a, JsonElement b) =>
        a.ValueKind is JsonValueKind.Number && b.ValueKind is JsonValueKind.Number
            ? a.GetDouble().Equals(b.GetDouble())
            : JsonElement.DeepEquals(a, b);

    private static bool IsTrue(JsonElement property, string member) =>
        property.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.True;

    private static bool IsText(JsonElement value, string text) =>
        value.ValueKind is JsonValueKind.String && value.GetString() == text;

    private static double? Bound(JsonElement property, string name) =>
        property.TryGetProperty(name, out var bound) ? bound.GetDouble() : null;

    private static Rejection BadSchema(string field, string detail) =>
        new(RejectionKind.Invalid, Codes.InvalidSchema, detail, field);

    private static Rejection BadValue(string field, string detail) =>
        new(RejectionKind.Invalid, Codes.InvalidAttributes, detail, field);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,49}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
