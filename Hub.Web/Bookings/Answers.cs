using System.Globalization;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Bookings;

/// <summary>A question of a form: of the service, or a custom field of bookings or clients.</summary>
/// <param name="Name">Of the control.</param>
/// <param name="Typed">The current text of the field.</param>
public sealed record AskedQuestion(ServiceQuestion Question, string Name, string? Typed);

/// <summary>Answers as forms carry them, and as the API takes them.</summary>
public static class Answers
{
    public static IReadOnlyList<AskedQuestion> Asked(
        IEnumerable<ServiceQuestion> questions, string name, IReadOnlyDictionary<string, string?> typed) =>
        [.. questions.Select(q => new AskedQuestion(q, $"{name}[{q.Key}]", typed.GetValueOrDefault(q.Key)))];

    public static IEnumerable<ServiceQuestion> Of(IEnumerable<CustomFieldResponse> fields, string appliesTo) => fields
        .Where(field => field.AppliesTo == appliesTo)
        .OrderBy(field => field.Position).ThenBy(field => field.Id)
        .Select(field => new ServiceQuestion(field.Key, field.Label, field.Type, field.Required, field.Choices));

    /// <summary>
    /// Null where nothing was answered. An invalid number is sent as text: the API says what is wrong.
    /// </summary>
    public static JsonElement? ToJson(IEnumerable<AskedQuestion> questions)
    {
        var values = questions
            .Where(q => !string.IsNullOrWhiteSpace(q.Typed))
            .ToDictionary(q => q.Question.Key, q => (object)(q.Question.Type switch
            {
                "boolean" => q.Typed == "true",
                "number" when decimal.TryParse(q.Typed, CultureInfo.InvariantCulture, out var number) => number,
                _ => q.Typed!,
            }));
        return values.Count == 0 ? null : JsonSerializer.SerializeToElement(values, PlatformJson.Options);
    }
}
