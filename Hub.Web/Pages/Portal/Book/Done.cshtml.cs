using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Bookings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Portal.Book;

/// <summary>Says that the booking was made. It has an address of its own, so reloading books nothing.</summary>
public sealed class DoneModel(HubApi api) : HubPage(api)
{
    public BookingResponse Booking { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        var booking = await Api.BookingAsync(id, ct);
        if (!booking.Ok) return booking.Problem.ToPage();

        Booking = booking.Data;
        return Page();
    }
}
