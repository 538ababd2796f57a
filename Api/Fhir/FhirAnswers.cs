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
        resource, PlatformJson.Options, ContentType, httpContext.RequestAborted);
}

/// <summary>A failure as FHIR tells it. <see cref="ProblemWriter"/> writes it below <see cref="Area"/>.</summary>
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
    public static FhirAnswer Of(HttpContext http, Page<JsonObject> page)
    {
        var links = new JsonArray(Link("self", SelfUrl(http.Request)));
        if (page.Next is { } next) links.Add(Link("next", SelfUrl(http.Request, next)));

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

    private static string SelfUrl(HttpRequest request, string? cursor = null)
    {
        var query = request.Query.Where(pair => cursor is null || pair.Key != FhirSearch.CursorParameter)
            .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value));
        if (cursor is not null) query = query.Append(new(FhirSearch.CursorParameter, cursor));
        return $"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}{QueryString.Create(query)}";
    }
}
