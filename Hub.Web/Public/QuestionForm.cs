using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Public;

/// <summary>One question of a form, with what was typed.</summary>
public sealed record QuestionField(ServiceQuestion Question, string Name, string? Value)
{
    public string Id => TagBuilder.CreateSanitizedId(Name, "_");
}

/// <summary>
/// The questions of a service and the organisation's own fields, as a form asks them: <c>Answers[key]</c> become
/// <c>answers</c>, <c>Fields[key]</c> the metadata of a new client.
/// </summary>
public static class QuestionForm
{
    public const string Answers = "Answers";
    public const string Fields = "Fields";

    private const int MaxLength = 5000;

    public static IReadOnlyList<QuestionField> Of(ServiceResponse service, string prefix, IFormCollection? form) =>
    [
        .. (prefix == Answers ? service.Questions.Concat(service.BookingFields ?? []) : service.ClientFields ?? [])
            .Select(question => (question, Name: $"{prefix}[{question.Key}]"))
            .Select(field => new QuestionField(field.question, field.Name, form?[field.Name].FirstOrDefault()?.Trim())),
    ];

    /// <summary>The values as the API takes them; those that cannot be are errors beside their fields.</summary>
    /// <returns>Null without any value.</returns>
    public static JsonElement? Read(
        IReadOnlyList<QuestionField> fields, ModelStateDictionary modelState, IStringLocalizer<UiText> uiText)
    {
        var values = new JsonObject();
        foreach (var field in fields)
        {
            if (string.IsNullOrEmpty(field.Value))
            {
                if (field.Question.Required) modelState.AddModelError(field.Name, uiText["Validation.Required"]);
            }
            else if (ValueOf(field.Question, field.Value) is { } value)
            {
                values[field.Question.Key] = value;
            }
            else
            {
                var key = field.Question.Type == "number" ? "Validation.Number" : "Validation.Invalid";
                modelState.AddModelError(field.Name, uiText[key]);
            }
        }

        return values.Count > 0 ? JsonSerializer.SerializeToElement(values) : null;
    }

    /// <summary>The field of a form for a member that the API names.</summary>
    public static string? FieldOf(string member) =>
        member.StartsWith("answers.", StringComparison.Ordinal) ? $"{Answers}[{member["answers.".Length..]}]"
        : member.StartsWith("client.metadata.", StringComparison.Ordinal)
            ? $"{Fields}[{member["client.metadata.".Length..]}]"
        : null;

    public static void AddErrors(Problem problem, ModelStateDictionary modelState, IStringLocalizer<UiText> uiText)
    {
        foreach (var field in (problem.Errors ?? []).Select(error => FieldOf(error.Field)).OfType<string>().Distinct())
        {
            modelState.AddModelError(field, uiText["Validation.Invalid"]);
        }
    }

    /// <summary>Number fields of browsers send a point; people who type as text also use their own comma.</summary>
    private static JsonValue? ValueOf(ServiceQuestion question, string value) => question.Type switch
    {
        "number" => NumberOf(value) is { } number ? JsonValue.Create(number) : null,
        "boolean" => value is "true" or "false" ? JsonValue.Create(value == "true") : null,
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? JsonValue.Create(day.ToIso())
            : null,
        "choice" => question.Choices?.Contains(value) == true ? JsonValue.Create(value) : null,
        _ => value.Length <= MaxLength ? JsonValue.Create(value.ReplaceLineEndings(" ")) : null,
    };

    private static decimal? NumberOf(string value)
    {
        const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return decimal.TryParse(value, Plain, CultureInfo.InvariantCulture, out var number)
            || decimal.TryParse(value, Plain, CultureInfo.CurrentCulture, out number)
                ? number
                : null;
    }
}
