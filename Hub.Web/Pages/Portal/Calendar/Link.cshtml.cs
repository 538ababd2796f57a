using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Calendars;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Portal.Calendar;

/// <summary>The secret URL at which people subscribe to their own bookings. It is shown once.</summary>
public sealed class LinkModel(HubApi api, IStringLocalizer<HubText> text) : HubPage(api)
{
    public PersonFeedResponse Feed { get; private set; } = new(false, false);

    /// <summary>The URL that was just made, or null.</summary>
    public string? Secret { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var feed = await Api.MyFeedAsync(ct);
        if (!feed.Ok) return feed.Problem.ToPage();

        Feed = feed.Data;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(bool details, CancellationToken ct)
    {
        var made = await Api.CreateMyFeedAsync(details, ct);
        if (!made.Ok) return made.Problem.ToPage();

        Feed = made.Data;
        Secret = $"{Request.Scheme}://{Request.Host}{Request.PathBase}/feeds/{made.Data.Token}.ics";
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(CancellationToken ct)
    {
        var revoked = await Api.DeleteMyFeedAsync(ct);
        if (!revoked.Ok) return revoked.Problem.ToPage();

        this.Notice(text["MyFeed.Revoked"]);
        return RedirectToPage();
    }
}
