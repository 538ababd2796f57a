using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Resources;

/// <summary>The weekly hours of a resource: its own, or the organisation's.</summary>
public sealed class HoursModel(SettingsTools tools) : WeekPage(tools)
{
    protected override string Needs => Permissions.CatalogueWrite;

    public ResourceResponse Resource { get; private set; } = null!;

    public ScheduleResponse Schedule { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        Input = WeekForm.Of(Schedule.Rules, Schedule.Version, Schedule.OwnTimeZone);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, string? change, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (Edited(change) is { } again) return again;

        var saved = await Api.PutAsync<ScheduleResponse>(
            $"resources/{id}/schedule", new PutScheduleRequest(Input.ToRules(), Input.TimeZone), Input.Version, ct);
        if (saved.Ok) return Done(Text["Setup.Saved"], $"resources/{id}/hours");
        if (saved.Problem.Status != StatusCodes.Status412PreconditionFailed) return Refused(saved.Problem);

        Input.Version = Schedule.Version;
        ModelState.Remove("Input.Version");
        return RefusedAsStale(Schedule.UpdatedBy, Schedule.UpdatedAt ?? Now);
    }

    /// <summary>Gives up its own hours: it follows the organisation again.</summary>
    public async Task<IActionResult> OnPostFollowAsync(long id, long version, CancellationToken ct)
    {
        var deleted = await Api.DeleteAsync($"resources/{id}/schedule", version, ct);
        if (deleted.Ok) return Done(Text["Setup.Hours.Follows"], $"resources/{id}/hours");
        if (await LoadAsync(id, ct) is { } failed) return failed;

        ModelState.Clear();
        Input = WeekForm.Of(Schedule.Rules, Schedule.Version, Schedule.OwnTimeZone);
        return Refused(deleted.Problem);
    }

    private async Task<IActionResult?> LoadAsync(long id, CancellationToken ct)
    {
        var resource = await Api.GetAsync<ResourceResponse>($"resources/{id}", ct);
        if (!resource.Ok) return resource.Problem.ToPage();
        var schedule = await Api.GetAsync<ScheduleResponse>($"resources/{id}/schedule", ct);
        if (!schedule.Ok) return schedule.Problem.ToPage();

        (Resource, Schedule) = (resource.Data, schedule.Data);
        return null;
    }
}
