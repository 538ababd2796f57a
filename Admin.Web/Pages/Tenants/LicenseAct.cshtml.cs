using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>Suspends, resumes or cancels a licence, after saying what follows.</summary>
public sealed class LicenseActModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Licenses;

    protected override string Title => Act switch
    {
        "suspend" => Texts["Licenses.SuspendOf", License?.ApplicationName ?? ""],
        "resume" => Texts["Licenses.ResumeOf", License?.ApplicationName ?? ""],
        _ => Texts["Licenses.CancelOf", License?.ApplicationName ?? ""],
    };

    public string Act => $"{RouteData.Values["act"]}";

    public LicenseResponse License { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long licenseId, CancellationToken ct) =>
        CanChange ? await LoadAsync(licenseId, ct) ?? Page() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostAsync(long licenseId, long? version, CancellationToken ct)
    {
        if (await LoadAsync(licenseId, ct) is { } failed) return failed;

        var done = await Api.ActOnLicenseAsync(Tenant.Id, licenseId, Act, version, ct);
        if (!done.Ok) return this.ShowAgain(done.Problem);

        var undo = Act switch
        {
            "suspend" => Url.Page("LicenseAct", new { id = Tenant.Id, licenseId, act = "resume" }),
            "resume" => Url.Page("LicenseAct", new { id = Tenant.Id, licenseId, act = "suspend" }),
            _ => null,
        };
        return Done(done.Code, undo);
    }

    private async Task<IActionResult?> LoadAsync(long licenseId, CancellationToken ct)
    {
        var license = await Api.LicenseOfAsync(Tenant.Id, licenseId, ct);
        if (!license.Ok) return license.Problem.ToPage();

        License = license.Data;
        return null;
    }
}
