using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Operations;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>The newest events of the tenant that were published.</summary>
public sealed class EventsModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    private const int Read = 200;

    protected override string TabName => TenantTabs.Events;

    public IReadOnlyList<PublishedEvent> Events { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var events = await Api.RecentEventsAsync(Tenant.Id, Read, ct);
        if (!events.Ok) return events.Problem.ToPage();

        Events = events.Data;
        return Page();
    }
}
