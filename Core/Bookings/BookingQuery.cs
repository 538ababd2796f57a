using System.Globalization;
using Platform.Contracts.Bookings;
using Platform.Contracts.People;
using Platform.Core.Bookings.Imports;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <param name="From">Bookings that end after this.</param>
/// <param name="To">Bookings that start before this.</param>
/// <param name="UpdatedSince">Bookings that were made or changed then or later.</param>
/// <param name="ExternalId">What an imported booking was called in its file: its UID, or another name.</param>
/// <param name="ClientEmail">Case-insensitive; also of a merged client.</param>
/// <param name="Text">Finds the client, as in their list, or the booking by its id.</param>
public sealed record BookingFilter(
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    long? ResourceId = null,
    long? ServiceId = null,
    long? ClientId = null,
    string? Status = null,
    DateTimeOffset? UpdatedSince = null,
    string? Uid = null,
    string? ExternalId = null,
    string? ClientEmail = null,
    string? Text = null);

/// <summary>A page of bookings by start and id.</summary>
/// <param name="Skip">So many are left out.</param>
/// <param name="After">It begins behind this one; the time is the one that the list is sorted by.</param>
public sealed record BookingListPage(
    int Count, int Skip = 0, (DateTimeOffset At, long Id)? After = null, BookingSort Sort = default);

/// <summary>By start, earliest first, unless it says otherwise; bookings of one time by id.</summary>
public readonly record struct BookingSort(bool ByCreation = false, bool Descending = false)
{
    public DateTimeOffset TimeOf(Booking booking) => ByCreation ? booking.CreatedAt : booking.StartAt;
}

/// <summary>Bookings with the names people know them by, in two statements however many there are.</summary>
public static class BookingQuery
{
    public static async Task<BookingView?> FindAsync(TenantDb db, long id, CancellationToken ct) =>
        (await ViewsAsync(db, Visible(db, db.Bookings).Where(b => b.Id == id), ct)).SingleOrDefault();

    public static async Task<BookingView?> FindWithHoldsAsync(TenantDb db, long id, CancellationToken ct) =>
        (await ViewsAsync(db, Visible(db, db.BookingsAndHolds).Where(b => b.Id == id), ct)).SingleOrDefault();

    public static Task<IReadOnlyList<BookingView>> FindAsync(TenantDb db, IReadOnlyList<long> ids, CancellationToken ct) =>
        ViewsAsync(db, Visible(db, db.Bookings).Where(b => ids.Contains(b.Id)), ct);

    public static async Task<IReadOnlyList<BookingView>> ListAsync(
        TenantDb db, BookingFilter filter, BookingListPage page, CancellationToken ct)
    {
        var views = await ViewsAsync(db, Matching(db, filter).PageRows(page), ct);
        if (page.Sort == default) return views;

        var byTime = views.OrderBy(view => page.Sort.TimeOf(view.Booking)).ThenBy(view => view.Booking.Id);
        return [.. page.Sort.Descending ? byTime.Reverse() : byTime];
    }

    public static IQueryable<Booking> Matching(TenantDb db, BookingFilter filter)
    {
        var bookings = Visible(db, db.Bookings);
        var allocations = db.Allocations;

        if (filter.From is { } from) bookings = bookings.Where(b => b.EndAt > from);
        if (filter.To is { } to) bookings = bookings.Where(b => b.StartAt < to);
        if (filter.ServiceId is { } service) bookings = bookings.Where(b => b.ServiceId == service);
        if (filter.ClientId is { } client) bookings = bookings.Where(b => b.ClientId == client);
        if (filter.Status is { } status) bookings = bookings.Where(b => b.Status == status);
        if (filter.UpdatedSince is { } since) bookings = bookings.Where(b => b.UpdatedAt >= since);
        if (filter.Uid is { } uid) bookings = bookings.Where(b => b.Uid == uid);
        if (filter.ExternalId is { } externalId)
        {
            string[] uids = [externalId, ImportRules.UidOf(externalId, db.Tenant.Id)];
            bookings = bookings.Where(b => uids.Contains(b.Uid));
        }

        if (filter.ClientEmail is { } asked)
        {
            var email = EmailAddresses.Canonical(asked);
            var named = db.Clients.FromSql($"select * from clients where lower(email) = lower({email})")
                .Select(c => c.MergedIntoId ?? c.Id);
            bookings = bookings.Where(b => named.Contains(b.ClientId!.Value));
        }

        if (filter.Text is { } text)
        {
            var found = db.ClientsNamed(text).Select(c => c.MergedIntoId ?? c.Id);
            var id = long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            bookings = bookings.Where(b => b.Id == id || found.Contains(b.ClientId!.Value));
        }

        if (filter.ResourceId is { } resource)
        {
            bookings = bookings.Where(b => allocations.Any(a => a.BookingId == b.Id && a.ResourceId == resource));
        }

        return bookings;
    }

    /// <summary>
    /// All, or those that are the caller's own. A merged client record means the record it was merged into.
    /// </summary>
    private static IQueryable<Booking> Visible(TenantDb db, IQueryable<Booking> bookings)
    {
        if (db.Tenant.Own is not { } own) return bookings;

        var (resource, client, allocations, clients) = (own.ResourceId, own.ClientId, db.Allocations, db.Clients);
        var (isMaker, maker) = (own.MadeBy is not null, own.MadeBy);
        return bookings.Where(b =>
            (isMaker && b.CreatedBy == maker)
            || allocations.Any(a => a.BookingId == b.Id && a.ResourceId == resource)
            || clients.Any(c => c.Id == client && (b.ClientId == c.Id || b.ClientId == c.MergedIntoId)));
    }

    public static IQueryable<Booking> PageRows(this IQueryable<Booking> bookings, BookingListPage page)
    {
        if (page.After is var (at, id)) bookings = bookings.Behind(page.Sort, at, id);

        var sorted = page.Sort switch
        {
            (false, false) => bookings.OrderBy(b => b.StartAt).ThenBy(b => b.Id),
            (false, true) => bookings.OrderByDescending(b => b.StartAt).ThenByDescending(b => b.Id),
            (true, false) => bookings.OrderBy(b => b.CreatedAt).ThenBy(b => b.Id),
            (true, true) => bookings.OrderByDescending(b => b.CreatedAt).ThenByDescending(b => b.Id),
        };
        return (page.Skip == 0 ? sorted : sorted.Skip(page.Skip)).Take(page.Count);
    }

    private static IQueryable<Booking> Behind(
        this IQueryable<Booking> bookings, BookingSort sort, DateTimeOffset at, long id) => sort switch
        {
            (false, false) => bookings.Where(b =>
                EF.Functions.GreaterThan(ValueTuple.Create(b.StartAt, b.Id), ValueTuple.Create(at, id))),
            (false, true) => bookings.Where(b =>
                EF.Functions.LessThan(ValueTuple.Create(b.StartAt, b.Id), ValueTuple.Create(at, id))),
            (true, false) => bookings.Where(b =>
                EF.Functions.GreaterThan(ValueTuple.Create(b.CreatedAt, b.Id), ValueTuple.Create(at, id))),
            (true, true) => bookings.Where(b =>
                EF.Functions.LessThan(ValueTuple.Create(b.CreatedAt, b.Id), ValueTuple.Create(at, id))),
        };

    /// <summary>
    /// The member of the filter that names something this tenant does not have; null if all is there.
    /// </summary>
    public static async Task<string?> UnknownIdAsync(TenantDb db, BookingFilter filter, CancellationToken ct)
    {
        if (filter.ResourceId is { } resource && !await db.Resources.AnyAsync(r => r.Id == resource, ct)) return "resourceId";
        if (filter.ServiceId is { } service && !await db.Services.AnyAsync(s => s.Id == service, ct)) return "serviceId";
        if (filter.ClientId is { } client && !await db.Clients.AnyAsync(c => c.Id == client, ct)) return "clientId";
        return null;
    }

    private static async Task<IReadOnlyList<BookingView>> ViewsAsync(
        TenantDb db, IQueryable<Booking> bookings, CancellationToken ct)
    {
        var services = db.Services;
        var clients = db.Clients;
        var rows = await (
            from b in bookings
            join s in services on b.ServiceId equals s.Id
            join c in clients on b.ClientId equals c.Id into found
            from c in found.DefaultIfEmpty()
            orderby b.StartAt, b.Id
            select new { Booking = b, ServiceName = s.Name, Client = (Client?)c }).AsNoTracking().ToListAsync(ct);

        var ids = rows.Select(row => row.Booking.Id).ToList();
        var resources = (await (
            from a in db.Set<Allocation>()
            join r in db.Set<Resource>() on a.ResourceId equals r.Id
            where ids.Contains(a.BookingId) && a.PartOf == null
            orderby a.ResourceId
            select new { a.BookingId, r.Id, r.Name }).ToListAsync(ct))
            .ToLookup(a => a.BookingId, a => new BookedResource(a.Id, a.Name));

        return
        [
            .. rows.Select(row => new BookingView(
                row.Booking, row.ServiceName, [.. resources[row.Booking.Id]], row.Client)),
        ];
    }
}
