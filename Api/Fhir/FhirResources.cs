using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings;
using Platform.Core.Catalogue;
using Platform.Core.Clients;

namespace Platform.Api.Fhir;

/// <summary>A resource with what FHIR calls its kind: <c>Location</c>, <c>Practitioner</c>, <c>Device</c>.</summary>
internal sealed record FhirActor(long Id, string Name, string Type)
{
    /// <summary>The member of a category's attribute schema that names the kind; a place where it is absent.</summary>
    public const string KindMember = "x-fhir-type";

    public static readonly string[] Kinds =
        ["Location", "Practitioner", "PractitionerRole", "Device", "HealthcareService"];

    public static FhirActor Of(Resource resource, JsonElement attributeSchema) => new(
        resource.Id, resource.Name,
        attributeSchema.ValueKind is JsonValueKind.Object
        && attributeSchema.TryGetProperty(KindMember, out var kind)
        && kind.ValueKind is JsonValueKind.String && Kinds.Contains(kind.GetString())
            ? kind.GetString()!
            : Kinds[0]);
}

/// <summary>
/// Whom a search for an actor means: clients, or resources of whatever kind; an id alone can be either.
/// </summary>
internal sealed record FhirActors((long[] Ids, bool Any) Clients, (long[] Ids, bool Any) Resources)
{
    /// <summary>Of each value of <c>actor</c> and <c>actor:identifier</c>.</summary>
    public static IEnumerable<FhirActors> Of(FhirQuery query, string baseUrl) =>
        query.References("actor", baseUrl, "Patient").Zip(query.References("actor", baseUrl, FhirActor.Kinds))
            .Select(ids => new FhirActors((ids.First, false), (ids.Second, false)))
            .Concat(query.Tokens("actor:identifier").Select(tokens => new FhirActors(
                Numbers(tokens, FhirResources.ClientSystem), Numbers(tokens, FhirResources.ResourceSystem))));

    /// <param name="system">One of ours, whose codes are numbers.</param>
    /// <returns>Any for a system without a code.</returns>
    public static (long[] Ids, bool Any) Numbers(IReadOnlyList<FhirToken> tokens, string system)
    {
        var ours = tokens.Where(token => token.IsOf(system)).ToList();
        return ([.. ours.Select(token => token.Number).OfType<long>()], ours.Exists(token => token.Code is null));
    }
}

/// <summary>
/// Bookings, clients and resources as FHIR R4 resources. People who are no resource of this server are referred to by
/// identifier.
/// </summary>
internal static class FhirResources
{
    public const string BookingSystem = "urn:platform:booking-uid";
    public const string ResourceSystem = "urn:platform:resource";
    public const string ClientSystem = "urn:platform:client";
    public const string ServiceSystem = "urn:platform:service";

    /// <summary>Times and versions aside, the schedule is the resource.</summary>
    public static JsonObject Schedule(Resource resource, DateTimeOffset changed, FhirActor actor, TimeRange horizon) => new()
    {
        ["resourceType"] = "Schedule",
        ["id"] = $"{resource.Id}",
        ["meta"] = new JsonObject
        {
            ["versionId"] = $"{resource.Version}",
            ["lastUpdated"] = PlatformJson.WriteInstant(changed),
        },
        ["identifier"] = new JsonArray(Identifier(ResourceSystem, $"{resource.Id}")),
        ["active"] = resource.Active,
        ["actor"] = new JsonArray(Reference(actor)),
        ["planningHorizon"] = Period(horizon),
    };

    public static JsonObject Slot(FhirSlot slot) => new()
    {
        ["resourceType"] = "Slot",
        ["id"] = slot.Id,
        ["meta"] = new JsonObject { ["lastUpdated"] = PlatformJson.WriteInstant(slot.ChangedAt) },
        ["serviceType"] = new JsonArray(Service(slot.ServiceId, slot.ServiceName)),
        ["schedule"] = new JsonObject { ["reference"] = $"Schedule/{slot.ResourceId}" },
        ["status"] = slot.IsFree ? "free" : "busy",
        ["start"] = PlatformJson.WriteInstant(slot.Time.Start),
        ["end"] = PlatformJson.WriteInstant(slot.Time.End),
    };

    public static JsonObject Appointment(
        Booking booking, string serviceName, Client? client, IReadOnlyList<FhirActor> actors)
    {
        var status = StatusOf(booking.Status);
        var answer = status is "pending" ? "needs-action" : "accepted";
        var participants = actors.Select(actor => new JsonObject { ["actor"] = Reference(actor), ["status"] = answer });
        if (client is not null)
        {
            participants = participants.Append(new() { ["actor"] = Patient(client), ["status"] = "accepted" });
        }

        var appointment = new JsonObject
        {
            ["resourceType"] = "Appointment",
            ["id"] = $"{booking.Id}",
            ["meta"] = new JsonObject
            {
                ["versionId"] = $"{booking.Version}",
                ["lastUpdated"] = PlatformJson.WriteInstant(booking.UpdatedAt),
            },
            ["identifier"] = new JsonArray(Identifier(BookingSystem, booking.Uid)),
            ["status"] = status,
            ["serviceType"] = new JsonArray(Service(booking.ServiceId, serviceName)),
            ["start"] = PlatformJson.WriteInstant(booking.StartAt),
            ["end"] = PlatformJson.WriteInstant(booking.EndAt),
            ["minutesDuration"] = (int)booking.Time.Length.TotalMinutes,
            ["created"] = PlatformJson.WriteInstant(booking.CreatedAt),
            ["participant"] = new JsonArray([.. participants]),
        };

        // R4 requires at least one participant, and a reason only where nothing took place.
        if (appointment["participant"]!.AsArray() is { Count: 0 } none)
        {
            none.Add(new JsonObject
            {
                ["type"] = new JsonArray(Service(booking.ServiceId, serviceName)),
                ["status"] = answer,
            });
        }

        if (status is "cancelled" or "noshow" && booking.CancelReason is { } reason)
        {
            appointment["cancelationReason"] = new JsonObject { ["text"] = reason };
        }

        if (booking.Note is { Length: > 0 } note) appointment["comment"] = note;
        return appointment;
    }

    /// <summary>Ours for one of FHIR's, which has fewer.</summary>
    /// <param name="fhir">Null for any.</param>
    public static IEnumerable<string> StatusesOf(string? fhir) =>
        All.Where(status => fhir is null || StatusOf(status) == fhir);

    private static readonly string[] All =
    [
        BookingStatuses.Pending, BookingStatuses.Confirmed, BookingStatuses.CheckedIn, BookingStatuses.Completed,
        BookingStatuses.Cancelled, BookingStatuses.Rejected, BookingStatuses.Expired, BookingStatuses.NoShow,
    ];

    private static string StatusOf(string status) => status switch
    {
        BookingStatuses.Pending => "pending",
        BookingStatuses.Confirmed => "booked",
        BookingStatuses.CheckedIn => "arrived",
        BookingStatuses.Completed => "fulfilled",
        BookingStatuses.NoShow => "noshow",
        _ => "cancelled",
    };

    private static JsonObject Reference(FhirActor actor) => new()
    {
        ["type"] = actor.Type,
        ["identifier"] = Identifier(ResourceSystem, $"{actor.Id}"),
        ["display"] = actor.Name,
    };

    private static JsonObject Patient(Client client) => new()
    {
        ["type"] = "Patient",
        ["identifier"] = Identifier(ClientSystem, $"{client.Id}"),
        ["display"] = client.Name,
    };

    internal static JsonObject Service(long id, string name) => new()
    {
        ["coding"] = new JsonArray(new JsonObject { ["system"] = ServiceSystem, ["code"] = $"{id}", ["display"] = name }),
        ["text"] = name,
    };

    private static JsonObject Identifier(string system, string value) => new() { ["system"] = system, ["value"] = value };

    private static JsonObject Period(TimeRange time) => new()
    {
        ["start"] = PlatformJson.WriteInstant(time.Start),
        ["end"] = PlatformJson.WriteInstant(time.End),
    };
}
