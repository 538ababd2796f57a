using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.Operations;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Pages.Applications.Prices;

/// <summary>Schedules a price. The conflicting price stays in the form, and ending that is an explicit choice.</summary>
public sealed class NewModel(
    AdminApi api, IStringLocalizer<AdminText> text, IStringLocalizer<UiText> uiText, TimeProvider clock) : ApplicationPage(api)
{
    [BindProperty]
    public PriceInput Input { get; set; } = new();

    [BindProperty]
    public string Key { get; set; } = IdempotencyKeys.New();

    public IReadOnlyList<UserTypeResponse> UserTypes { get; private set; } = [];

    public PricePreview Preview { get; private set; } = new(null, null, null, null);

    public PriceConflict? Conflict { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? userType, string? currency, CancellationToken ct)
    {
        Input.UserType = userType ?? Input.UserType;
        Input.Currency = currency ?? Input.Currency;
        return await LoadAsync(ct) ?? Page();
    }

    /// <summary>The preview alone, while somebody types.</summary>
    public async Task<IActionResult> OnPostPreviewAsync(CancellationToken ct)
    {
        ModelState.Clear(); // half a form is no mistake
        return await LoadAsync(ct) ?? Partial("_PricePreview", Preview);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (Input.Read(ModelState, uiText) is not { } read) return this.ShowAgain();

        var scheduled = await Api.SchedulePriceAsync(
            Id,
            new(Input.UserType, read.Amount, read.From, Input.Currency, Input.BillingCycle, read.To, Input.Supersede), Key, ct);
        if (!scheduled.Ok) return await RefusedAsync(scheduled.Problem, ct);

        this.Notice(text["Price.Scheduled", text.PriceOf(scheduled.Data)]);
        return RedirectToPage("Index", new { id = Id });
    }

    private async Task<IActionResult> RefusedAsync(Problem problem, CancellationToken ct)
    {
        Key = this.KeyAfter(problem, nameof(Key), Key);
        if (problem.Code != Codes.PricingOverlap
            || problem.Member<PriceRange>("existingRange") is not { } existing
            || problem.Member<PriceRange>("newRange") is not { } wanted)
        {
            return this.ShowAgain(problem, PriceInput.Fields);
        }

        var price = existing.Id is { } id && await Api.PriceAsync(Id, id, ct) is { Data: { } found } ? found : null;
        Conflict = new(existing, wanted, price, existing.ValidFrom < wanted.ValidFrom);
        ModelState.AddModelError("Input.From", uiText.Of(problem));
        return this.ShowAgain();
    }

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        if (await LoadApplicationAsync(ct) is { } failed) return failed;

        var (types, prices) = (Api.UserTypesAsync(ct), Api.PricesAsync(Id, ct));
        var seats = Api.CountSeatsAsync(Application.Slug, Input.UserType, Input.Currency, ct);
        if (await types is { Ok: false, Problem: { } noTypes }) return noTypes.ToPage();
        if (await prices is { Ok: false, Problem: { } noPrices }) return noPrices.ToPage();

        UserTypes = (await types).Data!;
        var typed = decimal.TryParse(Input.Price, NumberStyles.Number, CultureInfo.CurrentCulture, out var amount);
        _ = UtcTimes.TryRead(Input.From, out var from);
        var at = from ?? clock.GetUtcNow();
        var current = (await prices).Data!.FirstOrDefault(price =>
            price.UserType == Input.UserType && price.Currency == Input.Currency
            && price.ValidFrom <= at && (price.ValidTo is null || price.ValidTo > at));
        Preview = new(
            current, typed ? text.PriceOf(amount, Input.Currency, Input.BillingCycle) : null, from, (await seats).Data?.Count);
        return null;
    }
}
