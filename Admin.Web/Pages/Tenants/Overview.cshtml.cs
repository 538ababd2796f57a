using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>The tenant itself, and what can be done with it as a whole.</summary>
public sealed class OverviewModel(AdminApi api, IStringLocalizer<AdminText> text, TimeProvider clock) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Overview;

    public IReadOnlyList<LicenseResponse> Licenses { get; private set; } = [];

    /// <summary>The time to take the tenant back is over.</summary>
    public bool MayPurge => Tenant.PurgeAt <= clock.GetUtcNow();

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (Request.IsHtmx && Tenant.Status != TenantStates.Provisioning)
        {
            Response.HxRedirect(TabUrl(TabName)); // the page that asks shows progress, and there is no more of it
            return new EmptyResult();
        }

        return await LoadAsync(ct) ?? Page();
    }

    public Task<IActionResult> OnPostRetryAsync(CancellationToken ct) => ActAsync("retry-provisioning", ct);

    public Task<IActionResult> OnPostKeepAsync(CancellationToken ct) => ActAsync("offboard/cancel", ct);

    /// <summary>Takes back that it was deactivated.</summary>
    public Task<IActionResult> OnPostActivateAsync(CancellationToken ct) => ActAsync("activate", ct);

    public Task<IActionResult> OnPostExportAsync(CancellationToken ct) => Api.ExportTenantAsync(Tenant.Id, ct);

    private async Task<IActionResult> ActAsync(string act, CancellationToken ct)
    {
        var done = await Api.ActOnTenantAsync(Tenant.Id, act, null, ct);
        if (done.Ok) return Done(done.Code);

        return await LoadAsync(ct) ?? this.ShowAgain(done.Problem);
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var licenses = await Api.LicensesOfAsync(Tenant.Id, ct);
        if (!licenses.Ok) return licenses.Problem.ToPage();

        Licenses = licenses.Data;
        return null;
    }
}
