using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Clients;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Waitlists;

/// <summary>A time of a service that somebody gave back.</summary>
/// <param name="Places">How many became free: seats of a session, else places of a resource that has several.</param>
public sealed record FreedTime(long ServiceId, DateTimeOffset Start, int Places)
{
    public static FreedTime Of(Booking booking) => new(booking.ServiceId, booking.StartAt, booking.PartySize);
}

/// <summary>An entry of the waitlist with its client.</summary>
internal sealed record WaitingEntry(WaitlistEntry Entry, Client Client);

/// <summary>
/// Offers freed time to waiting clients, in order of joining, in the transaction that freed it: the first entry that
/// fits gets a hold, and an event leads to a mail. An offer that cannot be made takes nothing back of what freed the
/// place.
/// </summary>
public sealed class WaitlistOffers(TenantDb db, SlotQuery slots, TimeProvider clock)
{
    internal const string Actor = "system";

    /// <summary>Long enough to read a mail, short enough for the next in line.</summary>
    private static readonly TimeSpan OfferLength = TimeSpan.FromMinutes(30);

    /// <summary>The request that frees a place considers at most this many entries.</summary>
    private const int MaxEntries = 200;

    /// <summary>After the change is saved that freed the place.</summary>
    public async Task OfferAsync(FreedTime freed, CancellationToken ct)
    {
        if (freed.Start <= clock.Now) return;

        var left = freed.Places;
        SlotInputs? inputs = null;
        foreach (var waiting in await WaitingAsync(freed, ct))
        {
            if (left <= 0) return;

            inputs ??= await ReadAsync(freed, ct);
            if (inputs is null || Fitting(inputs, waiting.Entry, freed.Start) is not { } chosen) continue;

            if (await TryHoldAsync(waiting, freed.Start, inputs, chosen, ct)) left -= waiting.Entry.PartySize;
            inputs = null; // it has changed, or somebody else was faster
        }
    }

    /// <summary>
    /// The first free start for a waiting client that the client has not been offered. They do not wait
    /// for times that were free before.
    /// </summary>
    /// <param name="inputs">The current inputs of the service, for the whole time of the entry.</param>
    /// <returns>Whether it is held for them.</returns>
    internal async Task<bool> OfferAsync(WaitlistEntry entry, Client client, SlotInputs inputs, CancellationToken ct)
    {
        var now = clock.Now;
        var free = SlotRules.Slots(entry.QuestionOf(inputs), entry.Times, now)
            .Select(slot => slot.Start).FirstOrDefault(start => start > now && !entry.KnownStarts.Contains(start));
        return free != default
            && Fitting(inputs, entry, free) is { } chosen
            && await TryHoldAsync(new(entry, client), free, inputs, chosen, ct);
    }

    /// <summary>The client has let the offer pass. After the hold's row has been locked.</summary>
    public Task EndAsync(long holdId, CancellationToken ct) => db.Waitlist
        .Where(w => w.BookingId == holdId && w.Status == WaitlistStatuses.Offered)
        .ExecuteUpdateAsync(set => set
            .SetProperty(w => w.Status, WaitlistStatuses.Expired)
            .SetProperty(w => w.UpdatedBy, Actor), ct);

    /// <summary>The client has taken the offer: in the batch that makes the hold a booking.</summary>
    internal static NpgsqlBatchCommand Booked(long waitlistId, string actor) => TenantSql.Statement(
        "update waitlist_entries set status = 'booked', updated_by = $2 where id = $1 and status = 'offered'",
        waitlistId, actor);

    private async Task<List<WaitingEntry>> WaitingAsync(FreedTime freed, CancellationToken ct)
    {
        var (entries, clients) = (db.Waitlist, db.Clients);
        var start = freed.Start.UtcDateTime;
        return await (
            from w in entries
            join c in clients on w.ClientId equals c.Id
            where w.ServiceId == freed.ServiceId && w.Status == WaitlistStatuses.Waiting && w.Wanted.Contains(start)
                && c.ErasedAt == null
            orderby w.Id
            select new WaitingEntry(w, c)).Take(MaxEntries).AsNoTracking().ToListAsync(ct);
    }

    private Task<SlotInputs?> ReadAsync(FreedTime freed, CancellationToken ct) =>
        slots.ReadAsync(db, new(freed.ServiceId, ResourceChoiceRules.Around(freed.Start)), ct);

    private ChosenResources? Fitting(SlotInputs inputs, WaitlistEntry entry, DateTimeOffset start) => ResourceChoiceRules.Choose(
        inputs, inputs.Service.Times, start, entry.ResourceId is { } wanted ? [wanted] : [], entry.PartySize, clock.Now)
        .TryGet(out var chosen, out _) ? chosen : null;

    private async Task<bool> TryHoldAsync(
        WaitingEntry waiting, DateTimeOffset start, SlotInputs inputs, ChosenResources chosen, CancellationToken ct)
    {
        var transaction = db.Database.CurrentTransaction!;
        await transaction.CreateSavepointAsync("offer", ct);

        // A concurrent offer, leave or merge of this client holds the same locks.
        if (await db.ReadAsync([ClientLocks.TryShare(waiting.Client.Id)], row => row.GetBoolean(0), ct) is not [true])
        {
            return false;
        }

        var free = await db.Database.SqlQuery<long>(
            $"""
            select nextval('bookings_id_seq') as "Value" from (
                select from waitlist_entries e join clients c on c.id = e.client_id
                where e.id = {waiting.Entry.Id} and e.status = 'waiting' and c.id = {waiting.Client.Id}
                    and c.merged_into_id is null and c.erased_at is null
                for update of e skip locked) w
            """).ToListAsync(ct);
        if (free is not [var id]) return false;

        try
        {
            await db.ExecuteAsync(Statements(HoldFor(waiting, id, start, inputs, chosen), waiting.Entry, inputs), ct);
            return true;
        }
        catch (PostgresException e) when (e.LostARace() || e.IsRejection())
        {
            await transaction.RollbackToSavepointAsync("offer", ct);
            return false;
        }
    }

    private NewBooking HoldFor(WaitingEntry waiting, long id, DateTimeOffset start, SlotInputs inputs, ChosenResources chosen)
    {
        var (entry, now) = (waiting.Entry, clock.Now);
        var length = now + OfferLength < start ? OfferLength : start - now;
        var request = new CreateBookingRequest(
            entry.ServiceId, start, entry.TimeZone, ClientId: entry.ClientId, PartySize: entry.PartySize);
        var wanted = new RequestedHold(length, Owner: null, Holds.NewToken());
        var hold = NewBooking.Of(
            new(request, Actor, null, BookingSources.Waitlist, wanted),
            new(id, inputs.Service, waiting.Client), inputs.Service.Times, start, chosen, db.Tenant, now);
        hold.Booking.WaitlistId = entry.Id;
        return hold;
    }

    private IEnumerable<NpgsqlBatchCommand> Statements(NewBooking hold, WaitlistEntry entry, SlotInputs inputs)
    {
        var (row, now) = (hold.Booking, hold.Booking.CreatedAt);
        if (row is not { HoldToken: { } token, HoldExpiresAt: { } until })
        {
            throw new ArgumentException("The booking is not a hold.", nameof(hold));
        }

        var offered = new WaitlistOffered(entry.Id, hold.View.ToSnapshot(db.Tenant), token, until);
        var stamp = new EventStamp(entry.Id, entry.Version + 1, now, Actor);
        return BookingWrite.Statements(now, BookingWrite.Of(hold) with
        {
            KnownClients = [], // locked before the entry
            HasExpiredHolds = inputs.HasExpiredHolds,
            After =
            [
                TenantSql.Statement(
                    """
                    update waitlist_entries set status = 'offered', booking_id = $2, offered_until = $3, updated_by = $4
                    where id = $1
                    """,
                    entry.Id, row.Id, until, Actor),
                .. BookingJobs.Of(row, hold.Service.CheckIn, db.Tenant),
                OutboxMessage.Of(offered, db.Tenant.Id, stamp).ToStatement(),
            ],
        });
    }
}
