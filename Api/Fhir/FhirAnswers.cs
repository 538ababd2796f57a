using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Api.Http;
using Platform.Contracts;

namespace Platform.Api.Fhir;

/// <summary>A FHIR resource as it is, without an envelope.</summary>
internal sealed class FhirAnswer(JsonObject resource) : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/fhir+json";

    public int? StatusCode => StatusCodes.Status200OK;

    public Task ExecuteAsync(HttpContext httpContext) => httpContext.Response.WriteAsJsonAsync(
        Whole(resource), PlatformJson.Options, ContentType, httpContext.RequestAborted);

    /// <summary>Without what FHIR forbids: lists and objects with nothing in them, and blank texts.</summary>
    public static JsonObject Whole(JsonObject resource)
    {
        foreach (var (name, value) in resource.ToList())
        {
            if (IsEmpty(value)) resource.Remove(name);
        }

        return resource;
    }

    private static bool IsEmpty(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return true;
            case JsonObject inner:
                return Whole(inner).Count == 0;
            case JsonArray list:
                for (var i = list.Count - 1; i >= 0; i--)
                {
                    if (IsEmpty(list[i])) list.RemoveAt(i);
                }

                return list.Count == 0;
            default:
                return node.GetValueKind() is JsonValueKind.String && string.IsNullOrWhiteSpace(node.GetValue<string>());
        }
    }
}

/// <summary>
/// A failure as an OperationOutcome of FHIR. <see cref="ProblemWriter"/> writes it below <see cref="Area"/>.
/// </summary>
internal static class OperationOutcome
{
    public const string Area = "/fhir";

    /// <param name="code">A code of our catalogue, as every other failure has it.</param>
    public static JsonObject Of(int status, string code, string? detail, IReadOnlyList<FieldError> errors) => new()
    {
        ["resourceType"] = "OperationOutcome",
        ["issue"] = new JsonArray(errors.Count > 0
            ? [.. errors.Select(error => Issue(status, error.Code, error.Message, error.Field))]
            : [Issue(status, code, detail, null)]),
    };

    private static JsonObject Issue(int status, string code, string? detail, string? field)
    {
        var issue = new JsonObject
        {
            ["severity"] = "error",
            ["code"] = TypeOf(status),
            ["details"] = new JsonObject { ["text"] = code },
        };
        if (detail is not null) issue["diagnostics"] = field is null ? detail : $"{field}: {detail}";
        return issue;
    }

    /// <summary>A code of http://hl7.org/fhir/issue-type.</summary>
    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "login",
        StatusCodes.Status403Forbidden => "forbidden",
        StatusCodes.Status404NotFound => "not-found",
        StatusCodes.Status405MethodNotAllowed => "not-supported",
        StatusCodes.Status422UnprocessableEntity => "business-rule",
        StatusCodes.Status429TooManyRequests => "throttled",
        StatusCodes.Status503ServiceUnavailable => "transient",
        >= 500 => "exception",
        _ => "invalid",
    };
}

/// <summary>A page of what was found.</summary>
internal static class Bundle
{
    public static FhirAnswer Of(HttpContext http, FhirQuery query, Page<JsonObject> page)
    {
        var path = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{http.Request.Path}";
        var links = new JsonArray(Link("self", $"{path}{query.Link()}"));
        if (page.Next is { } next) links.Add(Link("next", $"{path}{query.Link(next)}"));

        return new(new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "searchset",
            ["link"] = links,
            ["entry"] = new JsonArray([.. page.Items.Select(resource => new JsonObject
            {
                ["fullUrl"] = $"{BaseUrl(http.Request)}/{resource["resourceType"]}/{resource["id"]}",
                ["resource"] = resource,
                ["search"] = new JsonObject { ["mode"] = "match" },
            })]),
        });
    }

    public static string BaseUrl(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}/fhir/r4";

    private static JsonObject Link(string relation, string url) => new() { ["relation"] = relation, ["url"] = url };
}
