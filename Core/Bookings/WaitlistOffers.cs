using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Clients;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A time of a service that somebody gave back.</summary>
/// <param name="Places">How many became free: seats of a session, else places of a resource that has several.</param>
public sealed record FreedPlace(long ServiceId, DateTimeOffset Start, int Places)
{
    public static FreedPlace Of(Booking booking) => new(booking.ServiceId, booking.StartAt, booking.PartySize);
}

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
    private const int MostAsked = 200;

    /// <summary>After the change is saved that freed the place.</summary>
    public async Task OfferAsync(FreedPlace freed, CancellationToken ct)
    {
        if (freed.Start <= clock.Now) return;

        var left = freed.Places;
        SlotFacts? facts = null;
        foreach (var waiting in await WaitingAsync(freed, ct))
        {
            if (left <= 0) return;

            facts ??= await ReadAsync(freed, ct);
            if (facts is null || Fitting(facts, waiting.Entry, freed.Start) is not { } allotment) continue;

            if (await TryHoldAsync(waiting, freed.Start, facts, allotment, ct)) left -= waiting.Entry.PartySize;
            facts = null; // it has changed, or somebody else was faster
        }
    }

    /// <summary>
    /// The first free start for a waiting client that the client has not been offered. What is free and known
    /// they do not wait for.
    /// </summary>
    /// <param name="facts">Of the service, as of now, for the whole time they wait for.</param>
    /// <returns>Whether it is held for them.</returns>
    internal async Task<bool> OfferAsync(WaitlistEntry entry, Client client, SlotFacts facts, CancellationToken ct)
    {
        var now = clock.Now;
        var free = SlotRules.Slots(entry.QuestionOf(facts), entry.Times, now)
            .Select(slot => slot.Start).FirstOrDefault(start => start > now && !entry.KnownStarts.Contains(start));
        return free != default
            && Fitting(facts, entry, free) is { } allotment
            && await TryHoldAsync(new(entry, client), free, facts, allotment, ct);
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

    private sealed record Waiting(WaitlistEntry Entry, Client Client);

    private async Task<List<Waiting>> WaitingAsync(FreedPlace freed, CancellationToken ct)
    {
        var (entries, clients) = (db.Waitlist, db.Clients);
        var start = freed.Start.UtcDateTime;
        return await (
            from w in entries
            join c in clients on w.ClientId equals c.Id
            where w.ServiceId == freed.ServiceId && w.Status == WaitlistStatuses.Waiting && w.Wanted.Contains(start)
                && c.ErasedAt == null
            orderby w.Id
            select new Waiting(w, c)).Take(MostAsked).AsNoTracking().ToListAsync(ct);
    }

    private Task<SlotFacts?> ReadAsync(FreedPlace freed, CancellationToken ct) =>
        slots.ReadAsync(Connection, freed.ServiceId, AllotmentRules.Around(freed.Start), null, ct);

    private Allotment? Fitting(SlotFacts facts, WaitlistEntry entry, DateTimeOffset start) => AllotmentRules.Choose(
        facts, facts.Service.Times, start, entry.ResourceId is { } wanted ? [wanted] : [], entry.PartySize, clock.Now)
        .TryGet(out var allotment, out _) ? allotment : null;

    private async Task<bool> TryHoldAsync(
        Waiting waiting, DateTimeOffset start, SlotFacts facts, Allotment allotment, CancellationToken ct)
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
            await using var batch = new NpgsqlBatch(Connection);
            foreach (var statement in Statements(HoldFor(waiting, id, start, facts, allotment), waiting.Entry, facts))
            {
                batch.BatchCommands.Add(statement);
            }

            await batch.ExecuteNonQueryAsync(ct);
            return true;
        }
        catch (PostgresException e) when (e.LostARace() || e.IsRefusal())
        {
            await transaction.RollbackToSavepointAsync("offer", ct);
            return false;
        }
    }

    private NewBooking HoldFor(Waiting waiting, long id, DateTimeOffset start, SlotFacts facts, Allotment allotment)
    {
        var (entry, now) = (waiting.Entry, clock.Now);
        var length = now + OfferLength < start ? OfferLength : start - now;
        var request = new CreateBookingRequest(
            entry.ServiceId, start, entry.TimeZone, ClientId: entry.ClientId, PartySize: entry.PartySize);
        var wanted = new WantedHold(length, Owner: null, Holds.NewToken());
        var hold = NewBooking.Of(
            new(request, Actor, null, BookingSources.Waitlist, wanted),
            new(id, facts.Service, waiting.Client), facts.Service.Times, start, allotment, db.Tenant, now);
        hold.Booking.WaitlistId = entry.Id;
        return hold;
    }

    private IEnumerable<NpgsqlBatchCommand> Statements(NewBooking hold, WaitlistEntry entry, SlotFacts facts)
    {
        var (row, service, allotment, now) = (hold.Booking, hold.Service, hold.Allotment, hold.Booking.CreatedAt);

        if (service.HasLimits) yield return BookingStatements.LockService(service.Id);
        if (allotment.IsShared) yield return BookingStatements.LockResources(allotment);
        if (facts.HasExpiredHolds) yield return BookingStatements.ClearExpiredHolds(allotment, hold.Occupied, now);
        yield return BookingStatements.InsertBooking(row);
        yield return BookingStatements.InsertAllocations(row, allotment, hold.Occupied);
        if (allotment.IsShared)
        {
            yield return BookingStatements.CountDepth(allotment, hold.Occupied, service.Capacity, now);
        }

        if (service.HasLimits) yield return BookingStatements.CountLimits(row, service, allotment, now);

        yield return TenantSql.Statement(
            """
            update waitlist_entries set status = 'offered', booking_id = $2, offered_until = $3, updated_by = $4
            where id = $1
            """,
            entry.Id, row.Id, row.HoldExpiresAt, Actor);
        foreach (var job in BookingJobs.Of(row, service.CheckIn, db.Tenant)) yield return job;

        var offered = new WaitlistOffered(
            entry.Id, hold.View.ToSnapshot(db.Tenant), row.HoldToken!, row.HoldExpiresAt!.Value);
        var stamp = new EventStamp(entry.Id, entry.Version + 1, now, Actor);
        yield return OutboxMessage.Of(offered, db.Tenant.Id, stamp).ToStatement();
    }

    private NpgsqlConnection Connection => (NpgsqlConnection)db.Database.GetDbConnection();
}
