using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Billing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Billing;

/// <summary>A month of all tenants: what each of them pays.</summary>
public sealed class MonthModel(AdminApi api, IStringLocalizer<AdminText> text) : AdminPage(api)
{
    private const int MaxTenants = 500;

    [FromRoute]
    public string Month { get; set; } = "";

    [FromQuery]
    public string? Q { get; set; }

    public BillingSummary Bill { get; private set; } = null!;

    /// <summary>Those that pay something, and match the search.</summary>
    public IReadOnlyList<TenantBill> Tenants { get; private set; } = [];

    public int Paying { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public Task<IActionResult> OnGetCsvAsync(CancellationToken ct) => Api.BillCsvAsync(Month, null, ct);

    public async Task<IActionResult> OnPostCloseAsync(CancellationToken ct)
    {
        var closed = await Api.CloseMonthAsync(Month, ct);
        if (closed.Ok)
        {
            this.Notice(text["Billing.Closed", Months.NameOf(Month), closed.Data.Closed, closed.Data.AlreadyClosed]);
            return RedirectToPage("Month", new { month = Month });
        }

        return await LoadAsync(ct) ?? this.ShowAgain(closed.Problem);
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var bill = await Api.BillAsync(Month, null, ct);
        if (!bill.Ok) return bill.Problem.ToPage();

        Bill = bill.Data;
        var paying = (Bill.Tenants ?? []).Where(tenant => tenant.Totals.Count > 0).ToList();
        Paying = paying.Count;
        var q = Q?.Trim();
        Tenants =
        [
            .. paying.Where(tenant => string.IsNullOrEmpty(q)
                || tenant.Name.Contains(q, StringComparison.CurrentCultureIgnoreCase)
                || tenant.Slug.Contains(q, StringComparison.OrdinalIgnoreCase)).Take(MaxTenants),
        ];
        return null;
    }
}
