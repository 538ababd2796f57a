using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Billing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>What the tenant pays for a month.</summary>
public sealed class BillingModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Billing;

    public BillingSummary Bill { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? month, CancellationToken ct)
    {
        var bill = await Api.BillOfTenantAsync(Tenant.Id, string.IsNullOrEmpty(month) ? null : month, ct);
        if (!bill.Ok) return bill.Problem.ToPage();

        Bill = bill.Data;
        return Page();
    }
}
