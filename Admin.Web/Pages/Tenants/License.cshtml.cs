using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Audit;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>One licence with its history, which settles disputes about seats.</summary>
public sealed class LicenseModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    private const int Shown = 100;

    protected override string TabName => TenantTabs.Licenses;

    protected override string Title => License?.ApplicationName ?? "";

    public LicenseResponse License { get; private set; } = null!;

    public IReadOnlyList<AuditEntryResponse> Changes { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long licenseId, CancellationToken ct)
    {
        var license = await Api.LicenseOfAsync(Tenant.Id, licenseId, ct);
        if (!license.Ok) return license.Problem.ToPage();
        var changes = await Api.TenantChangesAsync(Tenant.Id, "license", licenseId, null, Shown, ct);
        if (!changes.Ok) return changes.Problem.ToPage();

        (License, Changes) = (license.Data, changes.Data);
        return Page();
    }
}
