using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Views;
using Platform.Contracts.Bookings;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.View;

public sealed class BookingModel(AdminApi api, IStringLocalizer<AdminText> text, TenantViews views) : ViewPage(api, text, views)
{
    protected override string Title => Texts["Find.Booking", $"{RouteData.Values["bookingId"]}", Tenant.Name];

    public BookingResponse Booking { get; private set; } = null!;

    public IReadOnlyList<BookingEventResponse> History { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long bookingId, CancellationToken ct)
    {
        var booking = await Api.BookingOfAsync(Tenant.Id, bookingId, ct);
        if (!booking.Ok) return booking.Problem.ToPage();
        var history = await Api.BookingHistoryOfAsync(Tenant.Id, bookingId, ct);
        if (!history.Ok) return history.Problem.ToPage();

        (Booking, History) = (booking.Data, history.Data);
        return Page();
    }
}
