using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Contracts.Platform;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages;

public sealed class IndexModel(AdminApi api) : PageModel
{
    private const int EventsShown = 20;

    public MetricsOverview Overview { get; private set; } = null!;

    public IReadOnlyList<PublishedEvent> Events { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var overview = await api.OverviewAsync(ct);
        if (!overview.Ok) return overview.Problem.ToPage();
        var events = await api.RecentEventsAsync(EventsShown, ct);
        if (!events.Ok) return events.Problem.ToPage();

        Overview = overview.Data;
        Events = events.Data;
        return Page();
    }

    public string TenantName(long id) =>
        Overview.PerTenant.FirstOrDefault(tenant => tenant.TenantId == id)?.Name ?? $"{id}";
}
