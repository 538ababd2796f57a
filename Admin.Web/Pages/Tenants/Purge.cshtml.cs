using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>Deletes the data of a tenant whose time to be taken back is over. It cannot be undone.</summary>
public sealed class PurgeModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Overview;

    protected override string Title => Texts["Purge.Title", Tenant.Name];

    public IActionResult OnGet() => CanChange ? Page() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostAsync(string? typedName, CancellationToken ct)
    {
        if (typedName?.Trim() != Tenant.Name)
        {
            ModelState.AddModelError("TypedName", Texts["Form.WrongName"]);
            return this.ShowAgain();
        }

        var done = await Api.ActOnTenantAsync(Tenant.Id, "purge", Tenant.Version, ct);
        return done.Ok ? Done(done.Code) : this.ShowAgain(done.Problem);
    }
}
