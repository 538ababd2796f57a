using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Localization;
using Platform.Contracts;

namespace Platform.Ui.Localization;

/// <summary>The API answers with codes; here they become sentences.</summary>
public static class ProblemTexts
{
    extension(IStringLocalizer<UiText> text)
    {
        public string Of(Problem problem)
        {
            var known = text[$"Problem.{problem.Code}"];
            return known.ResourceNotFound ? text["Problem.OTHER"] : known;
        }
    }

    extension(ModelStateDictionary modelState)
    {
        /// <summary>Shows a problem beside the fields that it names, and above the form when it names none.</summary>
        /// <param name="problem">What the API said.</param>
        /// <param name="text">The sentences.</param>
        /// <param name="fields">
        /// The field for a member of the request: <c>client.email </c> is <c>Input.Email </c>.
        /// </param>
        public void Add(Problem problem, IStringLocalizer<UiText> text, IReadOnlyDictionary<string, string> fields)
        {
            var shown = (problem.Errors ?? [])
                .Select(error => fields.GetValueOrDefault(error.Field))
                .OfType<string>()
                .Distinct()
                .ToList();

            foreach (var field in shown) modelState.AddModelError(field, text["Validation.Invalid"]);
            if (shown.Count == 0) modelState.AddModelError("", text.Of(problem));
        }
    }
}
