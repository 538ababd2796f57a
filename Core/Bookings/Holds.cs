using System.Buffers.Text;
using System.Security.Cryptography;
using Platform.Contracts.Bookings;
using Platform.Core.Bookings.Waitlists;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>What may be done with a hold that exists, in the caller's transaction.</summary>
public sealed class Holds(TenantDb db, WaitlistOffers offers, TimeProvider clock)
{
    /// <summary>However often it is renewed, a hold ends so long after it was made.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>The secret that allows to use the hold; too long to guess.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));

    /// <summary>Null if the hold does not exist.</summary>
    public async Task<BookingView?> FindAsync(long id, CancellationToken ct) =>
        await BookingQuery.FindWithHoldsAsync(db, id, ct) is { Booking.HoldToken: not null } view ? view : null;

    /// <summary>By its token. Null if the hold does not exist.</summary>
    public async Task<BookingView?> FindAsync(string token, CancellationToken ct) =>
        await db.BookingsAndHolds.Where(b => b.HoldToken == token).Select(b => (long?)b.Id).SingleOrDefaultAsync(ct) is { } id
            ? await BookingQuery.FindWithHoldsAsync(db, id, ct)
            : null;

    /// <summary>
    /// Lets it last as long as a new one, from now on, and never shorter than before; what was offered lasts as long as
    /// was said.
    /// </summary>
    public async Task<Rejection?> RenewAsync(BookingView hold, CancellationToken ct)
    {
        var (now, made) = (clock.Now, hold.Booking.CreatedAt);
        if (hold.Booking is { WaitlistId: not null, Status: BookingStatuses.Held } offer && offer.HoldExpiresAt > now)
        {
            return null; // others wait behind whom it was offered to
        }

        var minutes = await db.Set<Catalogue.OrganisationSettings>().Select(o => o.HoldMinutes).SingleAsync(ct);
        var until = now.AddMinutes(minutes) < made + MaxAge ? now.AddMinutes(minutes) : made + MaxAge;

        var renewed = await db.BookingsAndHolds
            .Where(b => b.Id == hold.Booking.Id && b.Status == BookingStatuses.Held && b.HoldExpiresAt > now)
            .ExecuteUpdateAsync(set => set
                .SetProperty(b => b.HoldExpiresAt, b => b.HoldExpiresAt > until ? b.HoldExpiresAt : until)
                .SetProperty(b => b.UpdatedAt, now), ct);
        if (renewed == 0) return BookingRules.HoldExpired;

        await db.Allocations.Where(a => a.BookingId == hold.Booking.Id && a.ExpiresAt < until)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.ExpiresAt, until), ct);
        return null;
    }

    /// <summary>
    /// Gives its time back at once. Doing so twice, or once it is over, is no mistake; a booking stays one.
    /// </summary>
    public async Task<Rejection?> ReleaseAsync(BookingView hold, CancellationToken ct)
    {
        var now = clock.Now;
        var released = await db.BookingsAndHolds.Where(b => b.Id == hold.Booking.Id && b.Status == BookingStatuses.Held)
            .ExecuteUpdateAsync(set => set
                .SetProperty(b => b.Status, BookingStatuses.Expired)
                .SetProperty(b => b.HoldExpiresAt, now)
                .SetProperty(b => b.UpdatedAt, now), ct);
        if (released == 0)
        {
            return await db.Bookings.AnyAsync(b => b.Id == hold.Booking.Id, ct)
                ? BookingRules.HoldUsed(hold.Booking.Id)
                : null;
        }

        await db.Allocations.Where(a => a.BookingId == hold.Booking.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Active, false), ct);
        await offers.EndAsync(hold.Booking.Id, ct);
        await offers.OfferAsync(FreedTime.Of(hold.Booking), ct);
        return null;
    }

    /// <summary>Deletes a hold that never became a booking. After its row has been locked.</summary>
    public async Task RemoveAsync(long id, CancellationToken ct)
    {
        await db.Waitlist.Where(w => w.BookingId == id)
            .ExecuteUpdateAsync(set => set.SetProperty(w => w.BookingId, (long?)null), ct);
        await db.Allocations.Where(a => a.BookingId == id).ExecuteDeleteAsync(ct);
        await db.BookingsAndHolds.Where(b => b.Id == id).ExecuteDeleteAsync(ct);
    }
}
