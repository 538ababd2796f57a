using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Clients;
using Platform.Contracts.People;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Pages.Portal.Clients;

/// <summary>Says what erasing a client does, before it is done.</summary>
public sealed class EraseModel(HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText) : HubPage(api)
{
    public ClientResponse Client { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(long id, long? version, CancellationToken ct)
    {
        var erased = await Api.EraseClientAsync(id, version, ct);
        if (erased.Ok)
        {
            this.Notice(text["Erase.Done"]);
            return RedirectToPage("Index");
        }

        if (await LoadAsync(id, ct) is { } failed) return failed;
        ModelState.AddModelError("", uiText.Of(erased.Problem));
        return Refused(erased.Problem.Status);
    }

    private async Task<IActionResult?> LoadAsync(long id, CancellationToken ct)
    {
        if (!May(Permissions.ClientsManage)) return StatusCode(StatusCodes.Status403Forbidden);

        var client = await Api.ClientAsync(id, ct);
        if (!client.Ok) return client.Problem.ToPage();

        Client = client.Data;
        return null;
    }
}
