using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Admin.Web.Views;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web.Pages.View;

public sealed class BookingsModel(AdminApi api, IStringLocalizer<AdminText> text, TenantViews views) : ViewPage(api, text, views)
{
    private static readonly string[] ListedStatuses =
    [
        BookingStatuses.Pending, BookingStatuses.Confirmed, BookingStatuses.CheckedIn, BookingStatuses.Completed,
        BookingStatuses.Cancelled, BookingStatuses.Rejected, BookingStatuses.NoShow,
    ];

    protected override string Title => Texts["View.BookingsOf", Tenant.Name];

    public ListQuery Query { get; private set; } = null!;

    public IReadOnlyList<BookingResponse> Bookings { get; private set; } = [];

    public PageInfo? PageInfo { get; private set; }

    public IReadOnlyList<(string Value, string Text)> Statuses() =>
        [.. ListedStatuses.Select(status => (status, Texts[$"BookingStatus.{status}"].Value))];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Query = new(Request, "from", "to", "status");
        var status = ListedStatuses.Contains(Query["status"]) ? Query["status"] : null;
        var bookings = await Api.BookingsOfAsync(
            Tenant.Id, LicenseForm.StartOf(Day("from"), Tenant.TimeZone), LicenseForm.StartOf(Day("to")?.AddDays(1), Tenant.TimeZone),
            status, Query.Cursor, Query.Size, ct);
        if (!bookings.Ok) return bookings.Problem.ToPage();

        (Bookings, PageInfo) = (bookings.Data, bookings.Page);
        return Page();
    }

    private DateOnly? Day(string name) =>
        DateOnly.TryParseExact(Query[name], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
