using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
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
    private static readonly FhirSorting<Resource> Sorting = new(
        ["_id"],
        SortMember<Resource>.Number("_id", r => r.Id),
        SortMember<Resource>.Instant("_lastUpdated", r => r.UpdatedAt));

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
            ["resource"] = new JsonArray([.. FhirType.All.Select(type => type.ToCapability())]),
        }),
    });

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Schedules(
        TenantDb db, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        var (query, errors) = FhirQuery.Read(http.Request, FhirType.Schedule);
        if (errors.Count > 0) return TypedResults.Problem(Problems.Invalid(errors));

        if (!Sorting.TryRead(query, out var after)) return UnknownCursor();

        var horizon = HorizonOf(db, clock);
        var resources = Matching(db, query, horizon, Bundle.BaseUrl(http.Request));
        var found = Sorting.Sort(await ReadAsync(db, Sorting.Page(resources, query, after), ct), row => row.Resource, query);
        return Bundle.Of(http, query, found.ToPage(query.Count, row => Sorting.End(row.Resource, query))
            .Of(row => FhirResources.Schedule(row.Resource, row.Resource.UpdatedAt, row.Actor, horizon)));
    }

    private static IQueryable<Resource> Matching(TenantDb db, FhirQuery query, TimeRange horizon, string baseUrl)
    {
        var zone = ZoneRules.Get(db.Tenant.TimeZone);
        var changed = query.Within("_lastUpdated", zone);
        var resources = db.Resources.Where(r => true);
        if (!query.Within("date", zone).Overlaps(horizon)) resources = resources.Where(r => false);
        if (changed != FhirValues.Always)
        {
            resources = resources.Where(r => r.UpdatedAt >= changed.Start && r.UpdatedAt < changed.End);
        }

        foreach (var tokens in query.Tokens("active"))
        {
            var (yes, no) = (tokens.Any(t => t.Code == "true"), tokens.Any(t => t.Code == "false"));
            resources = resources.Where(r => r.Active ? yes : no);
        }

        foreach (var tokens in query.Tokens("identifier").Concat(query.Tokens("actor:identifier")))
        {
            var (ids, any) = FhirActors.Numbers(tokens, FhirResources.ResourceSystem);
            if (!any) resources = resources.Where(r => ids.Contains(r.Id));
        }

        foreach (var ids in query.References("_id", baseUrl).Concat(query.References("actor", baseUrl, FhirActor.Kinds)))
        {
            resources = resources.Where(r => ids.Contains(r.Id));
        }

        return resources;
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Schedule(
        long id, TenantDb db, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        if (await ReadAsync(db, db.Resources.Where(r => r.Id == id), ct) is not [var (resource, actor)])
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        http.Response.Headers.ETag = $"W/\"{resource.Version}\"";
        return new FhirAnswer(FhirResources.Schedule(resource, resource.UpdatedAt, actor, HorizonOf(db, clock)));
    }

    private static async Task<List<(Resource Resource, FhirActor Actor)>> ReadAsync(
        TenantDb db, IQueryable<Resource> resources, CancellationToken ct)
    {
        var categories = db.Categories;
        var rows = await (
            from r in resources
            join c in categories on r.CategoryId equals c.Id
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

    internal static ProblemHttpResult UnknownCursor() =>
        TypedResults.Problem(Problems.Invalid(new FieldError("_cursor", "INVALID", "The cursor is unknown.")));
}
