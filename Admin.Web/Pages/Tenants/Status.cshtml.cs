using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>Activates or deactivates the tenant, whichever it is not; says first what follows.</summary>
public sealed class StatusModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Overview;

    protected override string Title => Texts[Deactivates ? "Status.Deactivate" : "Status.Activate"];

    public bool Deactivates => Tenant.Status == TenantStates.Active;

    public IActionResult OnGet() => CanChange ? Page() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var done = await Api.ActOnTenantAsync(Tenant.Id, Deactivates ? "deactivate" : "activate", Tenant.Version, ct);
        if (!done.Ok) return this.ShowAgain(done.Problem);

        return Done(done.Code, Deactivates ? Url.Page("Overview", "Activate", new { id = Tenant.Id }) : null);
    }
}
