using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Core.Scim;

/// <param name="Name"><c>add</c>, <c>replace</c> or <c>remove</c>.</param>
public sealed record ScimOperation(string Name, ScimPath? Path, JsonElement Value);

/// <summary>
/// Changes of a resource (RFC 7644, section 3.5.2), also as Entra ID and Okta write them: operations in any case,
/// members whose names are paths, values that match no filter yet.
/// </summary>
public sealed class ScimPatch(ScimSchema schema, ScimSchema? extension, JsonObject document)
{
    private const int MaxOperations = 1000;

    /// <exception cref="ScimException" />
    public static List<ScimOperation> Read(JsonElement body)
    {
        if (body.ValueKind is not JsonValueKind.Object) throw ScimDocuments.NotAnObject;
        if (Member(body, "Operations") is not { ValueKind: JsonValueKind.Array } operations
            || operations.GetArrayLength() is 0 or > MaxOperations)
        {
            throw Malformed($"Operations must be a list of 1 to {MaxOperations}.");
        }

        return [.. operations.EnumerateArray().Select(ReadOperation)];
    }

    public void Apply(IEnumerable<ScimOperation> operations)
    {
        foreach (var operation in operations)
        {
            if (operation.Path is { } path) Apply(operation.Name, path, operation.Value);
            else ApplyMembers(operation.Name, operation.Value, urn: null);
        }

        if (extension is not null && document[extension.Id] is JsonObject { Count: 0 }) document.Remove(extension.Id);
    }

    private static ScimOperation ReadOperation(JsonElement operation)
    {
        if (operation.ValueKind is not JsonValueKind.Object) throw Malformed("An operation must be an object.");

        var name = Text(operation, "op")?.ToLowerInvariant();
        if (name is not ("add" or "replace" or "remove")) throw Malformed("op must be add, replace or remove.");

        var path = Text(operation, "path") is { Length: > 0 } text ? ScimParser.Path(text) : null;
        if (name == "remove" && path is null) throw new ScimException(ScimErrorTypes.NoTarget, "remove takes a path.");

        return new(name, path, Member(operation, "value") ?? default);
    }

    /// <summary>Without a path each member is one; its name may have dots and filters.</summary>
    private void ApplyMembers(string operation, JsonElement value, string? urn)
    {
        if (value.ValueKind is not JsonValueKind.Object) throw Malformed("Without a path, value must be an object.");

        foreach (var member in value.EnumerateObject())
        {
            if (ScimSchemas.IsOfServer(member.Name)) continue;

            var path = ScimParser.Path(member.Name);
            Apply(operation, urn is null ? path : path with { Schema = urn }, member.Value, isNamed: false);
        }
    }

    private void Apply(string operation, ScimPath path, JsonElement value, bool isNamed = true)
    {
        if (path.Name.Length == 0)
        {
            if (operation != "remove") ApplyMembers(operation, value, path.Schema);
            else if (IsExtension(path.Schema)) document.Remove(extension!.Id);
            return;
        }

        if (Find(path) is not var (container, attribute))
        {
            if (isNamed && ScimSchemas.IsOfServer(path.Name)) throw ReadOnly(path.Name);
            return;
        }

        if (attribute.ReadOnly)
        {
            if (isNamed) throw ReadOnly(path.Name);
            return;
        }

        if (attribute.Multi) ApplyValues(operation, container, attribute, path, value);
        else if (path.Filter is not null)
        {
            throw new ScimException(ScimErrorTypes.InvalidPath, $"{path.Name} has one value.");
        }
        else if (path.Sub is not null) ApplySub(operation, container, attribute, path.Sub, value);
        else ApplySingle(operation, container, attribute, value);
    }

    /// <summary>Null for an attribute that nobody knows.</summary>
    private (JsonObject Container, ScimDefinition Attribute)? Find(ScimPath path)
    {
        if (path.Schema is null || path.Schema.Equals(schema.Id, StringComparison.OrdinalIgnoreCase))
        {
            return schema.Find(path.Name) is { } own ? (document, own) : null;
        }

        if (!IsExtension(path.Schema) || extension!.Find(path.Name) is not { } attribute) return null;

        if (document[extension.Id] is not JsonObject container) document[extension.Id] = container = [];
        return (container, attribute);
    }

    private bool IsExtension(string? urn) => extension?.Id.Equals(urn, StringComparison.OrdinalIgnoreCase) is true;

    private static void ApplySingle(string operation, JsonObject container, ScimDefinition attribute, JsonElement value)
    {
        var node = operation == "remove" ? null : ScimDocuments.Value(attribute, value);
        if (node is JsonObject added && container[attribute.Name] is JsonObject known)
        {
            foreach (var (name, member) in added) known[name] = member?.DeepClone(); // parts that are not named stay
        }
        else
        {
            Set(container, attribute.Name, node);
        }
    }

    private static void ApplySub(
        string operation, JsonObject container, ScimDefinition attribute, string name, JsonElement value)
    {
        if (ScimSchemas.Find(attribute.Sub, name) is not { } sub) return;

        var complex = container[attribute.Name] as JsonObject ?? [];
        Set(complex, sub.Name, operation == "remove" ? null : ScimDocuments.Value(sub, value));
        if (complex.Parent is null && complex.Count > 0) container[attribute.Name] = complex;
        if (complex.Count == 0) container.Remove(attribute.Name);
    }

    private static void ApplyValues(
        string operation, JsonObject container, ScimDefinition attribute, ScimPath path, JsonElement value)
    {
        List<JsonObject> values = [.. (container[attribute.Name] as JsonArray ?? []).OfType<JsonObject>()];
        (container[attribute.Name] as JsonArray)?.Clear();

        if (path.Sub is not null) ChangeParts(operation, attribute, path, value, values);
        else if (path.Filter is not null) ChangeMatching(operation, attribute, path.Filter, value, values);
        else ChangeAll(operation, attribute, value, values);

        Set(container, attribute.Name, values.Count == 0 ? null : new JsonArray([.. values]));
    }

    private static void ChangeAll(
        string operation, ScimDefinition attribute, JsonElement value, List<JsonObject> values)
    {
        var isAbsent = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
        List<JsonObject> named = isAbsent ? [] : ScimDocuments.Values(attribute, value);
        if (operation == "add") Add(values, named);
        else if (operation == "remove" && named.Count > 0) // as Entra ID takes members out of a group
        {
            var gone = named.Select(KeyOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
            values.RemoveAll(one => gone.Contains(KeyOf(one)));
        }
        else
        {
            values.Clear();
            if (operation == "replace") Add(values, named);
        }
    }

    private static void ChangeMatching(
        string operation, ScimDefinition attribute, ScimFilter filter, JsonElement value, List<JsonObject> values)
    {
        if (operation == "remove")
        {
            values.RemoveAll(filter.Matches);
            return;
        }

        if (ScimDocuments.Values(attribute, value) is not [var one]) throw Malformed("value must be one value.");

        var matching = values.FindAll(filter.Matches);
        if (matching.Count == 0) matching.Add(Begin(attribute, filter, values));
        foreach (var target in matching)
        {
            foreach (var (name, member) in one) target[name] = member?.DeepClone();
        }
    }

    private static void ChangeParts(
        string operation, ScimDefinition attribute, ScimPath path, JsonElement value, List<JsonObject> values)
    {
        if (ScimSchemas.Find(attribute.Sub, path.Sub!) is not { } sub) return;

        var matching = path.Filter is { } filter ? values.FindAll(filter.Matches) : [.. values];
        var isRemoval = operation == "remove" || value.ValueKind is JsonValueKind.Null;
        if (matching.Count == 0 && !isRemoval) matching.Add(Begin(attribute, path.Filter, values));
        foreach (var target in matching)
        {
            Set(target, sub.Name, isRemoval ? null : ScimDocuments.Value(sub, value));
            if (isRemoval && sub.Name == "value") values.Remove(target); // the rest says nothing
        }
    }

    /// <summary>
    /// A new value that meets the filter. The RFC refuses to replace what is not there; Entra ID replaces it all the
    /// same.
    /// </summary>
    private static JsonObject Begin(ScimDefinition attribute, ScimFilter? filter, List<JsonObject> values)
    {
        var begun = new JsonObject();
        if (filter is not null)
        {
            var equations = filter.Equations
                ?? throw new ScimException(ScimErrorTypes.NoTarget, "No value matches the filter.");
            foreach (var (name, text) in equations)
            {
                if (ScimSchemas.Find(attribute.Sub, name) is not { } sub) continue;
                begun[sub.Name] = sub.Type == "boolean" ? JsonValue.Create(text == "true") : JsonValue.Create(text);
            }
        }

        values.Add(begun);
        return begun;
    }

    /// <summary>Existing values are replaced; the last primary value stays primary.</summary>
    private static void Add(List<JsonObject> values, List<JsonObject> added)
    {
        var keys = added.Select(KeyOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        values.RemoveAll(one => keys.Contains(KeyOf(one)));
        if (added.Any(IsPrimary))
        {
            foreach (var other in values.Where(IsPrimary)) other["primary"] = false;
        }

        values.AddRange(added.DistinctBy(KeyOf, StringComparer.OrdinalIgnoreCase));

        static bool IsPrimary(JsonObject one) => one["primary"]?.GetValue<bool>() is true;
    }

    private static string KeyOf(JsonObject value) => value["value"]?.ToString() ?? value.ToJsonString();

    private static void Set(JsonObject container, string name, JsonNode? node)
    {
        if (node is null) container.Remove(name);
        else container[name] = node;
    }

    private static JsonElement? Member(JsonElement value, string name)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return member.Value;
        }

        return null;
    }

    private static string? Text(JsonElement operation, string name) => Member(operation, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw Malformed($"{name} must be a string."),
    };

    private static ScimException Malformed(string detail) => new(ScimErrorTypes.InvalidSyntax, detail);

    private static ScimException ReadOnly(string name) => new(ScimErrorTypes.Mutability, $"{name} is read-only.");
}
