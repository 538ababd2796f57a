using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Primitives;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>
/// Requests that are refused before any endpoint runs: text that a database cannot hold, bodies without end.
/// </summary>
internal static class RequestGuard
{
    /// <summary>
    /// Bytes. The largest request there is has a note of 2,000 characters; routes that take files say their own limit
    /// by <see cref="IRequestSizeLimitMetadata"/>.
    /// </summary>
    public const long MaxBody = 64 * 1024;

    public static Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        Check(context) is { } problem ? context.WriteAsync(problem) : next(context);

    /// <summary>
    /// Texts of an address are compared in the form in which those of bodies are read: NFC, slugs in lower case.
    /// </summary>
    private static void Normalize(HttpRequest request)
    {
        var routed = request.RouteValues;
        if (routed.TryGetValue("application", out var slug)) routed["application"] = $"{slug}".ToLowerInvariant();

        if (request.Query.All(pair => pair.Value.All(value => value is null || value.IsNormalized()))) return;

        request.Query = new QueryCollection(request.Query.ToDictionary(
            pair => pair.Key, pair => new StringValues([.. pair.Value.Select(value => value?.Normalize())])));
    }

    private static ProblemDetails? Check(HttpContext context)
    {
        var request = context.Request;
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? MaxBody;
        if (request.ContentLength > limit) return new() { Status = StatusCodes.Status413PayloadTooLarge };

        var storable = PlatformJson.IsStorable(request.Path.Value ?? "")
            && request.Query.All(pair => pair.Value.All(value => PlatformJson.IsStorable(value ?? "")));

        if (!storable)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest, Codes.MalformedRequest, "The URL must not contain U+0000.");
        }

        Normalize(request);
        return null;
    }
}
