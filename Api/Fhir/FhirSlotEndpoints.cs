using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Bookings;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Fhir;

internal static class FhirSlotEndpoints
{
    private const int MaxDays = 31;

    /// <summary>What is answered where no end is asked for.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromDays(7);

    public static void MapFhirSlots(this RouteGroupBuilder fhir)
    {
        fhir.MapGet("/Slot", Search);
        fhir.MapGet("/Slot/{id}", Read);
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Search(
        TenantDb db,
        SlotQuery engine,
        TimeProvider clock,
        HttpContext http,
        [FromQuery(Name = "schedule")] string schedule,
        [FromQuery(Name = "start")] string[] start,
        [FromQuery(Name = "status")] string? status,
        [FromQuery(Name = "service-type")] string? serviceType,
        [FromQuery(Name = FhirSearch.CursorParameter)] TimeCursor? cursor,
        [FromQuery(Name = "_count"), Range(1, 200)] int count = 50,
        CancellationToken ct = default)
    {
        var zone = ZoneRules.Get(db.Tenant.TimeZone);
        if (FhirSearch.Starts(start, zone) is not { } asked) return FhirEndpoints.Unreadable("start");

        var now = clock.GetUtcNow();
        var from = asked.Start == DateTimeOffset.MinValue ? now : asked.Start;
        var starts = new TimeRange(from, asked.End == DateTimeOffset.MaxValue ? from + Usual : asked.End);
        if (starts.Length > TimeSpan.FromDays(MaxDays))
        {
            return new Rejection(
                RejectionKind.Invalid, Codes.RangeTooLong, $"It spans at most {MaxDays} days.", "start").ToProblem();
        }

        var resourceIds = FhirSearch.Ids(schedule, "Schedule") ?? [];
        var found = starts.IsEmpty
            ? []
            : await SlotsAsync(
                db, engine, resourceIds, starts, FhirSearch.Words(status), FhirSearch.Ids(serviceType), now, ct);
        var slots = found
            .OrderBy(slot => slot.Time.Start).ThenBy(Place).ThenBy(slot => slot.Id, StringComparer.Ordinal)
            .SkipWhile(slot => cursor is var (at, place) && (slot.Time.Start, Place(slot)).CompareTo((at, place)) <= 0)
            .Take(count + 1).ToList();
        return Bundle.Of(
            http, slots.Cut(count, slot => new TimeCursor(slot.Time.Start, Place(slot))).Of(FhirResources.Slot));
    }

    private static async Task<Results<FhirAnswer, ProblemHttpResult>> Read(
        string id, TenantDb db, SlotQuery engine, TimeProvider clock, CancellationToken ct)
    {
        if (FhirSlot.Read(id) is not var (serviceId, resourceId, start)) return TypedResults.Problem(Problems.NotFound());

        var then = new TimeRange(start, start.AddSeconds(1));
        var found = await SlotsAsync(db, engine, [resourceId], then, null, [serviceId], clock.GetUtcNow(), ct);
        return found.FirstOrDefault(slot => slot.Id == id) is { } slot
            ? new FhirAnswer(FhirResources.Slot(slot))
            : TypedResults.Problem(Problems.NotFound());
    }

    /// <summary>Ids of tenants' services and resources stay far below what would make two places one.</summary>
    private static long Place(FhirSlot slot) => (slot.ResourceId * 1_000_000_007) ^ slot.ServiceId;

    private static async Task<List<FhirSlot>> SlotsAsync(
        TenantDb db, SlotQuery engine, long[] resourceIds, TimeRange starts, string[]? statuses, long[]? serviceIds,
        DateTimeOffset now, CancellationToken ct)
    {
        var active = await db.Resources.Where(r => r.Active && resourceIds.Contains(r.Id))
            .Select(r => r.Id).ToListAsync(ct);
        List<FhirSlot> slots = [];

        if (statuses?.Contains("free") ?? true)
        {
            foreach (var serviceId in await FhirSlots.ServicesOfAsync(db, active, ct))
            {
                if (serviceIds?.Contains(serviceId) == false) continue;
                slots.AddRange(await FhirSlots.FreeAsync(engine, serviceId, starts, now, ct));
            }
        }

        if (statuses?.Contains("busy") ?? true) slots.AddRange(await FhirSlots.BusyAsync(db, resourceIds, starts, ct));

        return
        [
            .. slots
                .Where(slot => resourceIds.Contains(slot.ResourceId) && serviceIds?.Contains(slot.ServiceId) != false)
                .DistinctBy(slot => slot.Id), // a session that still has places is free first
        ];
    }
}
