using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Http;
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

    private static readonly FhirSorting<Booking> Sorting = new(
        ["_id"],
        SortMember<Booking>.Number("_id", b => b.Id),
        SortMember<Booking>.Instant("date", b => b.StartAt),
        SortMember<Booking>.Instant("_lastUpdated", b => b.UpdatedAt));

    public static void MapAppointments(this RouteGroupBuilder fhir)
    {
        fhir.MapGet("/Appointment", Search);
        fhir.MapGet("/Appointment/{id:long}", Read);
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Search(
        TenantDb db, HttpContext http, CancellationToken ct)
    {
        var (query, errors) = FhirQuery.Read(http.Request, FhirType.Appointment);
        if (errors.Count > 0) return TypedResults.Problem(Problems.Invalid(errors));

        if (!Sorting.TryRead(query, out var after)) return FhirEndpoints.UnknownCursor();

        var bookings = Matching(db, query, Bundle.BaseUrl(http.Request));
        var found = await ReadAsync(db, Sorting.Page(bookings, query, after), ct);
        var sorted = Sorting.Sort(found, row => row.Booking, query);
        return Bundle.Of(
            http, query, sorted.ToPage(query.Count, row => Sorting.End(row.Booking, query)).Of(row => row.Appointment));
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Read(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await ReadAsync(db, db.Bookings.Where(b => b.Id == id), ct)
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
        IQueryable<Booking> bookings = db.Bookings;
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
