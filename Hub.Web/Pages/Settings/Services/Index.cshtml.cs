using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Services;

public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.CatalogueWrite;

    public ListView<ServiceResponse> Services { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> States => ActiveStates.Of(Text);

    public async Task<IActionResult> OnGetAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Page();

    public async Task<IActionResult> OnGetCsvAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Services.ToCsv("services", key => Text[key]);

    private async Task<IActionResult?> LoadAsync(SettingsListQuery asked, CancellationToken ct)
    {
        var services = await Api.AllAsync<ServiceResponse>($"services?active={ActiveStates.Filter(asked.State)}", ct);
        if (!services.Ok) return services.Problem.ToPage();

        Services = new(
            To("services"), asked, services.Data, s => $"{s.Name} {s.Description}",
            new("name", "Setup.Name", s => s.Name),
            new("duration", "Setup.Service.Durations", s => s.DurationsMinutes[0]),
            new("price", "Setup.Service.Price", s => s.Price?.Amount),
            new("public", "Setup.Service.Public", s => s.Public),
            new("active", "Setup.State", s => s.Active));
        return null;
    }
}
