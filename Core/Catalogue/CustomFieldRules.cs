using System.Globalization;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Catalogue;

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

/// <summary>
/// What one member of free values may hold: a custom field of the organisation, or a question of a service.
/// </summary>
/// <param name="Type">One of <see cref="CustomFieldTypes"/>.</param>
/// <param name="MaxLength">Of a text, in UTF-16 units.</param>
/// <param name="IsQuestion">Whether a service asks it when a booking is made.</param>
public sealed record FieldRule(
    string Key, string Label, string Type, bool Required, IReadOnlyList<string> Choices,
    int MaxLength = CustomFieldRules.MaxTextLength, bool IsQuestion = false)
{
    public static FieldRule Of(CustomField field) => new(field.Key, field.Label, field.Type, field.Required, field.Choices);

    public static FieldRule Of(ServiceQuestion question) => new(
        question.Key, question.Label, question.Type, question.Required, question.Choices ?? [],
        CustomFieldRules.MaxAnswerLength, IsQuestion: true);
}

/// <summary>
/// The only check of free values: what the members that an organisation added to its clients, bookings, resources or
/// users may hold, and the answers to a service's questions.
/// </summary>
public static class CustomFieldRules
{
    public const int MaxTextLength = 2000;
    public const int MaxAnswerLength = 5000;

    /// <summary>Whether a field makes sense by itself: choices exactly where there is something to choose.</summary>
    public static Rejection? CheckField(string type, IReadOnlyList<string> choices) =>
        type == CustomFieldTypes.Choice == choices.Count > 0
            ? null
            : new(
                RejectionKind.Invalid, Codes.InvalidCustomField, "`choices` is required for the type choice and not allowed for other types.",
                "choices");

    /// <summary>
    /// The fields of the organisation and the questions of a service together describe the answers of a booking. A
    /// question that has the key of a field takes its place.
    /// </summary>
    public static IReadOnlyList<FieldRule> AnswerRules(
        IReadOnlyList<ServiceQuestion> questions, IEnumerable<FieldRule> fields) =>
        [.. questions.Select(FieldRule.Of), .. fields.Where(field => !questions.Any(q => q.Key == field.Key))];

    /// <summary>The answers of a booking. Keys that nobody asks for are refused.</summary>
    public static Rejection? CheckAnswers(IReadOnlyList<FieldRule> rules, JsonElement? answers) =>
        Check(rules, answers, "answers", Codes.InvalidAnswers);

    /// <summary>The metadata of a client. It is free where the organisation has no fields for clients.</summary>
    /// <param name="path">The member of the request that holds it.</param>
    public static Rejection? CheckMetadata(
        IReadOnlyList<FieldRule> fields, JsonElement? metadata, string path = "metadata") =>
        fields.Count == 0 ? null : Check(fields, metadata, path, Codes.InvalidMetadata);

    /// <summary>
    /// Checks values against the rules and names each error. Null counts as not answered.
    /// </summary>
    /// <param name="values">None at all is an object without members.</param>
    /// <param name="path">The member of the request that holds the values.</param>
    /// <param name="code">Of the refusal.</param>
    /// <param name="isElsewhere">Members that something else describes; all others must have a rule.</param>
    public static Rejection? Check(
        IReadOnlyList<FieldRule> rules, JsonElement? values, string path, string code,
        Func<string, bool>? isElsewhere = null)
    {
        if (values is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined) })
        {
            return new(RejectionKind.Invalid, code, "The value must be an object.", path);
        }

        HashSet<string> given = [];
        List<Rejection> errors = [];
        foreach (var member in (values is { ValueKind: JsonValueKind.Object } members ? members : Nothing).EnumerateObject())
        {
            var (name, value) = (member.Name, member.Value);
            if (rules.FirstOrDefault(r => r.Key == name) is not { } rule)
            {
                if (isElsewhere?.Invoke(name) != true) Refuse(name, "The field does not exist.");
                continue;
            }

            if (value.ValueKind is JsonValueKind.Null) continue;
            if (ErrorOf(rule, value) is { } error) Refuse(name, error);
            given.Add(name);
        }

        foreach (var missing in rules.Where(rule => rule.Required && !given.Contains(rule.Key)))
        {
            Refuse(missing.Key, $"'{missing.Label}' is required.");
        }

        return Rejection.All(errors);

        void Refuse(string name, string detail) =>
            errors.Add(new(RejectionKind.Invalid, code, detail, $"{path}.{name}"));
    }

    /// <summary>
    /// What a file says in words, as JSON by the rules; a text that cannot be read stays one and is refused later.
    /// </summary>
    public static JsonElement? Read(IReadOnlyList<FieldRule> rules, IReadOnlyDictionary<string, string>? texts) =>
        texts is null ? null : JsonSerializer.SerializeToElement(texts.ToDictionary(
            text => text.Key, text => Read(rules.FirstOrDefault(rule => rule.Key == text.Key)?.Type, text.Value)));

    private static object Read(string? type, string text) => type switch
    {
        CustomFieldTypes.Number when decimal.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out var number) => number, // 1,5 is no 15
        CustomFieldTypes.Boolean when bool.TryParse(text, out var isTrue) => isTrue,
        _ => text,
    };

    private static readonly JsonElement Nothing = JsonSerializer.SerializeToElement(new { });

    private static string? ErrorOf(FieldRule rule, JsonElement value) => rule.Type switch
    {
        CustomFieldTypes.Number => value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out _)
            ? null : "The value must be a number.",
        CustomFieldTypes.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? null : "The value must be true or false.",
        _ => value.ValueKind is JsonValueKind.String
            ? TextErrorOf(rule, value.GetString()!)
            : $"The value must be a {rule.Type}.",
    };

    private static string? TextErrorOf(FieldRule rule, string text) => rule.Type switch
    {
        CustomFieldTypes.Choice => rule.Choices.Contains(text) ? null : "The value must be one of the choices.",
        CustomFieldTypes.Date => DateOnly.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            ? null : "The value must be a date like 2026-03-29.",
        _ when text.Length > rule.MaxLength => $"The value must have at most {rule.MaxLength} characters.",
        _ => rule.Required && string.IsNullOrWhiteSpace(text) ? "The value must not be blank." : null,
    };
}
