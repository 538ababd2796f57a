using System.Globalization;
using System.Text.Json;
using Platform.Contracts;

namespace Platform.Core.Catalogue;

public static class CustomFieldOwners
{
    public const string Client = "client";
    public const string Booking = "booking";
    public const string Resource = "resource";
    public const string User = "user";
}

public static class CustomFieldTypes
{
    public const string Text = "text";
    public const string Number = "number";
    public const string Boolean = "boolean";
    public const string Date = "date";
    public const string Choice = "choice";
}

/// <summary>What the members that an organisation added to its clients, bookings, resources or users may hold.</summary>
public static class CustomFieldRules
{
    public const int LongestText = 2000;

    /// <summary>Whether a field makes sense by itself: choices exactly where there is something to choose.</summary>
    public static Rejection? CheckField(string type, IReadOnlyList<string> choices) =>
        type == CustomFieldTypes.Choice == choices.Count > 0
            ? null
            : new(
                RejectionKind.Invalid, Codes.InvalidCustomField, "There are choices exactly where the type is choice.",
                "choices");

    /// <summary>
    /// Whether values are what the fields want; the first that is not is named. Null counts as not answered.
    /// </summary>
    /// <param name="path">The member of the request that holds the values.</param>
    /// <param name="isElsewhere">Members that something else describes; all others must be fields.</param>
    public static Rejection? Check(
        IReadOnlyList<CustomField> fields, JsonElement values, string path = "metadata",
        Func<string, bool>? isElsewhere = null)
    {
        if (values.ValueKind is not JsonValueKind.Object) return Refused(path, "It is an object.");

        foreach (var field in fields)
        {
            var isGiven = values.TryGetProperty(field.Key, out var value) && value.ValueKind is not JsonValueKind.Null;
            if (!isGiven && field.Required) return Refused($"{path}.{field.Key}", "It is required.");
            if (isGiven && !IsOf(field, value)) return Refused($"{path}.{field.Key}", $"It is a {field.Type}.");
        }

        return values.EnumerateObject()
            .Where(member => !fields.Any(field => field.Key == member.Name) && isElsewhere?.Invoke(member.Name) != true)
            .Select(member => Refused($"{path}.{member.Name}", "There is no such field."))
            .FirstOrDefault();
    }

    private static bool IsOf(CustomField field, JsonElement value) => field.Type switch
    {
        CustomFieldTypes.Number => value.ValueKind is JsonValueKind.Number,
        CustomFieldTypes.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ when value.ValueKind is not JsonValueKind.String => false,
        CustomFieldTypes.Choice => field.Choices.Contains(value.GetString()!),
        CustomFieldTypes.Date => DateOnly.TryParseExact(
            value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        _ => value.GetString()!.Length <= LongestText,
    };

    private static Rejection Refused(string field, string detail) =>
        new(RejectionKind.Invalid, Codes.InvalidMetadata, detail, field);
}
