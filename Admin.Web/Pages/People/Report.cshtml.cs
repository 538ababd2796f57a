using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Audit;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.People;

/// <summary>All that the trails have about one person. Reading it is recorded.</summary>
public sealed class ReportModel(AdminApi api, PersonFinder finder) : PersonPage(api)
{
    public PersonReport Report { get; private set; } = null!;

    public Dictionary<long, TenantResponse> Tenants { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadPersonAsync(ct) is { } failed) return failed;

        var report = await Api.PersonReportAsync(Id, ct);
        if (!report.Ok) return report.Problem.ToPage();

        Report = report.Data;
        Tenants = await finder.TenantsAsync(
            Report.Grants.Select(g => g.TenantId).Concat(Report.Uses.Select(u => u.TenantId))
                .Concat(Report.Decisions.Select(d => d.TenantId)),
            ct);
        return Page();
    }

    public Task<IActionResult> OnGetCsvAsync(CancellationToken ct) => Api.PersonCsvAsync(Id, ct);

    public string TenantName(long id) => Tenants.TryGetValue(id, out var tenant) ? tenant.Name : $"{id}";
}
