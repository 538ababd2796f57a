using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Bookings;
using Platform.Api.Http;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Api.Fhir;

/// <summary>Bookings as appointments. A hold is none yet.</summary>
internal static class AppointmentEndpoints
{
    public static void MapAppointments(this RouteGroupBuilder fhir)
    {
        fhir.MapGet("/Appointment", Search);
        fhir.MapGet("/Appointment/{id:long}", Read);
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Search(
        TenantDb db,
        HttpContext http,
        [FromQuery(Name = "date")] string[] date,
        [FromQuery(Name = "status")] string? status,
        [FromQuery(Name = "patient")] string? patient,
        [FromQuery(Name = "actor")] string? actor,
        [FromQuery(Name = "_id")] string? id,
        [FromQuery(Name = FhirSearch.CursorParameter)] TimeCursor? cursor,
        [FromQuery(Name = "_count"), Range(1, 200)] int count = 50,
        CancellationToken ct = default)
    {
        var zone = ZoneRules.Get(db.Tenant.TimeZone);
        if (FhirSearch.Starts(date, zone) is not { } starts) return FhirEndpoints.Unreadable("date");

        var bookings = db.Bookings.Where(b => b.StartAt >= starts.Start && b.StartAt < starts.End);
        if (FhirSearch.Ids(id) is { } ids) bookings = bookings.Where(b => ids.Contains(b.Id));
        if (FhirSearch.Ids(patient, "Patient") is { } clients)
        {
            bookings = bookings.Where(b => clients.Contains(b.ClientId!.Value));
        }

        if (FhirSearch.Words(status) is { } words)
        {
            var statuses = words.SelectMany(FhirResources.StatusesOf).ToArray();
            bookings = bookings.Where(b => statuses.Contains(b.Status));
        }

        if (actor is not null) bookings = WithActor(db, bookings, actor);

        var slice = new BookingSlice(count + 1, After: cursor is var (at, number) ? (at, number) : null);
        var found = await ReadAsync(db, bookings, slice, ct);
        return Bundle.Of(http, found.Cut(count, row => row.Booking.End).Of(row => row.Appointment));
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Read(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await ReadAsync(db, db.Bookings.Where(b => b.Id == id), new(1), ct) is not [var (booking, appointment)])
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        http.Response.Headers.ETag = $"W/\"{booking.Version}\"";
        return new FhirAnswer(appointment);
    }

    /// <summary>A patient, or a resource of whatever kind; an id alone can be either.</summary>
    private static IQueryable<Booking> WithActor(TenantDb db, IQueryable<Booking> bookings, string actor)
    {
        var allocations = db.Allocations;
        var clients = FhirSearch.Ids(actor, "Patient") ?? [];
        var resources = FhirSearch.Ids(actor, FhirActor.Kinds) ?? [];

        return bookings.Where(b => clients.Contains(b.ClientId!.Value)
            || allocations.Any(a => a.BookingId == b.Id && a.PartOf == null && resources.Contains(a.ResourceId)));
    }

    /// <summary>Two statements, however many there are.</summary>
    private static async Task<List<(Booking Booking, JsonObject Appointment)>> ReadAsync(
        TenantDb db, IQueryable<Booking> bookings, BookingSlice slice, CancellationToken ct)
    {
        var (services, clients) = (db.Services, db.Clients);
        var rows = await (
            from b in bookings.Where(b => b.Status != BookingStatuses.Held).Slice(slice)
            join s in services on b.ServiceId equals s.Id
            join c in clients on b.ClientId equals c.Id into known
            from c in known.DefaultIfEmpty()
            orderby b.StartAt, b.Id
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
