using Microsoft.AspNetCore.Mvc;
using Platform.Hub.Web.Public;

namespace Platform.Hub.Web.Pages.Public;

/// <summary>Whether a visitor is reminded by mail of their bookings with the organisation.</summary>
public sealed class RemindersModel(PublicApi api, TimeProvider clock) : OwnBookingPage(api, clock)
{
    public bool IsChanged { get; private set; }

    public async Task<IActionResult> OnGetAsync(string token, string? did, CancellationToken ct)
    {
        if (await LoadAsync(token, ct) is { } instead) return instead;

        IsChanged = did == "saved";
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string token, [FromForm] bool on, CancellationToken ct)
    {
        var changed = await Api.RemindAsync(Slug, token, on, ct);
        return changed.Ok
            ? Redirect(Site.Links.Of($"manage/{token}/reminders", ("did", "saved")))
            : Notice(changed.Problem, "NoBooking");
    }
}
