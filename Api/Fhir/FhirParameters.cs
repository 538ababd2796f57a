using System.Text.Json.Nodes;

namespace Platform.Api.Fhir;

/// <param name="Type">Of R4: <c>token</c>, <c>reference</c>, <c>date</c>.</param>
/// <param name="Modifiers">The modifiers allowed after its name and a colon.</param>
internal sealed record FhirParameter(string Name, string Type, params string[] Modifiers)
{
    /// <summary>The codes that a token may have; null for any.</summary>
    public IReadOnlyList<string>? Codes { get; init; }
}

/// <summary>What can be searched for of one type: the searches and the CapabilityStatement are made from it.</summary>
/// <param name="Sorts">What <c>_sort</c> takes, first what is sorted by without it.</param>
internal sealed record FhirType(string Name, IReadOnlyList<FhirParameter> Parameters, IReadOnlyList<string> Sorts)
{
    public const string Identifier = "identifier";

    public static readonly FhirType Schedule = new(
        "Schedule",
        [
            new("_id", "token"), new("_lastUpdated", "date"), new("active", "token") { Codes = ["true", "false"] },
            new("actor", "reference", Identifier), new("date", "date"), new(Identifier, "token"),
        ],
        ["_id"]);

    public static readonly FhirType Slot = new(
        "Slot",
        [
            new("schedule", "reference"), new("service-type", "token"), new("start", "date"),
            new("status", "token") { Codes = ["busy", "free", "busy-unavailable", "busy-tentative", "entered-in-error"] },
        ],
        ["start"]);

    public static readonly FhirType Appointment = new(
        "Appointment",
        [
            new("_id", "token"), new("_lastUpdated", "date"), new("actor", "reference", Identifier), new("date", "date"),
            new(Identifier, "token"), new("patient", "reference", Identifier), new("service-type", "token"),
            new("status", "token")
            {
                Codes =
                [
                    "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error",
                    "checked-in", "waitlist",
                ],
            },
        ],
        ["date", "_id", "_lastUpdated"]);

    public static readonly IReadOnlyList<FhirType> All = [Schedule, Slot, Appointment];

    /// <summary>Its member of <c>CapabilityStatement.rest.resource</c>.</summary>
    public JsonObject ToCapability() => new()
    {
        ["type"] = Name,
        ["interaction"] = new JsonArray(
            new JsonObject { ["code"] = "read" }, new JsonObject { ["code"] = "search-type" }),
        ["searchParam"] = new JsonArray(
        [
            .. Parameters.Select(p => Parameter(p.Name, p.Type, p.Modifiers is [] ? null : $"Modifier: {p.Modifiers[0]}")),
            Parameter("_count", "number", $"1 to {FhirQuery.MaxCount}"),
            Parameter("_sort", "string", $"One of {string.Join(", ", Sorts)}, with a minus before it for the other way"),
        ]),
    };

    private static JsonObject Parameter(string name, string type, string? documentation)
    {
        var parameter = new JsonObject { ["name"] = name, ["type"] = type };
        if (documentation is not null) parameter["documentation"] = documentation;
        return parameter;
    }
}
