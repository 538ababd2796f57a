using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>What is refused before any endpoint is asked: text that a database cannot hold, bodies without end.</summary>
internal static class RequestGuard
{
    /// <summary>
    /// Bytes. The largest request there is has a note of 2,000 characters; routes that take files say their own limit by
    /// <see cref="IRequestSizeLimitMetadata"/>.
    /// </summary>
    public const long MaxBody = 64 * 1024;

    public static Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        Refusal(context) is { } problem ? context.WriteAsync(problem) : next(context);

    private static ProblemDetails? Refusal(HttpContext context)
    {
        var request = context.Request;
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? MaxBody;
        if (request.ContentLength > limit) return new() { Status = StatusCodes.Status413PayloadTooLarge };

        var storable = PlatformJson.IsStorable(request.Path.Value ?? "")
            && request.Query.All(pair => pair.Value.All(value => PlatformJson.IsStorable(value ?? "")));

        return storable
            ? null
            : Problems.Of(StatusCodes.Status400BadRequest, Codes.MalformedRequest, "The address holds U+0000.");
    }
}
