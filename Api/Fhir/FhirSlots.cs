using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Slots;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Fhir;

/// <summary>A start of a service at a resource, free or taken. It is stored nowhere: its id says what it is.</summary>
/// <param name="ChangedAt">
/// When the booking changed last that takes it; of a free one when it was computed, since no row records when it
/// became free.
/// </param>
internal sealed record FhirSlot(
    long ServiceId, string ServiceName, long ResourceId, TimeRange Time, bool IsFree, DateTimeOffset ChangedAt)
{
    public string Id => $"{ServiceId}-{ResourceId}-{Time.Start.ToUnixTimeSeconds()}";

    /// <returns>Null if it is the id of no slot.</returns>
    public static (long ServiceId, long ResourceId, DateTimeOffset Start)? Read(string id) =>
        id.Split('-') is [var service, var resource, var start]
        && Number(service) is { } serviceId && Number(resource) is { } resourceId && Number(start) is { } seconds
        && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? (serviceId, resourceId, DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>What the slots of a resource are computed and read from.</summary>
internal static class FhirSlots
{
    private static readonly string[] Busy =
        [BookingStatuses.Pending, BookingStatuses.Confirmed, BookingStatuses.CheckedIn, BookingStatuses.Completed];

    /// <summary>The one place of FHIR that knows the slot engine.</summary>
    /// <returns>Every start that is offered, at every resource that could take it.</returns>
    public static async Task<List<FhirSlot>> FreeAsync(
        SlotQuery engine, long serviceId, TimeRange starts, DateTimeOffset now, CancellationToken ct)
    {
        if (await engine.ReadAsync(new(serviceId, starts), ct) is not { Service: var service } inputs) return [];

        var question = service.Question(service.Times, inputs.Occupied, partySize: 1, requestedIds: []);
        return
        [
            .. from slot in SlotRules.Slots(question, starts, now)
               from resourceId in slot.Free.Select(free => free.ResourceId).Distinct()
               select new FhirSlot(
                   service.Id, service.Name, resourceId, new(slot.Start, slot.Start + service.Times.Length), IsFree: true,
                   now),
        ];
    }

    /// <summary>The bookings of these resources that start then.</summary>
    public static async Task<List<FhirSlot>> BusyAsync(
        TenantDb db, IReadOnlyList<long> resourceIds, TimeRange starts, CancellationToken ct)
    {
        var (bookings, services) = (db.BookingsAndHolds, db.Services);
        var rows = await (
            from a in db.Allocations
            join b in bookings on a.BookingId equals b.Id
            join s in services on b.ServiceId equals s.Id
            where resourceIds.Contains(a.ResourceId) && b.StartAt >= starts.Start && b.StartAt < starts.End
                && Busy.Contains(b.Status)
            group b.UpdatedAt by new { b.ServiceId, s.Name, a.ResourceId, b.StartAt, b.EndAt } into same
            select new { Slot = same.Key, ChangedAt = same.Max() }).ToListAsync(ct);

        return
        [
            .. from row in rows
               let slot = row.Slot
               select new FhirSlot(
                   slot.ServiceId, slot.Name, slot.ResourceId, new(slot.StartAt, slot.EndAt), IsFree: false, row.ChangedAt),
        ];
    }

    /// <summary>The active services that these resources are named for, or belong to by their category.</summary>
    public static async Task<List<long>> ServicesOfAsync(
        TenantDb db, IReadOnlyList<long> resourceIds, CancellationToken ct)
    {
        var (links, needs, resources) = (db.ServiceResources, db.Set<ServiceNeed>(), db.Resources);
        return await db.Services
            .Where(s => s.Active
                && (links.Any(l => l.ServiceId == s.Id && resourceIds.Contains(l.ResourceId))
                    || needs.Any(n => n.ServiceId == s.Id
                        && resources.Any(r => resourceIds.Contains(r.Id) && r.CategoryId == n.CategoryId))))
            .OrderBy(s => s.Id).Select(s => s.Id).ToListAsync(ct);
    }
}
