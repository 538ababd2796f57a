using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Feeds;

/// <summary>The resources whose calendars can be subscribed to.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.CatalogueWrite;

    public IReadOnlyList<ResourceResponse> Resources { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var resources = await Api.AllAsync<ResourceResponse>("resources", ct);
        if (!resources.Ok) return resources.Problem.ToPage();

        Resources = [.. resources.Data.OrderBy(r => r.Name, StringComparer.CurrentCulture)];
        return Page();
    }
}
