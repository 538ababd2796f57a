using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Core.Storage;

namespace Platform.Core.Catalogue;

/// <summary>Services with what they require, as answers show them.</summary>
public static class ServiceQuery
{
    public static async Task<List<ServiceResponse>> ToResponsesAsync(
        TenantDb db, IReadOnlyList<Service> services, CancellationToken ct)
    {
        var ids = services.Select(s => s.Id).ToList();
        var needs = (await db.ServiceNeeds.AsNoTracking().Where(n => ids.Contains(n.ServiceId)).ToListAsync(ct))
            .ToLookup(n => n.ServiceId);
        var named = (await db.ServiceResources.AsNoTracking().Where(r => ids.Contains(r.ServiceId)).ToListAsync(ct))
            .ToLookup(r => r.ServiceId);

        return [.. services.Select(s => ToResponse(s, [.. needs[s.Id]], [.. named[s.Id]]))];
    }

    /// <summary>By service: the active resources of the requirements for which the client chooses.</summary>
    public static async Task<ILookup<long, BookedResource>> ChoicesAsync(
        TenantDb db, IReadOnlyList<long> serviceIds, CancellationToken ct)
    {
        var ids = serviceIds.ToArray();
        var rows = await db.Database.SqlQuery<ClientChoice>($"""
            select n.service_id as "ServiceId", r.id as "Id", r.name as "Name"
            from service_requirements n
            cross join lateral service_candidates(n.service_id) c
            join resources r on r.id = c.resource_id and r.active
            where n.service_id = any({ids}) and n.assignment = {Assignments.Client} and c.requirement = n.requirement
            order by n.service_id, n.requirement, r.name, r.id
            """).ToListAsync(ct);
        return rows.ToLookup(row => row.ServiceId, row => new BookedResource(row.Id, row.Name));
    }

    private sealed record ClientChoice(long ServiceId, long Id, string Name);

    /// <summary>Replaces what a service requires.</summary>
    public static async Task WriteRequirementsAsync(
        TenantDb db, long serviceId, IReadOnlyList<ServiceRequirement> requirements, CancellationToken ct)
    {
        await db.ServiceResources.Where(r => r.ServiceId == serviceId).ExecuteDeleteAsync(ct);
        await db.ServiceNeeds.Where(n => n.ServiceId == serviceId).ExecuteDeleteAsync(ct);

        for (short i = 0; i < requirements.Count; i++)
        {
            var (wanted, number) = (requirements[i], (short)(i + 1));
            db.Add(new ServiceNeed
            {
                ServiceId = serviceId,
                Requirement = number,
                CategoryId = wanted.CategoryId,
                Attributes = wanted.Attributes ?? JsonSerializer.SerializeToElement(new { }),
                Quantity = (short)wanted.Quantity,
                Assignment = wanted.Assignment,
            });
            db.AddRange((wanted.ResourceIds ?? []).Select(id => new ServiceResource
            {
                ServiceId = serviceId,
                ResourceId = id,
                Requirement = number,
            }));
        }

        await db.SaveChangesAsync(ct);
    }

    private static ServiceResponse ToResponse(Service s, List<ServiceNeed> needs, List<ServiceResource> named) => new(
        s.Id, s.Name, s.Description, s.DurationsMinutes, s.BeforeBufferMinutes, s.AfterBufferMinutes,
        s.SlotIntervalMinutes, s.MinimumNoticeMinutes, s.BookingWindowDays,
        s.Price is { } price ? new Money(price, s.Currency!) : null,
        [.. named.Select(r => r.ResourceId).Distinct().Order()],
        s.Public, s.SlotGrid, s.Capacity, s.RequiresApproval, s.Limits, s.Cancellation, s.CheckIn, s.Questions,
        Requirements(needs, named), s.Active, s.Version, RemindersMinutes: s.RemindersMinutes)
    { Stamps = s.ToStamps() };

    /// <summary>A requirement without a row takes any one of its resources.</summary>
    private static List<ServiceRequirement> Requirements(List<ServiceNeed> needs, List<ServiceResource> named) =>
    [
        .. from number in needs.Select(n => n.Requirement).Union(named.Select(r => r.Requirement)).Order()
           let need = needs.Find(n => n.Requirement == number)
           select new ServiceRequirement(
               need?.CategoryId,
               [.. named.Where(r => r.Requirement == number).Select(r => r.ResourceId).Order()],
               need?.Attributes,
               need?.Quantity ?? 1,
               need?.Assignment ?? Assignments.Any),
    ];
}
