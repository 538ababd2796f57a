using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Pages.Billing;

/// <summary>Corrects a closed month; the correction is billed in the present one.</summary>
public sealed class AdjustModel(
    AdminApi api, PersonFinder finder, IStringLocalizer<AdminText> text, IStringLocalizer<UiText> uiText) : AdminPage(api)
{
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["tenantId"] = "Input.Tenant",
        ["correctsMonth"] = "Input.Corrects",
        ["amount"] = "Input.Amount",
        ["amount.amount"] = "Input.Amount",
        ["amount.currency"] = "Input.Currency",
        ["reason"] = "Input.Reason",
        ["application"] = "Input.Application",
    };

    [FromRoute]
    public string Month { get; set; } = "";

    [BindProperty]
    public AdjustInput Input { get; set; } = new();

    [BindProperty]
    public string Key { get; set; } = IdempotencyKeys.New();

    public void OnGet(string? tenant) => Input = new() { Tenant = tenant ?? "", Corrects = Month };

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var isAmount = decimal.TryParse(Input.Amount, NumberStyles.Number, CultureInfo.CurrentCulture, out var amount);
        if (!isAmount && Input.Amount.Length > 0) ModelState.AddModelError("Input.Amount", uiText["Validation.Number"]);
        var found = Input.Tenant.Length == 0 ? [] : await finder.TenantsOfAsync(Input.Tenant.Trim(), ct);
        if (Input.Tenant.Length > 0 && found.Count != 1)
        {
            ModelState.AddModelError(
                "Input.Tenant", text[found.Count == 0 ? "Tenant.Unknown" : "Tenant.Ambiguous", Input.Tenant]);
        }

        if (!ModelState.IsValid) return this.ShowAgain();

        var adjusted = await Api.AdjustAsync(
            new(
                found[0].Id, Input.Corrects, new Money(amount, Input.Currency), Input.Reason,
                string.IsNullOrWhiteSpace(Input.Application) ? null : Input.Application.Trim()),
            Key, ct);
        if (!adjusted.Ok)
        {
            Key = this.KeyAfter(adjusted.Problem, nameof(Key), Key);
            return this.ShowAgain(adjusted.Problem, Fields);
        }

        this.Notice(text["Adjust.Done", Months.NameOf(adjusted.Data.Month)]);
        return RedirectToPage("Tenant", new { month = adjusted.Data.Month, tenantId = adjusted.Data.TenantId });
    }
}

public sealed class AdjustInput
{
    /// <summary>Slug, name or id.</summary>
    [Required, StringLength(200)]
    public string Tenant { get; set; } = "";

    /// <summary><c>yyyy-MM</c></summary>
    [Required, StringLength(7)]
    public string Corrects { get; set; } = "";

    /// <summary>As the reader's language writes it; negative gives something back.</summary>
    [Required, StringLength(20)]
    public string Amount { get; set; } = "";

    [Required]
    public string Currency { get; set; } = "BRL";

    /// <summary>Slug.</summary>
    [StringLength(100)]
    public string? Application { get; set; }

    [Required, StringLength(500)]
    public string Reason { get; set; } = "";
}
