using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Billing;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Billing;

/// <summary>What one tenant pays in a month: the seats by price, and corrections of earlier months.</summary>
public sealed class TenantModel(AdminApi api) : AdminPage(api)
{
    [FromRoute]
    public string Month { get; set; } = "";

    [FromRoute]
    public long TenantId { get; set; }

    public TenantResponse Tenant { get; private set; } = null!;

    public BillingSummary Bill { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var (tenant, bill) = (Api.TenantAsync(TenantId, ct), Api.BillAsync(Month, TenantId, ct));
        if (await tenant is { Ok: false, Problem: { } noTenant }) return noTenant.ToPage();
        if (await bill is { Ok: false, Problem: { } noBill }) return noBill.ToPage();

        Tenant = (await tenant).Data!;
        Bill = (await bill).Data!;
        return Page();
    }

    public Task<IActionResult> OnGetCsvAsync(CancellationToken ct) => Api.BillCsvAsync(Month, TenantId, ct);
}
