using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Pages.Applications.Prices;

/// <summary>Changes a price that has not begun.</summary>
public sealed class EditModel(AdminApi api, IStringLocalizer<AdminText> text, IStringLocalizer<UiText> uiText) : PricePage(api)
{
    [BindProperty]
    public PriceInput Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadPriceAsync(ct) is { } failed) return failed;

        Input = PriceInput.Of(Price);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadPriceAsync(ct) is { } failed) return failed;
        if (Input.Read(ModelState, uiText) is not { } read) return this.ShowAgain();

        var changed = await Api.ChangePriceAsync(
            Id, PriceId,
            new()
            {
                Price = read.Amount,
                BillingCycle = Input.BillingCycle,
                ValidFrom = read.From ?? Price.ValidFrom,
                ValidTo = read.To,
            },
            Version, ct);
        if (!changed.Ok) return this.ShowAgain(changed.Problem, PriceInput.Fields);

        this.Notice(text["Price.Changed", text.PriceOf(changed.Data)]);
        return RedirectToPage("Index", new { id = Id });
    }
}
