using System.Text.Json;
using Json.Schema;

namespace Platform.Tests.Fhir;

/// <summary>
/// The requirements of SMART Scheduling Links for a manifest and the lines of its files, as JSON Schema: required
/// members, their types and values.
/// </summary>
internal static class SchedulingLinksSchemas
{
    public static readonly JsonSchema Manifest = JsonSchema.FromText("""
        {
            "type": "object",
            "required": ["transactionTime", "request", "output"],
            "properties": {
                "transactionTime": { "$ref": "#/$defs/instant" },
                "request": { "type": "string", "pattern": "^https?://.+/\\$bulk-publish$" },
                "requiresAccessToken": { "type": "boolean" },
                "output": {
                    "type": "array",
                    "minItems": 3,
                    "items": {
                        "type": "object",
                        "required": ["type", "url"],
                        "properties": {
                            "type": { "enum": ["Location", "Schedule", "Slot"] },
                            "url": { "type": "string", "pattern": "^https?://.+\\.ndjson$" },
                            "extension": { "type": "object" }
                        }
                    },
                    "allOf": [
                        { "contains": { "properties": { "type": { "const": "Location" } } } },
                        { "contains": { "properties": { "type": { "const": "Schedule" } } } },
                        { "contains": { "properties": { "type": { "const": "Slot" } } } }
                    ]
                },
                "error": { "type": "array" }
            },
            "$defs": {
                "instant": { "type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$" }
            }
        }
        """);

    public static readonly IReadOnlyDictionary<string, JsonSchema> Lines = new Dictionary<string, JsonSchema>
    {
        ["Location"] = Resource("Location", """
            "required": ["resourceType", "id", "name", "telecom", "address"],
            "properties": {
                "resourceType": { "const": "Location" },
                "id": { "$ref": "#/$defs/id" },
                "name": { "type": "string", "minLength": 1 },
                "telecom": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["system", "value"],
                        "properties": { "system": { "enum": ["phone", "fax", "email", "pager", "url", "sms", "other"] }, "value": { "type": "string" } }
                    }
                },
                "address": {
                    "type": "object",
                    "required": ["line", "city", "state", "postalCode"],
                    "properties": {
                        "line": { "type": "array", "minItems": 1, "items": { "type": "string" } },
                        "city": { "type": "string" }, "state": { "type": "string" }, "postalCode": { "type": "string" }
                    }
                }
            }
            """),
        ["Schedule"] = Resource("Schedule", """
            "required": ["resourceType", "id", "serviceType", "actor"],
            "properties": {
                "resourceType": { "const": "Schedule" },
                "id": { "$ref": "#/$defs/id" },
                "serviceType": { "type": "array", "minItems": 1, "items": { "type": "object", "required": ["coding"] } },
                "actor": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 1,
                    "items": { "type": "object", "required": ["reference"], "properties": { "reference": { "type": "string", "pattern": "^Location/.+" } } }
                }
            }
            """),
        ["Slot"] = Resource("Slot", """
            "required": ["resourceType", "id", "schedule", "status", "start", "end"],
            "properties": {
                "resourceType": { "const": "Slot" },
                "id": { "$ref": "#/$defs/id" },
                "schedule": { "type": "object", "required": ["reference"], "properties": { "reference": { "type": "string", "pattern": "^Schedule/.+" } } },
                "status": { "enum": ["free", "busy"] },
                "start": { "$ref": "#/$defs/instant" },
                "end": { "$ref": "#/$defs/instant" },
                "extension": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["url"],
                        "oneOf": [
                            { "properties": { "url": { "pattern": "/booking-deep-link$" }, "valueUrl": { "type": "string", "pattern": "^https?://" } }, "required": ["valueUrl"] },
                            { "properties": { "url": { "pattern": "/booking-phone$" }, "valueString": { "type": "string" } }, "required": ["valueString"] },
                            { "properties": { "url": { "pattern": "/slot-capacity$" }, "valueInteger": { "type": "integer", "minimum": 1 } }, "required": ["valueInteger"] }
                        ]
                    }
                }
            }
            """),
    };

    /// <summary>The validation errors; empty if valid.</summary>
    public static string FaultsOf(this JsonSchema schema, JsonElement value)
    {
        var result = schema.Evaluate(value, new() { OutputFormat = OutputFormat.List });
        return result.IsValid ? "" : $"{value.GetRawText()}: " + string.Join("; ", (result.Details ?? [])
            .Where(detail => detail.Errors is { Count: > 0 })
            .Select(detail => $"{detail.InstanceLocation} {string.Join(", ", detail.Errors!.Values)}"));
    }

    private static JsonSchema Resource(string name, string rules) => JsonSchema.FromText($$"""
        {
            "title": "{{name}}",
            "type": "object",
            {{rules}},
            "$defs": {
                "id": { "type": "string", "pattern": "^[A-Za-z0-9.\\-]{1,64}$" },
                "instant": { "type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$" }
            }
        }
        """);
}
