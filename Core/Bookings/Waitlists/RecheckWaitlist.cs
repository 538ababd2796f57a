using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Waitlists;

/// <summary>
/// Offers what a change of the catalogue (more hours, more places, a blackout that went) has made free to those who
/// wait, in order of joining, in the caller's transaction.
/// </summary>
public sealed class RecheckWaitlist(TenantDb db, SlotQuery slots, WaitlistOffers offers, TimeProvider clock)
{
    /// <summary>So many who wait are looked at in one transaction.</summary>
    private const int PartSize = 200;

    public async Task RunAsync(CancellationToken ct)
    {
        for (var last = 0L; ;)
        {
            var part = await NextAsync(last, ct);
            foreach (var ofService in part.GroupBy(w => w.Entry.ServiceId)) await OfferAsync([.. ofService], ct);
            if (part.Count < PartSize) return;

            last = part[^1].Entry.Id;
        }
    }

    /// <summary>The requested time of an entry is over, so the entry expires.</summary>
    public Task<int> ExpireAsync(long entryId, CancellationToken ct)
    {
        var now = clock.Now.UtcDateTime;
        return db.Waitlist
            .Where(w => w.Id == entryId && w.Status == WaitlistStatuses.Waiting && w.Wanted.UpperBound <= now)
            .ExecuteUpdateAsync(set => set
                .SetProperty(w => w.Status, WaitlistStatuses.Expired)
                .SetProperty(w => w.UpdatedBy, WaitlistOffers.Actor), ct);
    }

    private Task<List<WaitingEntry>> NextAsync(long after, CancellationToken ct)
    {
        var (entries, clients, now) = (db.Waitlist, db.Clients, clock.Now.UtcDateTime);
        return (
            from w in entries
            join c in clients on w.ClientId equals c.Id
            where w.Id > after && w.Status == WaitlistStatuses.Waiting && w.Wanted.UpperBound > now && c.ErasedAt == null
            orderby w.Id
            select new WaitingEntry(w, c)).Take(PartSize).AsNoTracking().ToListAsync(ct);
    }

    private async Task OfferAsync(IReadOnlyList<WaitingEntry> waiting, CancellationToken ct)
    {
        var whole = new TimeRange(waiting.Min(w => w.Entry.Times.Start), waiting.Max(w => w.Entry.Times.End));
        SlotInputs? inputs = null;
        foreach (var (entry, client) in waiting)
        {
            inputs ??= await slots.ReadAsync(db, new(entry.ServiceId, whole), ct);
            if (inputs is null) return; // not offered at present

            if (await offers.OfferAsync(entry, client, inputs, ct)) inputs = null; // a place less
        }
    }
}
