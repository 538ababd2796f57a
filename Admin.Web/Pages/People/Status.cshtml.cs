using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.People;

/// <summary>Lets a person in everywhere, or nowhere; each takes the other back.</summary>
public sealed class StatusModel(AdminApi api, IStringLocalizer<AdminText> text) : PersonPage(api)
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadPersonAsync(ct) ?? Page();

    public Task<IActionResult> OnPostActivateAsync(CancellationToken ct) => ChangeAsync(true, ct);

    public Task<IActionResult> OnPostDeactivateAsync(CancellationToken ct) => ChangeAsync(false, ct);

    private async Task<IActionResult> ChangeAsync(bool active, CancellationToken ct)
    {
        if (await LoadPersonAsync(ct) is { } failed) return failed;

        var changed = await Api.ChangePersonAsync(Id, new() { Active = active }, null, ct);
        if (!changed.Ok) return this.ShowAgain(changed.Problem);

        this.NoticeOf(changed.Code, Url.Page("Status", active ? "Deactivate" : "Activate", new { id = Id }));
        this.Notice(text[active ? "Person.Activated" : "Person.Deactivated", Person.Name]);
        return RedirectToPage("Details", new { id = Id });
    }
}
