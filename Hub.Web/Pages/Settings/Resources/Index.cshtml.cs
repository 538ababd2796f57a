using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Resources;

public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.CatalogueWrite;

    public ListView<ResourceResponse> Resources { get; private set; } = null!;

    public bool HasCategories { get; private set; }

    public IReadOnlyList<SelectListItem> States => ActiveStates.Of(Text);

    public async Task<IActionResult> OnGetAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Page();

    public async Task<IActionResult> OnGetCsvAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Resources.ToCsv("resources", key => Text[key]);

    private async Task<IActionResult?> LoadAsync(SettingsListQuery asked, CancellationToken ct)
    {
        var resources = await Api.AllAsync<ResourceResponse>(
            $"resources?active={ActiveStates.Filter(asked.State)}", ct);
        if (!resources.Ok) return resources.Problem.ToPage();
        var categories = await Api.AllAsync<CategoryResponse>("categories", ct);
        if (!categories.Ok) return categories.Problem.ToPage();

        HasCategories = categories.Data.Count > 0;
        Resources = new(
            To("resources"), asked, resources.Data, r => $"{r.Name} {r.CategoryName}",
            new("name", "Setup.Name", r => r.Name),
            new("category", "Setup.Category", r => r.CategoryName),
            new("capacity", "Setup.Resource.Capacity", r => r.Capacity),
            new("zone", "Setup.TimeZone", r => r.TimeZone),
            new("active", "Setup.State", r => r.Active));
        return null;
    }
}
