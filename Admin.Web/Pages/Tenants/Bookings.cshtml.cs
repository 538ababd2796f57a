using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>How much the tenant books. Single bookings are the tenant's own: staff announce that they look.</summary>
public sealed class BookingsModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Bookings;

    /// <summary>Null for a tenant that is not built.</summary>
    public long? Count { get; private set; }

    public bool CanLook => CanWrite && Tenant.Status is (TenantStates.Active or TenantStates.Inactive or TenantStates.Offboarding);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var overview = await Api.OverviewAsync(ct);
        if (!overview.Ok) return overview.Problem.ToPage();

        Count = overview.Data.PerTenant.FirstOrDefault(tenant => tenant.TenantId == Tenant.Id)?.Bookings;
        return Page();
    }
}
