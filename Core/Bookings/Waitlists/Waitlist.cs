using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Waitlists;

/// <param name="IsNew">Whether the request made the entry; false if the client was waiting already.</param>
public readonly record struct JoinedWaitlist(WaitlistResponse Entry, bool IsNew);

/// <summary>
/// Clients who wait for a place, in the caller's transaction. <see cref="WaitlistOffers"/> gives them one.
/// </summary>
public sealed class Waitlist(
    TenantDb db, Holds holds, SlotQuery slots, FindOrCreateClient clients, TimeProvider clock)
{
    /// <summary>How many free slots the answer lists for a client who joins although there are some.</summary>
    private const int MaxFreeSlots = 5;

    /// <summary>And how many are remembered as known to them.</summary>
    private const int Remembered = 500;

    private static readonly TimeSpan MaxRange = TimeSpan.FromDays(92);

    /// <summary>Each further attempt means that a concurrent request has changed the entry.</summary>
    private const int Attempts = 10;

    public async Task<WaitlistResponse?> FindAsync(long id, CancellationToken ct) =>
        (await ViewsAsync([id], ct)).SingleOrDefault();

    private async Task<WaitlistResponse> GetAsync(long id, CancellationToken ct) => (await ViewsAsync([id], ct)).Single();

    /// <summary>By number.</summary>
    public async Task<IReadOnlyList<WaitlistResponse>> ViewsAsync(IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var (entries, people, now) = (db.Waitlist, db.Clients, clock.Now);
        var rows = await (
            from w in entries
            join c in people on w.ClientId equals c.Id
            where ids.Contains(w.Id)
            orderby w.Id
            select new { Entry = w, Client = c })
            .AsNoTracking().ToListAsync(ct);
        return [.. rows.Select(row => ToResponse(row.Entry, row.Client, now))];
    }

    /// <summary>The member of the request that names something that is not there.</summary>
    /// <param name="publicOnly">Whether only services that anybody may book exist for the caller.</param>
    public async Task<Rejection?> UnknownAsync(JoinWaitlistRequest request, bool publicOnly, CancellationToken ct)
    {
        var (service, client) = (request.ServiceId, request.ClientId);
        if (!await db.Services.AnyAsync(s => s.Id == service && s.Active && (s.Public || !publicOnly), ct))
        {
            return BookingRules.UnknownService;
        }

        if (request.ResourceId is { } resource)
        {
            var candidates = await db.Database
                .SqlQuery<long>($"select distinct resource_id as \"Value\" from service_candidates({service})")
                .ToListAsync(ct);
            if (!candidates.Contains(resource)) return BookingRules.UnknownResource("resourceId");
        }

        return client is null || await clients.FindAsync(client.Value, ct, alone: true) is not null
            ? null
            : BookingRules.UnknownClient;
    }

    /// <summary>After <see cref="UnknownAsync"/> had nothing to say, for a request that names a client.</summary>
    /// <param name="hasConsented">Whether the client has agreed, in this request, to their data being kept.</param>
    public async Task<Result<JoinedWaitlist>> JoinAsync(
        JoinWaitlistRequest request, string actor, CancellationToken ct, bool hasConsented = false)
    {
        var from = BookingRules.StartOf(request.From, request.TimeZone);
        var to = BookingRules.StartOf(request.To, request.TimeZone);
        if (Rejection.All(For(from.Rejection, "from"), For(to.Rejection, "to")) is { } unclear) return unclear;
        if (Range(from.Value, to.Value, clock.Now) is { } wrong) return wrong;

        var size = request.PartySize ?? 1;
        var service = await db.Services.Where(s => s.Id == request.ServiceId)
            .Select(s => new { s.Name, s.Capacity }).SingleAsync(ct);
        if (service.Capacity > 1 && size > service.Capacity) return TooMany(size, service.Capacity);

        // Serialised, so that two concurrent requests of a client make one entry.
        if (!(await ClientAsync(request, actor, ct)).TryGet(out var client, out var unfit)) return unfit;

        var clientId = client.Id;
        var (start, end) = (from.Value.UtcDateTime, to.Value.UtcDateTime);
        var same = await db.Waitlist.AsNoTracking()
            .Where(w => w.ClientId == clientId && w.ServiceId == request.ServiceId
                && w.Wanted.LowerBound == start && w.Wanted.UpperBound == end
                && (w.Status == WaitlistStatuses.Waiting || w.Status == WaitlistStatuses.Offered))
            .FirstOrDefaultAsync(ct);
        if (same is not null)
        {
            return same.ResourceId == request.ResourceId && same.PartySize == size
                ? new JoinedWaitlist(await WithFreeSlotsAsync(same, await FreeAsync(same, ct), ct), IsNew: false)
                : WaitsAlready;
        }

        return new JoinedWaitlist(await AddAsync(
            new()
            {
                ServiceId = request.ServiceId,
                ClientId = clientId,
                ResourceId = request.ResourceId,
                Wanted = new(start, true, end, false),
                PartySize = size,
                TimeZone = request.TimeZone ?? db.Tenant.TimeZone,
                Status = WaitlistStatuses.Waiting,
                ConsentedAt = hasConsented ? clock.Now : null,
            },
            service.Name, client, actor, ct), IsNew: true);
    }

    private async Task<WaitlistResponse> AddAsync(
        WaitlistEntry entry, string serviceName, Client client, string actor, CancellationToken ct)
    {
        var free = await FreeAsync(entry, ct);
        entry.KnownStarts = [.. free.Take(Remembered).Select(slot => slot.Start)];
        db.Create(entry, actor);
        await db.SaveChangesAsync(ct);
        var joined = new WaitlistJoined(new(
            entry.Id, entry.ServiceId, serviceName, entry.Times.Start, entry.Times.End, entry.TimeZone, entry.PartySize,
            client.Id, client.Name, client.Email, client.Locale));
        var stamp = new EventStamp(entry.Id, entry.Version, clock.Now, actor);
        await db.ExecuteAsync(
            [
                BookingJobs.Schedule(BookingJobs.WaitlistExpiry, db.Tenant, entry.Id, entry.Times.End),
                OutboxMessage.Of(joined, db.Tenant.Id, stamp).ToStatement(),
            ], ct);
        return await WithFreeSlotsAsync(entry, free, ct);
    }

    /// <summary>The entry, with the slots that the client could book instead of waiting.</summary>
    private async Task<WaitlistResponse> WithFreeSlotsAsync(
        WaitlistEntry entry, IReadOnlyList<SlotResponse> free, CancellationToken ct) =>
        await GetAsync(entry.Id, ct) with { FreeSlots = [.. free.Take(MaxFreeSlots)] };

    private async Task<IReadOnlyList<SlotResponse>> FreeAsync(WaitlistEntry entry, CancellationToken ct)
    {
        if (await slots.ReadAsync(db, new(entry.ServiceId, entry.Times), ct) is not { } inputs) return [];

        var question = entry.QuestionOf(inputs);
        return
        [
            .. SlotRules.Slots(question, entry.Times, clock.Now)
                .Select(slot => slot.ToResponse(question.Times.Length)),
        ];
    }

    /// <summary>What is offered to them goes to the next. Leaving twice is leaving once.</summary>
    public async Task<Result<WaitlistResponse>> LeaveAsync(
        long id, long? expectedVersion, string actor, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var entry = await db.Waitlist.AsNoTracking().SingleOrDefaultAsync(w => w.Id == id, ct);
            if (entry is null) return Rejection.NotFound;
            if (VersionRules.Check(expectedVersion, entry.Version) is { } stale) return stale;
            if (entry.Status == WaitlistStatuses.Booked) return BookedAlready;
            if (WaitlistRules.StatusOf(entry, clock.Now) is WaitlistStatuses.Cancelled or WaitlistStatuses.Expired)
            {
                return await GetAsync(id, ct);
            }

            // The hold first, then the entry: in the lock order of using and ending a hold.
            var holdId = entry.Status == WaitlistStatuses.Offered ? entry.BookingId : null;
            if (holdId is not null)
            {
                await db.Database.ExecuteSqlAsync($"select from bookings where id = {holdId} for update", ct);
            }

            var left = await db.Waitlist.Where(w => w.Id == id && w.Version == entry.Version)
                .ExecuteUpdateAsync(set => set
                    .SetProperty(w => w.Status, WaitlistStatuses.Cancelled)
                    .SetProperty(w => w.UpdatedBy, actor), ct);
            if (left == 0) continue; // a concurrent request changed it

            if (holdId is { } hold && await holds.FindAsync(hold, ct) is { } offered)
            {
                await holds.ReleaseAsync(offered, ct);
            }

            return await GetAsync(id, ct);
        }

        return ChangesOften;
    }

    private async Task<Result<Client>> ClientAsync(JoinWaitlistRequest request, string actor, CancellationToken ct) =>
        request switch
        {
            { ClientId: { } id } => await clients.FindAsync(id, ct, alone: true) is { } known ? known : BookingRules.UnknownClient,
            { Client: { } details } => await clients.FindOrCreateAsync(details, actor, ct, alone: true),
            _ => BookingRules.UnknownClient,
        };

    private static Rejection? For(Rejection? rejection, string field) =>
        rejection?.Field == "start" ? rejection with { Field = field } : rejection;

    private static Rejection? Range(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        if (to <= from) return new(RejectionKind.Invalid, Codes.InvalidRange, "`to` must be after `from`.", "to");
        if (to <= now) return new(RejectionKind.Invalid, Codes.InvalidRange, "`to` must be in the future.", "to");
        return to - from > MaxRange
            ? new(RejectionKind.Invalid, Codes.RangeTooLong, $"The range must be at most {MaxRange.Days} days.", "to")
            : null;
    }

    private static Rejection TooMany(int size, int seats) =>
        new(RejectionKind.Invalid, Codes.CapacityFull, $"There is no place for {size}; it takes {seats}.", "partySize");

    private static Rejection WaitsAlready { get; } = new(
        RejectionKind.Conflict, Codes.AlreadyExists, "The client is already on the waitlist for this time, with other values.");

    private static Rejection ChangesOften { get; } =
        new(RejectionKind.Conflict, Codes.VersionMismatch, "The entry keeps changing; try again.");

    private static Rejection BookedAlready { get; } =
        new(RejectionKind.Conflict, Codes.InvalidTransition, "The client has been given a booking; cancel the booking instead.");

    private static WaitlistResponse ToResponse(WaitlistEntry w, Client client, DateTimeOffset now) => new(
        w.Id, w.ServiceId, new(client.Id, client.Name, client.Email), w.ResourceId, w.Times.Start, w.Times.End,
        w.TimeZone, w.PartySize, WaitlistRules.StatusOf(w, now), w.BookingId, w.OfferedUntil, w.Version)
    {
        Stamps = w.ToStamps(),
    };
}
