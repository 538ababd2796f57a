using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Http;
using Platform.Core.Scim;

namespace Platform.Api.Scim;

/// <summary>SCIM 2.0 (RFC 7643 and 7644), and what this server can do of it.</summary>
internal static class ScimEndpoints
{
    /// <summary>A group of several thousand members.</summary>
    public const long MaxBytes = 1024 * 1024;

    private const string SchemaSchema = "urn:ietf:params:scim:schemas:core:2.0:Schema";

    private static readonly ScimSchema[] Schemas = [ScimSchemas.User, ScimSchemas.Group, ScimSchemas.Enterprise];

    public static void MapScim(this RouteGroupBuilder scim)
    {
        scim.MapGet("/ServiceProviderConfig", ServiceProviderConfig);
        scim.MapGet("/Schemas", (HttpContext http) => List([.. Schemas.Select(schema => Describe(schema, http))]));
        scim.MapGet("/Schemas/{id}", Schema);
        scim.MapGet("/ResourceTypes", (HttpContext http) => List([UserType(http), GroupType(http)]));
        scim.MapGet("/ResourceTypes/{name}", ResourceType);
        scim.MapScimUsers();
        scim.MapScimGroups();
    }

    private static ScimAnswer ServiceProviderConfig(HttpContext http) => new(new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"),
        ["patch"] = Supported(true),
        ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ScimQuery.MaxCount },
        ["changePassword"] = Supported(false),
        ["sort"] = Supported(false),
        ["etag"] = Supported(true),
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken",
            ["name"] = "API key",
            ["description"] = "A key of a service account of the tenant, with the scope scim, as a bearer token.",
            ["primary"] = true,
        }),
        ["meta"] = new JsonObject
        {
            ["resourceType"] = "ServiceProviderConfig",
            ["location"] = $"{http.ScimBase}/ServiceProviderConfig",
        },
    });

    private static Results<ScimAnswer, ProblemHttpResult> Schema(string id, HttpContext http) =>
        Schemas.FirstOrDefault(schema => schema.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) is { } found
            ? new ScimAnswer(Describe(found, http))
            : TypedResults.Problem(Problems.NotFound());

    private static Results<ScimAnswer, ProblemHttpResult> ResourceType(string name, HttpContext http) => name switch
    {
        "User" => new ScimAnswer(UserType(http)),
        "Group" => new ScimAnswer(GroupType(http)),
        _ => TypedResults.Problem(Problems.NotFound()),
    };

    private static JsonObject UserType(HttpContext http)
    {
        var type = Describe(ScimSchemas.User, "/Users", http);
        type["schemaExtensions"] = new JsonArray(
            new JsonObject { ["schema"] = ScimSchemas.Enterprise.Id, ["required"] = false });
        return type;
    }

    private static JsonObject GroupType(HttpContext http) => Describe(ScimSchemas.Group, "/Groups", http);

    private static JsonObject Describe(ScimSchema schema, string endpoint, HttpContext http) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ResourceType"),
        ["id"] = schema.Name,
        ["name"] = schema.Name,
        ["endpoint"] = endpoint,
        ["schema"] = schema.Id,
        ["meta"] = new JsonObject
        {
            ["resourceType"] = "ResourceType",
            ["location"] = $"{http.ScimBase}/ResourceTypes/{schema.Name}",
        },
    };

    private static JsonObject Describe(ScimSchema schema, HttpContext http) => new()
    {
        ["schemas"] = new JsonArray(SchemaSchema),
        ["id"] = schema.Id,
        ["name"] = schema.Name,
        ["attributes"] = new JsonArray([.. schema.Attributes.Select(Describe)]),
        ["meta"] = new JsonObject
        {
            ["resourceType"] = "Schema",
            ["location"] = $"{http.ScimBase}/Schemas/{schema.Id}",
        },
    };

    private static JsonObject Describe(ScimDefinition attribute)
    {
        var described = new JsonObject
        {
            ["name"] = attribute.Name,
            ["type"] = attribute.Type,
            ["multiValued"] = attribute.Multi,
            ["required"] = attribute.Required,
            ["caseExact"] = attribute.Name == "externalId",
            ["mutability"] = attribute.ReadOnly ? "readOnly" : "readWrite",
            ["returned"] = "default",
            ["uniqueness"] = attribute.Unique ? "server" : "none",
        };
        if (attribute.Sub.Count > 0) described["subAttributes"] = new JsonArray([.. attribute.Sub.Select(Describe)]);
        return described;
    }

    private static ScimAnswer List(IReadOnlyList<JsonObject> resources) =>
        new ScimQuery().Answer(resources.Count, resources);

    private static JsonObject Supported(bool supported) => new() { ["supported"] = supported };
}
