using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Domains;

/// <summary>Where the organisation's booking page is found. The platform's staff change it.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.SettingsWrite;

    public string? CustomDomain { get; private set; }

    public string PageUrl => $"{Request.Scheme}://{Request.Host}{Request.PathBase}/{Me.TenantSlug}";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var settings = await Api.GetAsync<SettingsResponse>("settings", ct);
        if (!settings.Ok) return settings.Problem.ToPage();

        CustomDomain = settings.Data.CustomDomain;
        return Page();
    }
}
