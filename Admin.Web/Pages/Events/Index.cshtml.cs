using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Operations;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Events;

/// <summary>What waits to be published, and how far the consumers have come.</summary>
public sealed class IndexModel(AdminApi api, PersonFinder finder) : AdminPage(api)
{
    private const int EventsShown = 20;

    public EventStreamsResponse Streams { get; private set; } = null!;

    public IReadOnlyList<EventGroupResponse> Groups { get; private set; } = [];

    public IReadOnlyList<PublishedEvent> Published { get; private set; } = [];

    public Dictionary<long, Platform.Contracts.Tenants.TenantResponse> Tenants { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var (streams, groups, published) = (Api.StreamsAsync(ct), Api.GroupsAsync(ct), Api.RecentEventsAsync(EventsShown, ct));
        if (await streams is { Ok: false, Problem: { } noStreams }) return noStreams.ToPage();
        if (await groups is { Ok: false, Problem: { } noGroups }) return noGroups.ToPage();
        if (await published is { Ok: false, Problem: { } noEvents }) return noEvents.ToPage();

        Streams = (await streams).Data!;
        Groups = (await groups).Data!;
        Published = (await published).Data!;
        Tenants = await finder.TenantsAsync(Published.Select(e => e.TenantId), ct);
        return Page();
    }

    public string TenantName(long id) => Tenants.TryGetValue(id, out var tenant) ? tenant.Name : $"{id}";
}
