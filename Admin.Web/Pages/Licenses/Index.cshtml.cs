using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web.Pages.Licenses;

/// <summary>Licences of all tenants, and how many of their seats are taken.</summary>
public sealed class IndexModel(AdminApi api) : AdminPage(api)
{
    public static readonly IReadOnlyList<string> Statuses = ["trial", "active", "suspended", "expired", "cancelled"];

    public ListQuery Query { get; private set; } = null!;

    public IReadOnlyList<ApplicationResponse> Applications { get; private set; } = [];

    public IReadOnlyList<TenantLicenseResponse> Licenses { get; private set; } = [];

    public ListPage List { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Query = new(Request, "application", "status", "full");
        var applications = await Api.ApplicationsAsync(ct);
        if (!applications.Ok) return applications.Problem.ToPage();

        Applications = applications.Data;
        var licenses = await Api.LicensesAsync(
            Query,
            Applications.FirstOrDefault(application => application.Slug == Query["application"])?.Slug,
            Statuses.FirstOrDefault(status => status == Query["status"]),
            Query["full"] is "true" or "false" ? Query["full"] : null, ct);
        if (!licenses.Ok) return licenses.Problem.ToPage();

        Licenses = licenses.Data;
        List = new(Query, Licenses.Count, licenses.Page);
        return Page();
    }
}
