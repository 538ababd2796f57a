using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Platform.Api.People;
using Platform.Contracts;
using Platform.Core.Audit;

namespace Platform.Api.Http;

/// <summary>Turns what is thrown into an answer. What a caller sent is never a 500, and no answer shows a stack or SQL.</summary>
internal sealed partial class ProblemExceptions(ILogger<ProblemExceptions> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var problem = exception switch
        {
            BadHttpRequestException e => Malformed(e),
            _ when IsAway(exception) || (exception.InnerException is { } inner && IsAway(inner)) => Problems.Unavailable(),
            _ => Problems.Of(StatusCodes.Status500InternalServerError, Codes.InternalError, "This is our fault."),
        };
        if (problem.Status >= 500) log.LogError(exception, "{Path} failed", httpContext.Request.Path);

        await httpContext.WriteAsync(problem);
        return true;
    }

    /// <summary>Whether a server, or the database on it, is not there for the moment, or keeps no record.</summary>
    private static bool IsAway(Exception e) =>
        e is AuditLostException or AccountsUnavailableException or NpgsqlException { IsTransient: true }
            or PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName };

    private static ProblemDetails Malformed(BadHttpRequestException e) => e switch
    {
        { StatusCode: not StatusCodes.Status400BadRequest } =>
            new() { Status = e.StatusCode, Detail = Sentence(e.StatusCode) },
        { InnerException: JsonException json } => Malformed(json),
        _ when UnboundParameter().Match(e.Message) is { Success: true } match =>
            Problems.Invalid(new FieldError(
                JsonNamingPolicy.CamelCase.ConvertName(match.Groups["name"].Value), "INVALID", // a record's member
                "It is missing or not of its type.")),
        _ => Problems.Of(StatusCodes.Status400BadRequest, Codes.MalformedRequest, "The request cannot be read."),
    };

    /// <summary>Text that is not JSON at all has the reader's own exception inside; else a member is at fault.</summary>
    private static ProblemDetails Malformed(JsonException json) =>
        json.InnerException is JsonException
            ? Problems.Of(StatusCodes.Status400BadRequest, Codes.MalformedRequest, "The body is not JSON.")
            : Problems.Invalid(new FieldError(
                json.Path?.TrimStart('$').TrimStart('.') ?? "", "INVALID", "It is unknown, repeated, missing or not of its type."));

    private static string Sentence(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => "The body is too large.",
        StatusCodes.Status415UnsupportedMediaType => "The body is application/json.",
        StatusCodes.Status408RequestTimeout => "The request took too long to arrive.",
        _ => "The request cannot be read.",
    };

    [GeneratedRegex("""parameter "\S+ (?<name>\w+)" """)]
    private static partial Regex UnboundParameter();
}
