using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Http;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Api.Fhir;

/// <summary>Bookings as appointments. Holds are not included.</summary>
internal static class AppointmentEndpoints
{
    private const string StatusSystem = "http://hl7.org/fhir/appointmentstatus";

    public static void MapAppointments(this RouteGroupBuilder fhir)
    {
        fhir.MapGet("/Appointment", Search);
        fhir.MapGet("/Appointment/{id:long}", Read);
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Search(
        TenantDb db, HttpContext http, CancellationToken ct)
    {
        var (query, faults) = FhirQuery.Read(http.Request, FhirType.Appointment);
        if (faults.Count > 0) return TypedResults.Problem(Problems.Invalid(faults));

        TimeCursor? cursor = null;
        if (query.Cursor is { } text && !TimeCursor.TryParse(text, out cursor)) return FhirEndpoints.UnknownCursor();

        var bookings = Matching(db, query, Bundle.BaseUrl(http.Request));
        var found = await ReadAsync(db, AppointmentOrder.Page(bookings, query, cursor), ct);
        var sorted = AppointmentOrder.Sort(found, row => row.Booking, query);
        return Bundle.Of(
            http, query, sorted.Cut(query.Count, row => AppointmentOrder.End(row.Booking, query)).Of(row => row.Appointment));
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Read(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await ReadAsync(db, db.Bookings.Where(b => b.Id == id && b.Status != BookingStatuses.Held), ct)
            is not [var (booking, appointment)])
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        http.Response.Headers.ETag = $"W/\"{booking.Version}\"";
        return new FhirAnswer(appointment);
    }

    private static IQueryable<Booking> Matching(TenantDb db, FhirQuery query, string baseUrl)
    {
        var zone = ZoneRules.Get(db.Tenant.TimeZone);
        var (starts, changed) = (query.Within("date", zone), query.Within("_lastUpdated", zone));
        var bookings = db.Bookings.Where(b => b.Status != BookingStatuses.Held);
        if (starts != FhirValues.Always) bookings = bookings.Where(b => b.StartAt >= starts.Start && b.StartAt < starts.End);
        if (changed != FhirValues.Always)
        {
            bookings = bookings.Where(b => b.UpdatedAt >= changed.Start && b.UpdatedAt < changed.End);
        }

        foreach (var ids in query.References("_id", baseUrl)) bookings = bookings.Where(b => ids.Contains(b.Id));
        foreach (var tokens in query.Tokens("identifier"))
        {
            var uids = tokens.Where(t => t.IsOf(FhirResources.BookingSystem)).Select(t => t.Code).ToArray();
            if (!uids.Contains(null)) bookings = bookings.Where(b => uids.Contains(b.Uid));
        }

        foreach (var tokens in query.Tokens("status"))
        {
            var statuses = tokens.Where(t => t.IsOf(StatusSystem))
                .SelectMany(t => FhirResources.StatusesOf(t.Code)).ToArray();
            bookings = bookings.Where(b => statuses.Contains(b.Status));
        }

        foreach (var tokens in query.Tokens("service-type"))
        {
            var services = FhirActors.Numbers(tokens, FhirResources.ServiceSystem);
            if (!services.Any) bookings = bookings.Where(b => services.Ids.Contains(b.ServiceId));
        }

        foreach (var clients in query.References("patient", baseUrl, "Patient"))
        {
            bookings = bookings.Where(b => clients.Contains(b.ClientId!.Value));
        }

        foreach (var tokens in query.Tokens("patient:identifier"))
        {
            var (ids, any) = FhirActors.Numbers(tokens, FhirResources.ClientSystem);
            bookings = bookings.Where(b => b.ClientId != null && (any || ids.Contains(b.ClientId!.Value)));
        }

        foreach (var actors in FhirActors.Of(query, baseUrl)) bookings = WithActor(db, bookings, actors);
        return bookings;
    }

    private static IQueryable<Booking> WithActor(TenantDb db, IQueryable<Booking> bookings, FhirActors actors)
    {
        var allocations = db.Allocations;
        var ((clients, anyClient), (resources, anyResource)) = (actors.Clients, actors.Resources);

        return bookings.Where(b => (b.ClientId != null && (anyClient || clients.Contains(b.ClientId!.Value)))
            || allocations.Any(a => a.BookingId == b.Id && a.PartOf == null
                && (anyResource || resources.Contains(a.ResourceId))));
    }

    /// <summary>Two statements, however many there are.</summary>
    private static async Task<List<(Booking Booking, JsonObject Appointment)>> ReadAsync(
        TenantDb db, IQueryable<Booking> bookings, CancellationToken ct)
    {
        var (services, clients) = (db.Services, db.Clients);
        var rows = await (
            from b in bookings
            join s in services on b.ServiceId equals s.Id
            join c in clients on b.ClientId equals c.Id into known
            from c in known.DefaultIfEmpty()
            select new { Booking = b, ServiceName = s.Name, Client = (Client?)c }).AsNoTracking().ToListAsync(ct);

        var ids = rows.Select(row => row.Booking.Id).ToList();
        var (resources, categories) = (db.Resources, db.Categories);
        var actors = (await (
            from a in db.Allocations
            join r in resources on a.ResourceId equals r.Id
            join k in categories on r.CategoryId equals k.Id
            where ids.Contains(a.BookingId) && a.PartOf == null
            orderby r.Id
            select new { a.BookingId, Resource = r, k.AttributeSchema }).AsNoTracking().ToListAsync(ct))
            .ToLookup(row => row.BookingId, row => FhirActor.Of(row.Resource, row.AttributeSchema));

        return
        [
            .. rows.Select(row => (
                row.Booking,
                FhirResources.Appointment(
                    row.Booking, row.ServiceName, row.Client,
                    [.. actors[row.Booking.Id].DistinctBy(actor => actor.Id)]))),
        ];
    }
}

/// <summary>The orders in which appointments are answered, each with the id where the rest is the same.</summary>
internal static class AppointmentOrder
{
    /// <summary>One more than a page has, from behind the cursor on.</summary>
    public static IQueryable<Booking> Page(IQueryable<Booking> bookings, FhirQuery query, TimeCursor? cursor)
    {
        var isDescending = query.IsDescending;
        if (cursor is var (at, id))
        {
            bookings = (query.Sort, isDescending) switch
            {
                ("_id", false) => bookings.Where(b => b.Id > id),
                ("_id", true) => bookings.Where(b => b.Id < id),
                ("date", false) => bookings.Where(b =>
                    EF.Functions.GreaterThan(ValueTuple.Create(b.StartAt, b.Id), ValueTuple.Create(at, id))),
                ("date", true) => bookings.Where(b =>
                    EF.Functions.LessThan(ValueTuple.Create(b.StartAt, b.Id), ValueTuple.Create(at, id))),
                (_, false) => bookings.Where(b =>
                    EF.Functions.GreaterThan(ValueTuple.Create(b.UpdatedAt, b.Id), ValueTuple.Create(at, id))),
                (_, true) => bookings.Where(b =>
                    EF.Functions.LessThan(ValueTuple.Create(b.UpdatedAt, b.Id), ValueTuple.Create(at, id))),
            };
        }

        var sorted = (query.Sort, isDescending) switch
        {
            ("_id", false) => bookings.OrderBy(b => b.Id),
            ("_id", true) => bookings.OrderByDescending(b => b.Id),
            ("date", false) => bookings.OrderBy(b => b.StartAt).ThenBy(b => b.Id),
            ("date", true) => bookings.OrderByDescending(b => b.StartAt).ThenByDescending(b => b.Id),
            (_, false) => bookings.OrderBy(b => b.UpdatedAt).ThenBy(b => b.Id),
            (_, true) => bookings.OrderByDescending(b => b.UpdatedAt).ThenByDescending(b => b.Id),
        };
        return sorted.Take(query.Count + 1);
    }

    /// <summary>A page again in its order, which joining it may have changed.</summary>
    public static List<T> Sort<T>(IEnumerable<T> page, Func<T, Booking> booking, FhirQuery query)
    {
        var sorted = page.OrderBy(row => End(booking(row), query).At).ThenBy(row => booking(row).Id).ToList();
        if (query.IsDescending) sorted.Reverse();
        return sorted;
    }

    public static TimeCursor End(Booking booking, FhirQuery query) => new(
        query.Sort switch { "_id" => DateTimeOffset.MinValue, "date" => booking.StartAt, _ => booking.UpdatedAt }, booking.Id);
}
