using Platform.Api.Http;
using Platform.Contracts.Bookings;
using Platform.Core.Bookings;
using Platform.Core.Storage;

namespace Platform.Api.Bookings;

/// <summary>Bookings by start and id, for each kind of caller.</summary>
internal static class BookingPages
{
    extension(TenantDb db)
    {
        public async Task<Page<BookingResponse>> BookingsAsync(
            BookingFilter filter, TimePageQuery page, CancellationToken ct, BookingSort sort = default)
        {
            var total = await BookingQuery.Matching(db, filter).TotalAsync(page, ct);
            var slice = new BookingListPage(page.Rows + 1, page.Before, page.Cursor is var (at, id) ? (at, id) : null, sort);
            var found = await BookingQuery.ListAsync(db, filter, slice, ct);
            return found.ToPage(page.Rows, view => new TimeCursor(sort.TimeOf(view.Booking), view.Booking.Id), total)
                .Of(view => view.ToResponse());
        }
    }
}

/// <summary><c>?sort=</c>: by start where it is absent; with a minus the last one first.</summary>
[OneOf("start", "-start", "created", "-created")]
internal sealed record BookingSorting(BookingSort Sort)
{
    public static bool TryParse(string? text, out BookingSorting? order)
    {
        order = text switch
        {
            "start" => new(new BookingSort()),
            "-start" => new(new BookingSort(Descending: true)),
            "created" => new(new BookingSort(ByCreation: true)),
            "-created" => new(new BookingSort(ByCreation: true, Descending: true)),
            _ => null,
        };
        return order is not null;
    }
}
