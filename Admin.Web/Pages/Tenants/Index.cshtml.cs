using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Contracts.Platform;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class IndexModel(AdminApi api) : PageModel
{
    public string? Q { get; private set; }

    public IReadOnlyList<TenantMetrics> Tenants { get; private set; } = [];

    public int Total { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? q, CancellationToken ct)
    {
        var overview = await api.OverviewAsync(ct);
        if (!overview.Ok) return overview.Problem.ToPage();

        Q = q?.Trim();
        Total = overview.Data.PerTenant.Count;
        Tenants = [.. overview.Data.PerTenant.Where(Matches)];
        return Page();
    }

    /// <summary>"clinica" finds "Clínica".</summary>
    private bool Matches(TenantMetrics tenant)
    {
        const CompareOptions loose = CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace;
        var compare = CultureInfo.CurrentCulture.CompareInfo;
        return string.IsNullOrEmpty(Q)
            || compare.IndexOf(tenant.Name, Q, loose) >= 0
            || compare.IndexOf(tenant.Slug, Q, loose) >= 0;
    }
}
