using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Applications.Prices;

/// <summary>Deletes a price that never began.</summary>
public sealed class DeleteModel(AdminApi api, IStringLocalizer<AdminText> text) : PricePage(api)
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadPriceAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadPriceAsync(ct) is { } failed) return failed;
        if (await Api.DeletePriceAsync(Id, PriceId, Version, ct) is { } problem) return this.ShowAgain(problem);

        this.Notice(text["Price.Deleted"]);
        return RedirectToPage("Index", new { id = Id });
    }
}
