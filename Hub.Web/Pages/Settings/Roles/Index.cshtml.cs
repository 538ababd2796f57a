using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Roles;

/// <summary>The roles of the organisation and of the platform, with those who have them.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.UsersRead;

    public ListView<GroupResponse> Roles { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Page();

    public async Task<IActionResult> OnGetCsvAsync(SettingsListQuery asked, CancellationToken ct) =>
        await LoadAsync(asked, ct) ?? Roles.ToCsv("roles", key => Text[key]);

    private async Task<IActionResult?> LoadAsync(SettingsListQuery asked, CancellationToken ct)
    {
        var roles = await Api.AllAsync<GroupResponse>("groups", ct);
        if (!roles.Ok) return roles.Problem.ToPage();

        Roles = new(
            To("roles"), asked, roles.Data, r => $"{r.Name} {r.Slug}",
            new("name", "Setup.Name", r => r.Name),
            new("members", "Setup.Role.Members", r => r.Members),
            new("permissions", "Setup.Role.Permissions", r => r.Permissions.Count),
            new("applications", "Setup.Access", r => string.Join(", ", r.Applications)),
            new("system", "Setup.Role.Of", r => Text[r.System ? "Setup.Role.Of.platform" : "Setup.Role.Of.tenant"].Value));
        return null;
    }
}
