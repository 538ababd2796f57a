using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Calendars;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Resources;

/// <summary>The secret URL at which a resource's calendar can be subscribed to. It is shown once.</summary>
public sealed class FeedModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.CatalogueWrite;

    public ResourceResponse Resource { get; private set; } = null!;

    /// <summary>The URL that was just made, or null.</summary>
    public string? Feed { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(long id, bool details, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        var made = await Api.PostAsync<FeedResponse>($"resources/{id}/feed", new CreateFeedRequest(details), ct);
        if (!made.Ok) return Refused(made.Problem);

        Feed = $"{Request.Scheme}://{Request.Host}{Request.PathBase}/feeds/{made.Data.Token}.ics";
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(long id, CancellationToken ct)
    {
        var revoked = await Api.DeleteAsync($"resources/{id}/feed", null, ct);
        if (revoked.Ok) return Done(Text["Setup.Feed.Revoked"], $"resources/{id}/feed");
        return await LoadAsync(id, ct) ?? Refused(revoked.Problem);
    }

    private async Task<IActionResult?> LoadAsync(long id, CancellationToken ct)
    {
        var resource = await Api.GetAsync<ResourceResponse>($"resources/{id}", ct);
        if (!resource.Ok) return resource.Problem.ToPage();
        Resource = resource.Data;
        return null;
    }
}
