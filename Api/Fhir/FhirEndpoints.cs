using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Core.Availability;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Fhir;

/// <summary>FHIR R4 (4.0.1), to be read: schedules, slots and appointments.</summary>
internal static class FhirEndpoints
{
    /// <summary>How far a schedule is planned: what slots can be asked about.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(366);

    public static void MapFhir(this RouteGroupBuilder fhir)
    {
        var resources = fhir.RequireScope(Scopes.Scheduling);
        resources.MapGet("/metadata", Metadata);
        resources.MapGet("/Schedule", Schedules);
        resources.MapGet("/Schedule/{id:long}", Schedule);
        resources.MapAppointments();
        resources.MapFhirSlots();
    }

    private static FhirAnswer Metadata(HttpContext http) => new(new JsonObject
    {
        ["resourceType"] = "CapabilityStatement",
        ["status"] = "active",
        ["date"] = "2026-11-22",
        ["kind"] = "instance",
        ["implementation"] = new JsonObject
        {
            ["description"] = "Scheduling",
            ["url"] = Bundle.BaseUrl(http.Request),
        },
        ["fhirVersion"] = "4.0.1",
        ["format"] = new JsonArray(FhirAnswer.ContentType),
        ["rest"] = new JsonArray(new JsonObject
        {
            ["mode"] = "server",
            ["resource"] = new JsonArray(
                Readable("Schedule", ("actor", "reference"), ("active", "token"), ("date", "date"), ("_id", "token")),
                Readable("Slot", ("schedule", "reference"), ("start", "date"), ("status", "token"),
                    ("service-type", "token")),
                Readable("Appointment", ("date", "date"), ("status", "token"), ("patient", "reference"),
                    ("actor", "reference"), ("_id", "token"))),
        }),
    });

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Schedules(
        TenantDb db,
        TimeProvider clock,
        HttpContext http,
        [FromQuery(Name = "actor")] string? actor,
        [FromQuery(Name = "active")] bool? active,
        [FromQuery(Name = "date")] string[] date,
        [FromQuery(Name = "_id")] string? id,
        [FromQuery(Name = FhirSearch.CursorParameter)] IdCursor? cursor,
        [FromQuery(Name = "_count"), Range(1, 200)] int count = 50,
        CancellationToken ct = default)
    {
        if (FhirSearch.Starts(date, ZoneRules.Get(db.Tenant.TimeZone)) is not { } wanted) return Unreadable("date");

        var horizon = HorizonOf(db, clock);
        var resources = wanted.Overlaps(horizon) ? db.Resources.AsQueryable() : db.Resources.Where(r => false);
        if (cursor is { Id: var last }) resources = resources.Where(r => r.Id > last);
        if (active is not null) resources = resources.Where(r => r.Active == active);
        foreach (var ids in new[] { FhirSearch.Ids(id), FhirSearch.Ids(actor, FhirActor.Kinds) })
        {
            if (ids is not null) resources = resources.Where(r => ids.Contains(r.Id));
        }

        var found = await ReadAsync(db, resources.OrderBy(r => r.Id).Take(count + 1), ct);
        return Bundle.Of(http, found.Cut(count, row => new IdCursor(row.Resource.Id))
            .Of(row => FhirResources.Schedule(row.Resource, row.Actor, horizon)));
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Schedule(
        long id, TenantDb db, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        if (await ReadAsync(db, db.Resources.Where(r => r.Id == id), ct) is not [var (resource, actor)])
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        http.Response.Headers.ETag = $"W/\"{resource.Version}\"";
        return new FhirAnswer(FhirResources.Schedule(resource, actor, HorizonOf(db, clock)));
    }

    private static async Task<List<(Resource Resource, FhirActor Actor)>> ReadAsync(
        TenantDb db, IQueryable<Resource> resources, CancellationToken ct)
    {
        var categories = db.Categories;
        var rows = await (
            from r in resources
            join c in categories on r.CategoryId equals c.Id
            orderby r.Id
            select new { Resource = r, c.AttributeSchema }).AsNoTracking().ToListAsync(ct);

        return [.. rows.Select(row => (row.Resource, FhirActor.Of(row.Resource, row.AttributeSchema)))];
    }

    /// <summary>From the day it is asked about, in the tenant's zone.</summary>
    private static TimeRange HorizonOf(TenantDb db, TimeProvider clock)
    {
        var zone = ZoneRules.Get(db.Tenant.TimeZone);
        var today = ZoneRules.ToInstant(ZoneRules.DateOf(clock.GetUtcNow(), zone).AtMidnight(), zone).ToUniversalTime();
        return new(today, today + Horizon);
    }

    internal static ProblemHttpResult Unreadable(string parameter) => TypedResults.Problem(Problems.Invalid(
        new FieldError(parameter, "INVALID", "It cannot be read.")));

    private static JsonObject Readable(string type, params (string Name, string Type)[] parameters) => new()
    {
        ["type"] = type,
        ["interaction"] = new JsonArray(
            new JsonObject { ["code"] = "read" }, new JsonObject { ["code"] = "search-type" }),
        ["searchParam"] = new JsonArray(
            [.. parameters.Select(p => new JsonObject { ["name"] = p.Name, ["type"] = p.Type })]),
    };
}
