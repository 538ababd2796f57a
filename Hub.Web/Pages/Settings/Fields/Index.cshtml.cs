using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Fields;

public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    public static readonly string[] Owners = ["client", "booking", "resource", "user"];

    protected override string Needs => Permissions.CatalogueWrite;

    public ListView<CustomFieldResponse> Fields { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> States =>
        [new(Text["Setup.State.all"], ""), .. Owners.Select(owner => new SelectListItem(Text[$"Setup.FieldOf.{owner}"], owner))];

    public async Task<IActionResult> OnGetAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Page();

    public async Task<IActionResult> OnGetCsvAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Fields.ToCsv("fields", key => Text[key]);

    private async Task<IActionResult?> LoadAsync(SettingsListQuery asked, CancellationToken ct)
    {
        var fields = await Api.AllAsync<CustomFieldResponse>("custom-fields", ct);
        if (!fields.Ok) return fields.Problem.ToPage();

        var shown = string.IsNullOrEmpty(asked.State)
            ? fields.Data
            : [.. fields.Data.Where(f => f.AppliesTo == asked.State)];
        Fields = new(
            To("fields"), asked, shown, f => $"{f.Label} {f.Key}",
            new("of", "Setup.FieldOf", f => Text[$"Setup.FieldOf.{f.AppliesTo}"].Value),
            new("label", "Setup.Name", f => f.Label),
            new("type", "Setup.FieldType", f => Text[$"Setup.FieldType.{f.Type}"].Value),
            new("required", "Setup.FieldRequired", f => f.Required),
            new("position", "Setup.Field.Position", f => f.Position));
        return null;
    }
}
