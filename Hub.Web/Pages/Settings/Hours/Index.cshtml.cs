using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Hours;

/// <summary>The organisation's opening hours, which every resource without its own follows.</summary>
public sealed class IndexModel(SettingsTools tools) : WeekPage(tools)
{
    protected override string Needs => Permissions.SettingsWrite;

    public SettingsResponse Settings { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        Input = WeekForm.Of(Settings.OpeningHours, Settings.Version);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? change, CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (Edited(change) is { } again) return again;

        var saved = await Api.PatchAsync<SettingsResponse>(
            "settings", new ChangeSettingsRequest { OpeningHours = new(Input.ToRules()) }, Input.Version, ct);
        if (saved.Ok) return Done(Text["Setup.Saved"], "hours");

        return saved.Problem.Status == StatusCodes.Status412PreconditionFailed
            ? RefusedAsStale(Settings, Settings.Version)
            : Refused(saved.Problem);
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var settings = await Api.GetAsync<SettingsResponse>("settings", ct);
        if (!settings.Ok) return settings.Problem.ToPage();
        Settings = settings.Data;
        return null;
    }
}
