using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Tenants;

namespace Platform.Api.Fhir;

/// <summary>
/// What SMART Scheduling Links publishes: the organisation is the place, each service a schedule of it. The person who
/// books is given a resource that is free, so slots are those of the service.
/// </summary>
internal static class BulkResources
{
    private const string DeepLink = "http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link";
    private const string Capacity = "http://fhir-registry.smarthealthit.org/StructureDefinition/slot-capacity";

    public static JsonObject Location(long tenantId, string name, TenantLocation place) => new()
    {
        ["resourceType"] = "Location",
        ["id"] = PlaceOf(tenantId),
        ["status"] = "active",
        ["name"] = name,
        ["telecom"] = place.Phone is { } phone
            ? new JsonArray(new JsonObject { ["system"] = "phone", ["value"] = phone, ["use"] = "work" })
            : null,
        ["address"] = new JsonObject
        {
            ["line"] = new JsonArray(place.Line1, place.Line2),
            ["city"] = place.City,
            ["state"] = place.Region,
            ["postalCode"] = place.PostalCode,
            ["country"] = place.Country,
        },
    };

    public static JsonObject Schedule(BookableService service, long tenantId, string tenantName) => new()
    {
        ["resourceType"] = "Schedule",
        ["id"] = ScheduleOf(service.Id),
        ["active"] = true,
        ["serviceType"] = new JsonArray(FhirResources.Service(service.Id, service.Name)),
        ["actor"] = new JsonArray(new JsonObject
        {
            ["reference"] = $"Location/{PlaceOf(tenantId)}",
            ["display"] = tenantName,
        }),
    };

    /// <param name="link">Where it can be booked; null if that is nowhere.</param>
    public static JsonObject Slot(BookableService service, Slot slot, string? link)
    {
        var extensions = new JsonArray(new JsonObject { ["url"] = Capacity, ["valueInteger"] = slot.Remaining });
        if (link is not null) extensions.Add(new JsonObject { ["url"] = DeepLink, ["valueUrl"] = link });

        return new()
        {
            ["resourceType"] = "Slot",
            ["id"] = $"{ScheduleOf(service.Id)}.{slot.Start.ToUnixTimeSeconds()}",
            ["extension"] = extensions,
            ["serviceType"] = new JsonArray(FhirResources.Service(service.Id, service.Name)),
            ["schedule"] = new JsonObject { ["reference"] = $"Schedule/{ScheduleOf(service.Id)}" },
            ["status"] = "free",
            ["start"] = PlatformJson.WriteInstant(slot.Start),
            ["end"] = PlatformJson.WriteInstant(slot.Start + service.Times.Length),
        };
    }

    private static string PlaceOf(long tenantId) => $"tenant.{tenantId}";

    private static string ScheduleOf(long serviceId) => $"service.{serviceId}";
}
