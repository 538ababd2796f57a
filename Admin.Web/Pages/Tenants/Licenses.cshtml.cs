using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class LicensesModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    private IReadOnlyList<ApplicationResponse> _applications = [];

    protected override string TabName => TenantTabs.Licenses;

    public IReadOnlyList<LicenseResponse> Licenses { get; private set; } = [];

    /// <summary>A tenant that is leaving takes no new licences.</summary>
    public bool CanLicense => CanWrite && Tenant.Status is (TenantStates.Active or TenantStates.Inactive);

    /// <summary>Null while there is no page about prices.</summary>
    public string? PricingUrl(string application) =>
        _applications.FirstOrDefault(known => known.Slug == application) is { } found
            ? Url.Page("/Applications/Prices/Index", new { id = found.Id })
            : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var licenses = await Api.LicensesOfAsync(Tenant.Id, ct);
        if (!licenses.Ok) return licenses.Problem.ToPage();
        var applications = await Api.LicensableAsync(ct);
        if (!applications.Ok) return applications.Problem.ToPage();

        (Licenses, _applications) = (licenses.Data, applications.Data);
        return Page();
    }
}
