using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Platform.Api.Audit;
using Platform.Api.Fhir;
using Platform.Api.Scim;
using Platform.Contracts;
using Platform.ServiceDefaults.Databases;

namespace Platform.Api.Http;

/// <summary>
/// Writes every failure as an RFC 9457 document of the same shape: with a code of our catalogue, the trace id
/// and, where members of the request are to blame, a list of them.
/// </summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public const string CodeMember = "code";
    public const string ErrorsMember = "errors";

    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var problem = context.ProblemDetails;
        var status = problem.Status ?? http.Response.StatusCode;

        var document = new Dictionary<string, object?>
        {
            ["type"] = "about:blank", // the code says more than the framework's links to the meaning of a status
            ["title"] = problem.Title ?? Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
            ["status"] = status,
            ["detail"] = problem.Detail ?? DetailOf(status),
            ["instance"] = http.Request.Path.Value,
            [CodeMember] = CodeOf(status),
            ["traceId"] = (Activity.Current?.TraceId ?? default).ToString(),
        };
        foreach (var (member, value) in problem.Extensions.Where(extension => extension.Key != "traceId"))
        {
            document[member] = value;
        }

        http.Response.StatusCode = status;
        http.Features.Set(new AnsweredProblem((string)document[CodeMember]!));
        if (status == StatusCodes.Status503ServiceUnavailable) http.Response.Headers.RetryAfter = DatabaseWatchSetup.RetryAfterSeconds;
        if (http.Request.Path.StartsWithSegments(OperationOutcome.Area, StringComparison.Ordinal))
        {
            var outcome = OperationOutcome.Of(
                status, (string)document[CodeMember]!, problem.Detail,
                document.GetValueOrDefault(ErrorsMember) as IReadOnlyList<FieldError> ?? []);
            await http.Response.WriteAsJsonAsync(
                outcome, PlatformJson.Options, FhirAnswer.ContentType, http.RequestAborted);
            return;
        }

        if (http.Request.Path.StartsWithSegments(ScimError.Area, StringComparison.OrdinalIgnoreCase))
        {
            http.Response.StatusCode = ScimError.StatusOf(status);
            var error = ScimError.Of(
                status, (string)document[CodeMember]!, (string?)document["detail"],
                document.GetValueOrDefault(ScimError.TypeMember) as string);
            await http.Response.WriteAsJsonAsync(
                error, PlatformJson.Options, ScimAnswer.ContentType, http.RequestAborted);
            return;
        }

        await http.Response.WriteAsJsonAsync(
            document, PlatformJson.Options, "application/problem+json", http.RequestAborted);
    }

    /// <summary>The framework says nothing of why it refused a token.</summary>
    private static string? DetailOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "A valid bearer token is required.",
        StatusCodes.Status403Forbidden => "The token lacks the required scope or role.",
        _ => null,
    };

    /// <summary>For failures that the framework found, which know nothing of our codes.</summary>
    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => Codes.Unauthenticated,
        StatusCodes.Status403Forbidden => Codes.Forbidden,
        StatusCodes.Status404NotFound => Codes.NotFound,
        StatusCodes.Status405MethodNotAllowed => Codes.MethodNotAllowed,
        StatusCodes.Status413PayloadTooLarge => Codes.PayloadTooLarge,
        StatusCodes.Status415UnsupportedMediaType => Codes.UnsupportedMediaType,
        StatusCodes.Status429TooManyRequests => Codes.RateLimited,
        StatusCodes.Status503ServiceUnavailable => Codes.Unavailable,
        >= 500 => Codes.InternalError,
        _ => Codes.MalformedRequest,
    };
}

/// <summary>A failure that a filter, middleware or endpoint found.</summary>
internal static class Problems
{
    public static ProblemDetails Of(int status, string code, string detail, params IReadOnlyList<FieldError> errors)
    {
        var problem = new ProblemDetails { Status = status, Detail = detail };
        problem.Extensions[ProblemWriter.CodeMember] = code;
        if (errors.Count > 0) problem.Extensions[ProblemWriter.ErrorsMember] = errors;
        return problem;
    }

    public static ProblemDetails Unavailable() =>
        Of(StatusCodes.Status503ServiceUnavailable, Codes.Unavailable, "Try again in a moment.");

    /// <summary>One text for what is missing and for what belongs to somebody else.</summary>
    public static ProblemDetails NotFound(params IReadOnlyList<FieldError> errors) =>
        Of(StatusCodes.Status404NotFound, Codes.NotFound, "Not found.", errors);

    public static ProblemDetails Invalid(params IReadOnlyList<FieldError> errors) =>
        Of(StatusCodes.Status400BadRequest, Codes.ValidationFailed, "The request is malformed; see errors.", errors);

    extension(HttpContext context)
    {
        public Task WriteAsync(ProblemDetails problem) =>
            context.RequestServices.GetRequiredService<IProblemDetailsService>()
                .WriteAsync(new() { HttpContext = context, ProblemDetails = problem }).AsTask();
    }
}
