using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Audit;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Audit;

/// <summary>Checks whether the chains of the trails are whole.</summary>
public sealed class VerifyModel(AdminApi api, PersonFinder finder, IStringLocalizer<AdminText> text) : AdminPage(api)
{
    /// <summary>Slug, name or id; empty for all tenants and the platform itself.</summary>
    [BindProperty]
    public string? Tenant { get; set; }

    public AuditReport? Report { get; private set; }

    public Dictionary<long, TenantResponse> Tenants { get; private set; } = [];

    public void OnGet()
    {
        // Nothing is checked before somebody asks for it.
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        long? tenantId = null;
        if (!string.IsNullOrWhiteSpace(Tenant))
        {
            var found = await finder.TenantsOfAsync(Tenant.Trim(), ct);
            if (found.Count != 1)
            {
                ModelState.AddModelError(
                    nameof(Tenant), text[found.Count == 0 ? "Tenant.Unknown" : "Tenant.Ambiguous", Tenant]);
                return this.ShowAgain();
            }

            tenantId = found[0].Id;
        }

        var report = await Api.VerifyAsync(new(tenantId), ct);
        if (!report.Ok) return this.ShowAgain(report.Problem);

        Report = report.Data;
        Tenants = await finder.TenantsAsync(Report.Broken.Select(chain => chain.TenantId).Where(id => id > 0), ct);
        return Page();
    }

    public string TenantName(long id) =>
        id == 0 ? text["Audit.Platform"] : Tenants.TryGetValue(id, out var tenant) ? tenant.Name : $"{id}";
}
