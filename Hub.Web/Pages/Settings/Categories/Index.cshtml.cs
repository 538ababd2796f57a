using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Categories;

public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.CatalogueWrite;

    public ListView<CategoryResponse> Categories { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Page();

    public async Task<IActionResult> OnGetCsvAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Categories.ToCsv("categories", key => Text[key]);

    private async Task<IActionResult?> LoadAsync(SettingsListQuery asked, CancellationToken ct)
    {
        var categories = await Api.AllAsync<CategoryResponse>("categories", ct);
        if (!categories.Ok) return categories.Problem.ToPage();

        Categories = new(
            To("categories"), asked, categories.Data, c => c.Name,
            new("name", "Setup.Name", c => c.Name),
            new("attributes", "Setup.Attributes", c => FieldValues.Of(c.AttributeSchema).Count));
        return null;
    }
}
