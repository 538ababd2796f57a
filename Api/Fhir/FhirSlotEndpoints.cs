using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Fhir;

internal static class FhirSlotEndpoints
{
    private const int MaxDays = 31;
    private const string StatusSystem = "http://hl7.org/fhir/slotstatus";

    /// <summary>What is answered where no end is asked for.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromDays(7);

    private static readonly FhirSorting<FhirSlot> Sorting = new(
        ["start", "schedule", "service-type"],
        SortMember<FhirSlot>.Instant("start", slot => slot.Time.Start),
        SortMember<FhirSlot>.Number("schedule", slot => slot.ResourceId),
        SortMember<FhirSlot>.Number("service-type", slot => slot.ServiceId));

    public static void MapFhirSlots(this RouteGroupBuilder fhir)
    {
        fhir.MapGet("/Slot", Search);
        fhir.MapGet("/Slot/{id}", Read);
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Search(
        TenantDb db, SlotQuery engine, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        var (query, errors) = FhirQuery.Read(http.Request, FhirType.Slot);
        if (!query.All("schedule").Any()) errors = [.. errors, new("schedule", "REQUIRED", "Slots are those of a schedule.")];
        if (errors.Count > 0) return TypedResults.Problem(Problems.Invalid(errors));

        if (!Sorting.TryRead(query, out var after)) return FhirEndpoints.UnknownCursor();

        var now = clock.GetUtcNow();
        var zone = ZoneRules.Get(db.Tenant.TimeZone);
        var (asked, changed) = (query.Within("start", zone), query.Within("_lastUpdated", zone));
        var from = asked.Start == DateTimeOffset.MinValue ? now : asked.Start;
        var starts = new TimeRange(from, asked.End == DateTimeOffset.MaxValue ? from + Usual : asked.End);
        if (starts.Length > TimeSpan.FromDays(MaxDays))
        {
            return new Rejection(
                RejectionKind.Invalid, Codes.RangeTooLong, $"The range must be at most {MaxDays} days.", "start").ToProblem();
        }

        var search = SearchOf(query, Bundle.BaseUrl(http.Request));
        var found = starts.IsEmpty ? [] : await SlotsAsync(db, engine, search, starts, now, ct);
        var slots = Sorting.Page(
            found.Where(slot => slot.ChangedAt >= changed.Start && slot.ChangedAt < changed.End), query, after);
        return Bundle.Of(http, query, slots.ToPage(query.Count, slot => Sorting.End(slot, query)).Of(FhirResources.Slot));
    }

    private static FhirSlotSearch SearchOf(FhirQuery query, string baseUrl)
    {
        var statuses = new HashSet<string>(["free", "busy"], StringComparer.Ordinal);
        foreach (var tokens in query.Tokens("status"))
        {
            var ours = tokens.Where(t => t.IsOf(StatusSystem)).ToList();
            if (!ours.Exists(t => t.Code is null)) statuses.IntersectWith(ours.Select(t => t.Code!));
        }

        long[]? services = null;
        foreach (var tokens in query.Tokens("service-type"))
        {
            var (ids, any) = FhirActors.Numbers(tokens, FhirResources.ServiceSystem);
            if (!any) services = services is null ? ids : [.. services.Intersect(ids)];
        }

        return new(
            query.References("schedule", baseUrl, "Schedule").Aggregate((all, next) => [.. all.Intersect(next)]), services,
            statuses);
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Read(
        string id, TenantDb db, SlotQuery engine, TimeProvider clock, CancellationToken ct)
    {
        if (FhirSlot.Read(id) is not var (serviceId, resourceId, start)) return TypedResults.Problem(Problems.NotFound());

        var then = new TimeRange(start, start.AddSeconds(1));
        var found = await SlotsAsync(
            db, engine, new([resourceId], [serviceId], new(["free", "busy"])), then, clock.GetUtcNow(), ct);
        return found.FirstOrDefault(slot => slot.Id == id) is { } slot
            ? new FhirAnswer(FhirResources.Slot(slot))
            : TypedResults.Problem(Problems.NotFound());
    }

    private static async Task<List<FhirSlot>> SlotsAsync(
        TenantDb db, SlotQuery engine, FhirSlotSearch search, TimeRange starts, DateTimeOffset now, CancellationToken ct)
    {
        var (resourceIds, serviceIds, statuses) = search;
        var active = await db.Resources.Where(r => r.Active && resourceIds.Contains(r.Id))
            .Select(r => r.Id).ToListAsync(ct);
        List<FhirSlot> slots = [];

        if (statuses.Contains("free"))
        {
            foreach (var serviceId in await FhirSlots.ServicesOfAsync(db, active, ct))
            {
                if (serviceIds?.Contains(serviceId) == false) continue;
                slots.AddRange(await FhirSlots.FreeAsync(engine, serviceId, starts, now, ct));
            }
        }

        if (statuses.Contains("busy")) slots.AddRange(await FhirSlots.BusyAsync(db, resourceIds, starts, ct));

        return
        [
            .. slots
                .Where(slot => resourceIds.Contains(slot.ResourceId) && serviceIds?.Contains(slot.ServiceId) != false)
                .DistinctBy(slot => slot.Id), // a session that still has places is free first
        ];
    }

    /// <param name="ServiceIds">Null for any.</param>
    private sealed record FhirSlotSearch(long[] ResourceIds, long[]? ServiceIds, HashSet<string> Statuses);
}
