using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Hub.Web.Public;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Public;

/// <summary>Another time for a visitor's own booking: choose one, then confirm it.</summary>
public sealed class RescheduleModel(PublicApi api, TimeProvider clock, IStringLocalizer<UiText> uiText)
    : OwnBookingPage(api, clock)
{
    [BindProperty]
    public DateTimeOffset? Slot { get; set; }

    /// <summary>Null where the service cannot be booked by its clients any more.</summary>
    public Availability? Found { get; private set; }

    /// <summary>With the same people; for others the client makes another booking.</summary>
    private PublicSlotQuery Question => new(
        Booking.ServiceId, null, (int)(Booking.End - Booking.Start).TotalMinutes,
        Booking.PartySize > 1 ? Booking.PartySize : null, Zone);

    public async Task<IActionResult> OnGetAsync(string token, DateOnly? day, DateTimeOffset? slot, CancellationToken ct)
    {
        if (await LoadAsync(token, ct) is { } instead) return instead;
        if (!PublicPolicyText.MayMove(Booking, Now)) return Redirect(ManageUrl);

        ModelState.Clear();
        Slot = slot;
        if (slot is null) await FindAsync(day, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string token, CancellationToken ct)
    {
        if (await LoadAsync(token, ct) is { } instead) return instead;
        if (Slot is not { } start) return Redirect(Site.Links.Of($"manage/{token}/reschedule"));

        var moved = await Api.RescheduleAsync(Slug, token, new(start, Zone.Id), ct);
        if (moved.Ok)
        {
            var did = moved.Data.Status == BookingStatuses.Pending ? "moved-request" : "moved";
            return Redirect(Site.Links.Of($"manage/{token}", ("did", did)));
        }

        if (moved.Problem.Status == StatusCodes.Status404NotFound) return Notice(moved.Problem, "NoBooking");

        ModelState.Clear();
        ModelState.AddModelError("", uiText.Of(moved.Problem));
        Slot = null;
        await FindAsync(Zone.DayOf(start), ct);
        return Refused(moved.Problem.Status);
    }

    private async Task FindAsync(DateOnly? day, CancellationToken ct) =>
        (Found, _) = await Availability.FindAsync(Api, Slug, Question, day ?? Zone.DayOf(Booking.Start), null, Now, ct);
}
