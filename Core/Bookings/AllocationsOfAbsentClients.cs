using NodaTime;
using Npgsql;
using Platform.Core.Bookings.Slots;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>The place of a client who did not come is free for others, until the client comes after all.</summary>
internal static class AllocationsOfAbsentClients
{
    extension(TenantDb db)
    {
        public Task ReleaseAllocationsAsync(long bookingId, CancellationToken ct) =>
            db.Allocations.Where(a => a.BookingId == bookingId)
                .ExecuteUpdateAsync(set => set.SetProperty(a => a.Active, false), ct);

        /// <summary>Takes the place again if it was given up. A refusal ends the transaction.</summary>
        public async Task<Rejection?> ReoccupyAsync(Booking booking, DateTimeOffset now, CancellationToken ct)
        {
            var rows = await db.Allocations.AsNoTracking()
                .Where(a => a.BookingId == booking.Id).OrderBy(a => a.ResourceId).ToListAsync(ct);
            if (rows.All(a => a.Active)) return null;

            var chosen = new ChosenResources(
                [.. rows.Select(a => new ChosenResource(a.ResourceId, a.Requirement, a.Unit, a.Units, a.PartOf))],
                rows[0].SessionKey, LocalDate.FromDateOnly(booking.LocalDate!.Value));
            var seats = await db.Services.Where(s => s.Id == booking.ServiceId).Select(s => s.Capacity).SingleAsync(ct);
            var occupied = booking.Time.Widen(
                TimeSpan.FromMinutes(booking.BeforeBufferMinutes), TimeSpan.FromMinutes(booking.AfterBufferMinutes));

            var write = new BookingWrite(booking, chosen, occupied, seats)
            {
                Allocations = AllocationWrite.Reoccupy,
                HasExpiredHolds = true, // nothing was read that says so
            };
            try
            {
                await db.ExecuteAsync(BookingWrite.Statements(now, write), ct);
                return null;
            }
            catch (PostgresException e) when (e.IsRejection() || e.SqlState == PostgresErrorCodes.ExclusionViolation)
            {
                return BookingRules.Conflict;
            }
        }
    }
}
