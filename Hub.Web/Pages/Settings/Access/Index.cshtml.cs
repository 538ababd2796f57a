using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Access;

/// <summary>The licences of the organisation with their seats.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.SeatsWrite;

    public IReadOnlyList<EntitlementResponse> Licences { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var licences = await Api.GetAsync<IReadOnlyList<EntitlementResponse>>("entitlements", ct);
        if (!licences.Ok) return licences.Problem.ToPage();

        Licences = licences.Data;
        return Page();
    }
}
