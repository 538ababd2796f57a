using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Hub.Web.Public;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Pages.Public;

/// <summary>A visitor's own booking: what it is, what can be done with it and what that costs.</summary>
public sealed class ManageModel(
    PublicApi api, TimeProvider clock, IStringLocalizer<UiText> uiText, IStringLocalizer<HubText> text)
    : OwnBookingPage(api, clock)
{
    [BindProperty, StringLength(500)]
    public string? Reason { get; set; }

    /// <summary>What cancelling costs, as the visitor saw it.</summary>
    [BindProperty]
    public string? Fee { get; set; }

    /// <summary>What was done before, in a sentence.</summary>
    public string? Did { get; private set; }

    public string? FeeNow => PublicPolicyText.IsFree(Booking, Now)
        ? null
        : Booking.CancelFee?.Amount.ToString(CultureInfo.InvariantCulture);

    public async Task<IActionResult> OnGetAsync(string token, string? did, CancellationToken ct)
    {
        if (await LoadAsync(token, ct) is { } instead) return instead;

        Did = did is "moved" or "cancelled" or "moved-request" ? text[$"Public.Did.{did}"].Value : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string token, CancellationToken ct)
    {
        if (await LoadAsync(token, ct) is { } instead) return instead;
        if (!ModelState.IsValid) return Refused(StatusCodes.Status422UnprocessableEntity);

        if (PublicPolicyText.MayCancel(Booking, Now) && (Fee ?? "") != (FeeNow ?? ""))
        {
            ModelState.AddModelError("", text["Public.Cancel.FeeChanged"]); // the deadline passed while the page was open
            return Refused(StatusCodes.Status409Conflict);
        }

        var cancelled = await Api.CancelAsync(Slug, token, Reason, ct);
        if (cancelled.Ok) return Redirect(Site.Links.Of($"manage/{token}", ("did", "cancelled")));
        if (cancelled.Problem.Status == StatusCodes.Status404NotFound) return Notice(cancelled.Problem, "NoBooking");

        ModelState.AddModelError("", uiText.Of(cancelled.Problem));
        return Refused(cancelled.Problem.Status);
    }
}
