using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.People;

public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.UsersRead;

    public ListView<UserResponse> People { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> States => ActiveStates.Of(Text);

    public async Task<IActionResult> OnGetAsync(SettingsListQuery asked, string? role, CancellationToken ct) =>
        await LoadAsync(asked, role, ct) ?? Page();

    public async Task<IActionResult> OnGetCsvAsync(SettingsListQuery asked, string? role, CancellationToken ct) =>
        await LoadAsync(asked, role, ct) ?? People.ToCsv("people", key => Text[key]);

    private async Task<IActionResult?> LoadAsync(SettingsListQuery asked, string? role, CancellationToken ct)
    {
        var ofRole = string.IsNullOrEmpty(role) ? "" : $"&role={Uri.EscapeDataString(role)}";
        var people = await Api.AllAsync<UserResponse>($"users?active={ActiveStates.Filter(asked.State)}{ofRole}", ct);
        if (!people.Ok) return people.Problem.ToPage();

        People = new(
            To("people"), asked, people.Data, u => $"{u.Name} {u.Email}",
            new("name", "Setup.Name", u => u.Name),
            new("email", "Setup.Email", u => u.Email),
            new("type", "Setup.UserType", u => Text[$"UserType.{u.UserType}"].Value),
            new("roles", "Setup.Roles", u => string.Join(", ", u.Roles)),
            new("active", "Setup.State", u => u.Active));
        return null;
    }
}
