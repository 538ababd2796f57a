using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Bookings;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal;

public sealed class IndexModel(HubApi api, TimeProvider clock) : HubPage(api)
{
    private const int Shown = 5;

    public IReadOnlyList<BookingResponse> Upcoming { get; private set; } = [];

    public string FirstName => Me.Name.Split(' ')[0];

    public string ZoneName => Zone.NameAt(clock.GetUtcNow());

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var filter = new BookingFilter(From: clock.GetUtcNow(), Status: BookingStatuses.Confirmed, Limit: Shown);
        var bookings = await Api.BookingsAsync(filter, ct);
        if (!bookings.Ok) return bookings.Problem.ToPage();

        Upcoming = bookings.Data;
        return Page();
    }
}
