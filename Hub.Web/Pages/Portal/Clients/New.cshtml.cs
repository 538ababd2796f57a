using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.People;
using Platform.Hub.Web.Clients;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Pages.Portal.Clients;

public sealed class NewModel(HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText)
    : ClientPage(api, uiText)
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!May(Permissions.ClientsWrite)) return StatusCode(StatusCodes.Status403Forbidden);

        ModelState.Clear();
        Input = new() { Locale = Me.Locale, Key = Guid.CreateVersion7().ToString() };
        await LoadFieldsAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await LoadFieldsAsync(ct);
        if (!ModelState.IsValid) return Refused();

        var client = await Api.CreateClientAsync(Input.ToCreate(Fields), Input.Key ?? Guid.CreateVersion7().ToString(), ct);
        if (client.Ok)
        {
            this.Notice(text["Client.Saved"]);
            return RedirectToPage("Details", new { id = client.Data.Id });
        }

        Input.Key = Guid.CreateVersion7().ToString();
        ModelState.Remove("Input.Key");
        return Refuse(client.Problem);
    }
}
