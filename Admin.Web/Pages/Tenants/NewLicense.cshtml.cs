using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class NewLicenseModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Licenses;

    protected override string Title => Texts["Licenses.NewTitle", Tenant.Name];

    [BindProperty]
    public LicenseForm Input { get; set; } = new();

    /// <summary>What the tenant has no licence of, or a cancelled one.</summary>
    public IReadOnlyList<(string Value, string Text)> Applications { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) =>
        CanChange ? await LoadAsync(ct) ?? Page() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Input.IsLimitMissing) ModelState.AddModelError("Input.Limit", Texts["Licenses.LimitMissing"]);
        if (!ModelState.IsValid) return await LoadAsync(ct) ?? this.ShowAgain();

        var zone = Tenant.TimeZone;
        var request = new CreateLicenseRequest(
            Input.Application, Input.Seats, LicenseForm.StartOf(Input.TrialEnds, zone), LicenseForm.StartOf(Input.Expires, zone));
        var made = await Api.CreateLicenseAsync(Tenant.Id, request, Input.Key, ct);
        if (made.Ok) return Done(made.Code);

        Input.Key = this.KeyAfter(made.Problem, "Input.Key", Input.Key);
        return await LoadAsync(ct) ?? this.ShowAgain(made.Problem, LicenseForm.Fields);
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var applications = await Api.LicensableAsync(ct);
        if (!applications.Ok) return applications.Problem.ToPage();
        var licenses = await Api.LicensesOfAsync(Tenant.Id, ct);
        if (!licenses.Ok) return licenses.Problem.ToPage();

        var licensed = licenses.Data.Where(license => license.Status != "cancelled").Select(license => license.Application);
        Applications =
        [
            .. applications.Data.Where(application => application is { Active: true, Licensable: true })
                .ExceptBy(licensed, application => application.Slug).OrderBy(application => application.Name)
                .Select(application => (application.Slug, application.Name)),
        ];
        return null;
    }
}
