using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Core.Scim;

namespace Platform.Api.Scim;

/// <summary>A resource as directories read it, without an envelope.</summary>
internal sealed class ScimAnswer(JsonObject resource, int status = StatusCodes.Status200OK)
    : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/scim+json";

    public int? StatusCode => status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        return httpContext.Response.WriteAsJsonAsync(
            resource, PlatformJson.Options, ContentType, httpContext.RequestAborted);
    }
}

/// <summary>
/// A failure as a SCIM error (RFC 7644, 3.12). <see cref="ProblemWriter"/> writes it below <see cref="Area"/>.
/// </summary>
internal static class ScimError
{
    public const string Area = "/scim";
    public const string TypeMember = "scimType";

    private const string Schema = "urn:ietf:params:scim:api:messages:2.0:Error";

    /// <summary>SCIM knows no 422.</summary>
    public static int StatusOf(int status) =>
        status == StatusCodes.Status422UnprocessableEntity ? StatusCodes.Status400BadRequest : status;

    /// <param name="code">A code of our catalogue, as every other failure has it.</param>
    /// <param name="status">As the failure has it, 422 included.</param>
    public static JsonObject Of(int status, string code, string? detail, string? scimType)
    {
        var error = new JsonObject
        {
            ["schemas"] = new JsonArray(Schema),
            ["status"] = $"{StatusOf(status)}",
            ["detail"] = detail,
            ["code"] = code,
        };
        if ((scimType ?? TypeOf(status, code)) is { } type) error[TypeMember] = type;
        return error;
    }

    public static ProblemDetails Problem(ScimException e)
    {
        var problem = Problems.Of(StatusCodes.Status400BadRequest, Codes.MalformedRequest, e.Message);
        problem.Extensions[TypeMember] = e.Type;
        return problem;
    }

    private static string? TypeOf(int status, string code) => status switch
    {
        StatusCodes.Status400BadRequest => ScimErrorTypes.InvalidSyntax,
        StatusCodes.Status422UnprocessableEntity => ScimErrorTypes.InvalidValue,
        StatusCodes.Status409Conflict when code == Codes.AlreadyExists => ScimErrorTypes.Uniqueness,
        _ => null,
    };
}

/// <summary>Invalid values of a directory get 400, and the transaction is rolled back.</summary>
internal sealed class ScimProblems : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (ScimException e)
        {
            return TypedResults.Problem(ScimError.Problem(e));
        }
    }
}
