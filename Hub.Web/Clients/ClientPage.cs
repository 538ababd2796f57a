using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Hub.Web.Bookings;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Clients;

/// <summary>A page with the form of a client.</summary>
public abstract class ClientPage(HubApi api, IStringLocalizer<UiText> uiText) : HubPage(api)
{
    private IReadOnlyList<CustomFieldResponse> _fields = [];

    [BindProperty]
    public ClientForm Input { get; set; } = new();

    public IReadOnlyList<AskedQuestion> Fields =>
        Answers.Asked(Answers.Of(_fields, "client"), "Input.Metadata", Input.Metadata);

    protected async Task LoadFieldsAsync(CancellationToken ct) => _fields = (await Api.CustomFieldsAsync(ct)).Data ?? [];

    /// <summary>Shows a refusal of the API beside its fields.</summary>
    protected PageResult Refuse(Problem problem)
    {
        Dictionary<string, string> fields = new()
        {
            ["name"] = "Input.Name",
            ["email"] = "Input.Email",
            ["phone"] = "Input.Phone",
            ["locale"] = "Input.Locale",
        };
        foreach (var field in Fields) fields[$"metadata.{field.Question.Key}"] = field.Name;

        switch (problem.Code)
        {
            case Codes.InvalidPhone: ModelState.AddModelError("Input.Phone", uiText.Of(problem)); break;
            case Codes.AlreadyExists: ModelState.AddModelError("Input.Email", uiText.Of(problem)); break;
            default: ModelState.Add(problem, uiText, fields); break;
        }

        return problem.Status == StatusCodes.Status400BadRequest ? Refused() : Refused(problem.Status);
    }
}
