using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>Exactly one is there; neither, if there is no such entry.</summary>
public readonly record struct WaitlistOutcome(WaitlistResponse? Entry, Rejection? Rejection);

/// <summary>Clients who wait for a place, in the caller's transaction. <see cref="WaitlistOffers"/> gives them one.</summary>
public sealed class Waitlist(TenantDb db, Holds holds, TimeProvider clock)
{
    private static readonly TimeSpan LongestRange = TimeSpan.FromDays(92);

    public async Task<WaitlistResponse?> FindAsync(long id, CancellationToken ct) =>
        (await ViewsAsync([id], ct)).SingleOrDefault();

    /// <summary>By number.</summary>
    public async Task<IReadOnlyList<WaitlistResponse>> ViewsAsync(IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var (entries, clients) = (db.Waitlist, db.Clients);
        var rows = await (
            from w in entries
            join c in clients on w.ClientId equals c.Id
            where ids.Contains(w.Id)
            orderby w.Id
            select new { Entry = w, Client = c, JoinedAt = EF.Property<DateTimeOffset>(w, "CreatedAt") })
            .AsNoTracking().ToListAsync(ct);
        return [.. rows.Select(row => ToResponse(row.Entry, row.Client, row.JoinedAt))];
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

        return client is null || await KnownClientAsync(client.Value, ct) is not null ? null : BookingRules.UnknownClient;
    }

    /// <summary>After <see cref="UnknownAsync"/> had nothing to say, for a request that names a client.</summary>
    public async Task<WaitlistOutcome> JoinAsync(JoinWaitlistRequest request, string actor, CancellationToken ct)
    {
        var (from, unclear) = BookingRules.StartOf(request.From, request.TimeZone);
        var (to, unclearToo) = BookingRules.StartOf(request.To, request.TimeZone);
        if (unclear is not null) return new(null, For(unclear, "from"));
        if (unclearToo is not null) return new(null, For(unclearToo, "to"));
        if (Range(from, to, clock.Now) is { } wrong) return new(null, wrong);

        var size = request.PartySize ?? 1;
        var seats = await db.Services.Where(s => s.Id == request.ServiceId).Select(s => s.Capacity).SingleAsync(ct);
        if (seats > 1 && size > seats) return new(null, TooMany(size, seats));

        var (phone, noPhone) = ClientRules.Phone(request.Client?.Phone, db.Tenant.Country);
        if (noPhone is not null) return new(null, noPhone with { Field = "client.phone" });

        // One after the other, so that whoever asks twice at once waits once.
        var clientId = request.ClientId is { } named
            ? (await KnownClientAsync(named, ct))!.Value
            : await ClientAsync(request.Client! with { Phone = phone }, actor, ct);
        await db.Database.ExecuteSqlAsync($"select from clients where id = {clientId} for no key update", ct);
        var (start, end) = (from.UtcDateTime, to.UtcDateTime);
        var same = await db.Waitlist.AsNoTracking()
            .Where(w => w.ClientId == clientId && w.ServiceId == request.ServiceId
                && w.Wanted.LowerBound == start && w.Wanted.UpperBound == end
                && (w.Status == WaitlistStatuses.Waiting || w.Status == WaitlistStatuses.Offered))
            .FirstOrDefaultAsync(ct);
        if (same is not null)
        {
            return same.ResourceId == request.ResourceId && same.PartySize == size
                ? new(await FindAsync(same.Id, ct), null)
                : new(null, WaitsAlready);
        }

        var entry = new WaitlistEntry
        {
            ServiceId = request.ServiceId,
            ClientId = clientId,
            ResourceId = request.ResourceId,
            Wanted = new(start, true, end, false),
            PartySize = size,
            TimeZone = request.TimeZone ?? db.Tenant.TimeZone,
            Status = WaitlistStatuses.Waiting,
        };
        db.Create(entry, actor);
        await db.SaveChangesAsync(ct);
        return new(await FindAsync(entry.Id, ct), null);
    }

    /// <summary>What is offered to them goes to the next. Leaving twice is leaving once.</summary>
    public async Task<WaitlistOutcome> LeaveAsync(long id, long? expectedVersion, CancellationToken ct)
    {
        while (true)
        {
            var entry = await db.Waitlist.AsNoTracking().SingleOrDefaultAsync(w => w.Id == id, ct);
            if (entry is null) return default;
            if (BookingRules.Version(expectedVersion, entry.Version) is { } stale) return new(null, stale);
            if (entry.Status == WaitlistStatuses.Booked) return new(null, BookedAlready);
            if (entry.Status is WaitlistStatuses.Cancelled or WaitlistStatuses.Expired)
            {
                return new(await FindAsync(id, ct), null);
            }

            // The hold first, then the entry: in the order of whoever uses the hold, or ends it.
            var holdId = entry.Status == WaitlistStatuses.Offered ? entry.BookingId : null;
            if (holdId is not null)
            {
                await db.Database.ExecuteSqlAsync($"select from bookings where id = {holdId} for update", ct);
            }

            var left = await db.Waitlist.Where(w => w.Id == id && w.Version == entry.Version)
                .ExecuteUpdateAsync(set => set.SetProperty(w => w.Status, WaitlistStatuses.Cancelled), ct);
            if (left == 0) continue; // it was changed meanwhile

            if (holdId is { } hold && await holds.FindAsync(hold, ct) is { } offered)
            {
                await holds.ReleaseAsync(offered, ct);
            }

            return new(await FindAsync(id, ct), null);
        }
    }

    /// <summary>Whoever was merged is who they were merged into.</summary>
    private Task<long?> KnownClientAsync(long id, CancellationToken ct)
    {
        var clients = db.Clients;
        return clients
            .Where(c => c.ErasedAt == null && c.MergedIntoId == null
                && (c.Id == id || clients.Any(merged => merged.Id == id && merged.MergedIntoId == c.Id)))
            .Select(c => (long?)c.Id).SingleOrDefaultAsync(ct);
    }

    /// <summary>A known client is recognised by e-mail; somebody who joins twice at once becomes one client.</summary>
    private async Task<long> ClientAsync(ClientDetails details, string actor, CancellationToken ct)
    {
        var locale = details.Locale ?? db.Tenant.Locale;
        var made = await db.Database.SqlQuery<long>(
            $"""
            insert into clients (name, email, phone, locale, created_by, updated_by)
            select {details.Name}, {details.Email}, {details.Phone}, {locale}, {actor}, {actor}
            where not exists (select from clients where lower(email) = lower({details.Email}))
            on conflict do nothing
            returning id as "Value"
            """).ToListAsync(ct);
        if (made is [var id]) return id;

        return (await db.Database
            .SqlQuery<long>($"select id as \"Value\" from clients where lower(email) = lower({details.Email})")
            .ToListAsync(ct)).Single();
    }

    private static Rejection For(Rejection rejection, string field) =>
        rejection.Field == "start" ? rejection with { Field = field } : rejection;

    private static Rejection? Range(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        if (to <= from) return new(RejectionKind.Invalid, Codes.InvalidRange, "It is empty.", "to");
        if (to <= now) return new(RejectionKind.Invalid, Codes.InvalidRange, "It is over.", "to");
        return to - from > LongestRange
            ? new(RejectionKind.Invalid, Codes.RangeTooLong, $"It is at most {LongestRange.Days} days.", "to")
            : null;
    }

    private static Rejection TooMany(int size, int seats) =>
        new(RejectionKind.Invalid, Codes.CapacityFull, $"There is no place for {size}; it takes {seats}.", "partySize");

    private static Rejection WaitsAlready { get; } = new(
        RejectionKind.Conflict, Codes.AlreadyExists, "The client waits for that already, with other wishes.");

    private static Rejection BookedAlready { get; } =
        new(RejectionKind.Conflict, Codes.InvalidTransition, "The client has a place; cancel the booking instead.");

    private static WaitlistResponse ToResponse(WaitlistEntry w, Client client, DateTimeOffset joinedAt) => new(
        w.Id, w.ServiceId, new(client.Id, client.Name, client.Email), w.ResourceId, Utc(w.Wanted.LowerBound),
        Utc(w.Wanted.UpperBound), w.TimeZone, w.PartySize, w.Status, w.BookingId, w.OfferedUntil, w.Version, joinedAt);

    private static DateTimeOffset Utc(DateTime instant) => new(instant, TimeSpan.Zero);
}
