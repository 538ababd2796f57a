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
            BookingFilter filter, TimePageQuery page, CancellationToken ct)
        {
            var total = await BookingQuery.Matching(db, filter).TotalAsync(page, ct);
            var slice = new BookingSlice(page.Rows + 1, page.Before, page.Cursor is var (at, id) ? (at, id) : null);
            var found = await BookingQuery.ListAsync(db, filter, slice, ct);
            return found.Cut(page.Rows, view => view.Booking.End, total).Of(view => view.ToResponse());
        }
    }

    extension(Booking booking)
    {
        /// <summary>Where a page ends that this one is the last of.</summary>
        public TimeCursor End => new(booking.StartAt, booking.Id);
    }
}
