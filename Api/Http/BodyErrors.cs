using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>Everything that is wrong with a JSON body, where the reader stops at the first error.</summary>
internal sealed class BodyErrors
{
    private static readonly JsonSerializerOptions Json = PlatformJson.Options;

    private readonly List<FieldError> _errors = [];

    public static IReadOnlyList<FieldError> Of(JsonElement body, Type request)
    {
        var found = new BodyErrors();
        found.Check(body, request, "");
        return found._errors;
    }

    private void Check(JsonElement value, Type declared, string path)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (IsOptional(type)) type = Underlying(type.GetGenericArguments()[0]);

        var contract = Json.GetTypeInfo(type);
        if (contract.Kind is JsonTypeInfoKind.Object)
        {
            if (value.ValueKind is JsonValueKind.Object) CheckMembers(value, contract, path);
            else Add(path, FieldCodes.Invalid, "is an object");
        }
        else if (contract is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } item })
        {
            if (value.ValueKind is JsonValueKind.Array) CheckItems(value, item, path);
            else Add(path, FieldCodes.Invalid, "is a list");
        }
        else if (!CanRead(value, type, out _))
        {
            Add(path, FieldCodes.Invalid, "is not of its type");
        }
    }

    private void CheckItems(JsonElement list, Type item, string path)
    {
        var index = 0;
        foreach (var value in list.EnumerateArray())
        {
            var place = $"{path}[{index++}]";
            if (value.ValueKind is JsonValueKind.Null) Add(place, FieldCodes.Required, "may not be null");
            else Check(value, item, place);
        }
    }

    private void CheckMembers(JsonElement value, JsonTypeInfo contract, string path)
    {
        var rules = RequestValidation.MembersOf(contract.Type).ToDictionary(member => member.Name);
        var members = contract.Properties.ToDictionary(member => member.Name);
        HashSet<string> seen = [];
        foreach (var (name, content) in Members(value))
        {
            var place = path.Length == 0 ? name ?? "" : $"{path}.{name}";
            if (name is null || !members.TryGetValue(name, out var member)) Add(place, FieldCodes.Unknown, "is unknown");
            else if (!seen.Add(name)) Add(place, FieldCodes.Repeated, "is there twice");
            else CheckMember(content, member, rules.GetValueOrDefault(name), place, path);
        }

        foreach (var member in contract.Properties.Where(member => IsNeeded(member) && !seen.Contains(member.Name)))
        {
            Add(path.Length == 0 ? member.Name : $"{path}.{member.Name}", FieldCodes.Required, "is required");
        }
    }

    private void CheckMember(
        JsonElement content, JsonPropertyInfo member, RequestValidation.RequestMember? rules, string place, string path)
    {
        var before = _errors.Count;
        var isOptional = IsOptional(member.PropertyType);
        if (content.ValueKind is JsonValueKind.Null)
        {
            var mayBeNull = isOptional
                ? rules is null || RequestValidation.MayBeNull(rules.Property)
                : member.AssociatedParameter?.IsNullable ?? member.IsSetNullable;
            if (!mayBeNull) Add(place, FieldCodes.Required, "may not be null");
            return;
        }

        Check(content, member.PropertyType, place);

        // Readable members are checked as in a readable body.
        if (_errors.Count == before && rules is not null && CanRead(content, member.PropertyType, out var read))
        {
            RequestValidation.CheckMember(rules, read, path, _errors);
        }
    }

    /// <summary>A member without a name has one that is no Unicode.</summary>
    private static IEnumerable<(string? Name, JsonElement Content)> Members(JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            yield return (NameOf(member), member.Value);
        }

        static string? NameOf(JsonProperty member)
        {
            try
            {
                return member.Name;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }

    private static bool IsNeeded(JsonPropertyInfo member) =>
        member.IsRequired || member.AssociatedParameter is { HasDefaultValue: false };

    private static bool CanRead(JsonElement value, Type type, out object? read)
    {
        try
        {
            read = value.Deserialize(type, Json);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter at half a surrogate pair
        {
            read = null;
            return false;
        }
    }

    private static bool IsOptional(Type type) => type.IsGenericType && type.IsAssignableTo(typeof(IOptional));

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private void Add(string field, string code, string what) =>
        _errors.Add(new(field, code, $"The field {field} {what}."));
}
