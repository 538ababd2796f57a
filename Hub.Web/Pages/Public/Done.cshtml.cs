using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Bookings;
using Platform.Hub.Web.Public;

namespace Platform.Hub.Web.Pages.Public;

/// <summary>Says that the booking was made, or requested. It has a URL of its own, so reloading books nothing.</summary>
public sealed class DoneModel(PublicApi api, TimeProvider clock) : OwnBookingPage(api, clock)
{
    protected override bool MayBeFramed => true; // it has links only

    public async Task<IActionResult> OnGetAsync(string token, CancellationToken ct)
    {
        if (await LoadAsync(token, ct) is { } instead) return instead;

        return Booking.Status is BookingStatuses.Pending or BookingStatuses.Confirmed ? Page() : Redirect(ManageUrl);
    }
}
