using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Pages.Applications.Prices;

/// <summary>Ends the price in force, now or later.</summary>
public sealed class EndModel(AdminApi api, IStringLocalizer<AdminText> text, IStringLocalizer<UiText> uiText) : PricePage(api)
{
    /// <summary>In UTC; empty is now.</summary>
    [BindProperty]
    public string? At { get; set; }

    /// <summary>How many active seats keep the price at which they were given.</summary>
    public long? Seats { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (!UtcTimes.TryRead(At, out var at))
        {
            ModelState.AddModelError(nameof(At), uiText["Validation.Invalid"]);
            return this.ShowAgain();
        }

        var ended = await Api.EndPriceAsync(Id, PriceId, at, Version, ct);
        if (!ended.Ok) return this.ShowAgain(ended.Problem, new Dictionary<string, string> { ["at"] = nameof(At) });

        this.Notice(text["Price.Ended", text.PriceOf(ended.Data)]);
        return RedirectToPage("Index", new { id = Id });
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        if (await LoadPriceAsync(ct) is { } failed) return failed;

        Seats = (await Api.CountSeatsAsync(Application.Slug, Price.UserType, Price.Currency, ct)).Data?.Count;
        return null;
    }
}
