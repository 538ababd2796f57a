using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Platform.Api.People;
using Platform.Contracts;
using Platform.Core.Audit;
using StackExchange.Redis;

namespace Platform.Api.Http;

/// <summary>
/// Turns exceptions into answers. A fault of the caller is never a 500, and no answer shows a stack or SQL.
/// </summary>
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
            BadHttpRequestException e => await MalformedAsync(e, httpContext),
            _ when IsAway(exception) || (exception.InnerException is { } inner && IsAway(inner)) => Problems.Unavailable(),
            _ => Problems.Of(
                StatusCodes.Status500InternalServerError, Codes.InternalError, "An internal error occurred."),
        };
        if (problem.Status >= 500) log.LogError(exception, "{Path} failed", httpContext.Request.Path);

        await httpContext.WriteAsync(problem);
        return true;
    }

    /// <summary>Whether a server, or the database on it, is not there for the moment, or keeps no record.</summary>
    private static bool IsAway(Exception e) =>
        e is AuditLostException or AccountsUnavailableException or NpgsqlException { IsTransient: true }
            or PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName }
            or RedisConnectionException or RedisTimeoutException;

    private static async Task<ProblemDetails> MalformedAsync(BadHttpRequestException e, HttpContext http)
    {
        if (e.StatusCode != StatusCodes.Status400BadRequest)
        {
            return new() { Status = e.StatusCode, Detail = Sentence(e.StatusCode) };
        }

        var endpoint = http.Features.Get<IExceptionHandlerFeature>()?.Endpoint; // the context has none any more
        var inQuery = endpoint?.Metadata.GetMetadata<QueryRules>()?.Errors(http.Request, isBound: false) ?? [];
        if (e.InnerException is JsonException json)
        {
            var inBody = await RequestBodies.ErrorsAsync(http.Request, endpoint);
            return inBody.Count > 0 ? Problems.Invalid([.. inQuery, .. inBody]) : Malformed(json);
        }

        if (inQuery.Count > 0) return Problems.Invalid(inQuery);
        return UnboundParameter().Match(e.Message) is { Success: true } match
            ? Problems.Invalid(new FieldError(
                JsonNamingPolicy.CamelCase.ConvertName(match.Groups["name"].Value), FieldCodes.Invalid, // a record's member
                "The value is missing or has the wrong type."))
            : Problems.Of(StatusCodes.Status400BadRequest, Codes.MalformedRequest, "The request cannot be read.");
    }

    /// <summary>
    /// Text that is not JSON at all has the reader's own exception inside; else a member is at fault.
    /// </summary>
    private static ProblemDetails Malformed(JsonException json)
    {
        if (json.InnerException is JsonException)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, Codes.MalformedRequest, "The body is not JSON.");
        }

        var path = json.Path?.TrimStart('$').TrimStart('.') ?? "";
        return MissingMembers().Match(json.Message) is { Success: true } missing
            ? Problems.Invalid(
            [
                .. missing.Groups["name"].Captures.Select(name => new FieldError(
                    path.Length == 0 ? name.Value : $"{path}.{name.Value}", FieldCodes.Required, "The value is required.")),
            ])
            : Problems.Invalid(
                new FieldError(path, FieldCodes.Invalid, "The parameter is unknown, repeated or has the wrong type."));
    }

    private static string Sentence(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => "The body is too large.",
        StatusCodes.Status415UnsupportedMediaType => "The body must be application/json.",
        StatusCodes.Status408RequestTimeout => "The request took too long to arrive.",
        _ => "The request cannot be read.",
    };

    /// <summary>The reader reports them in its message alone; a test fails if that message changes.</summary>
    [GeneratedRegex("""missing required properties including: ('(?<name>[^']+)'(, )?)+""")]
    private static partial Regex MissingMembers();

    [GeneratedRegex("""parameter "\S+ (?<name>\w+)" """)]
    private static partial Regex UnboundParameter();
}
